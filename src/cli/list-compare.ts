import { POINTER } from '../bits/page-number.ts';
import { hexadecimal } from '../images/hexadecimal.ts';
import { type Image, readListing, registerOf } from '../images/image.ts';
import { compareListed, type ListedDifference } from '../images/listed-differences.ts';
import { RTADDR_REG } from '../registers/global.ts';
import { IRTA_REG } from '../registers/interrupt-remapping.ts';
import type { Output } from './output.ts';
import { countText, wrapped } from './text.ts';

/** `vtd list IMAGE --compare FILE`: a debugfs listing against the memory of an image; exit status 1 if they differ. */
export function compareListing(
  output: Output,
  image: Image,
  file: string,
  name: string | undefined,
  json: boolean,
): void {
  const { unit, tables } = readListing(file, name);
  const { same, different } = compareListed(tables, image.memory);
  const registers = [
    {
      register: RTADDR_REG.title,
      listed: unit.root,
      image: registerOf(image, Number(RTADDR_REG.offset), 64) & POINTER,
    },
    {
      register: IRTA_REG.title,
      listed: unit.interruptTable,
      image: registerOf(image, Number(IRTA_REG.offset), 64) & POINTER,
    },
  ].filter(({ listed, image: has }) => listed !== undefined && listed !== has);
  if (different.length + registers.length > 0) output.status = 1;
  if (json) {
    output.json({ listing: file, unit: unit.name, same, tables: registers, different });
    return;
  }
  output.line(`${output.heading(countText(same + different.length, 'entry', 'entries'))} of ${unit.name} in ${file}`);
  output.line(output.good(`  ${same} as the image has them`));
  const wrong = `  ${different.length} otherwise`;
  output.line(different.length === 0 ? wrong : output.bad(wrong));
  for (const { register, listed, image: has } of registers) {
    output.line(
      `  ${register}: the table is listed at ${hexadecimal(listed!)}, that of the image is at ${hexadecimal(has)}`,
    );
  }
  if (different.length === 0) return;
  output.line();
  output.line(output.heading('Otherwise'));
  for (const one of different) output.lines(wrapped('  ', textOf(one)));
}

function textOf({ kind, address, listed, memory }: ListedDifference): string {
  const was = listed === undefined ? 'not listed' : `listed as ${qwordsText(listed)}`;
  const is = memory === undefined ? 'which the image does not hold' : `in the image ${qwordsText(memory)}`;
  return `${kind} at ${hexadecimal(address)}: ${was}, ${is}`;
}

const qwordsText = (qwords: readonly bigint[]): string => qwords.map((qword) => hexadecimal(qword, 16)).join(' ');
