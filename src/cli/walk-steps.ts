import { bitsText } from '../bits/bit-positions.ts';
import type { Words } from '../bits/field.ts';
import { secondStageFormat } from '../dma-remapping/reserved-bits.ts';
import { hexadecimal } from '../images/hexadecimal.ts';
import { InterruptRemappingEntry, PostedInterruptRemappingEntry } from '../structures/interrupt-remapping-entry.ts';
import { PasidTableEntry, PGTT } from '../structures/pasid-table-entry.ts';
import { RootEntry } from '../structures/root-entry.ts';
import { ScalableModeRootEntry } from '../structures/scalable-mode-root-entry.ts';
import { reservedBitsSet } from '../tables/reserved.ts';
import type { Explanation, Step } from '../unit/explanation.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { type ShownField, shownFields } from './fields.ts';
import { sourcesText } from './interrupts-text.ts';
import type { Output } from './output.ts';
import { qwordsText, wrapped } from './text.ts';

/** Shown also when they are 0: that is what the walk looked at. */
// biome-ignore format: a list of names
const ALWAYS_SHOWN: ReadonlySet<string> = new Set([
  'P', 'R', 'W', 'TT', 'R/W', 'U/S', 'PGTT', 'IM', 'DLM', 'V', 'VV', 'DST', 'SVT', 'ON', 'SN', 'NV', 'NDST',
]);

/** Fields of a PASID-table entry that one of the stages alone looks at. */
const OF_FIRST_STAGE: ReadonlySet<string> = new Set(['FSPM', 'FSPTPTR', 'SRE', 'WPE', 'EAFE']);
const OF_SECOND_STAGE: ReadonlySet<string> = new Set(['AW', 'SSPTPTR', 'SSADE', 'EMTE']);

const INTERRUPT_ENTRIES: ReadonlySet<string> = new Set([
  InterruptRemappingEntry.title,
  PostedInterruptRemappingEntry.title,
]);

const SECOND_STAGE: ReadonlySet<string> = new Set(
  [1, 2, 3, 4, 5].flatMap((level) => [secondStageFormat(level, false).title, secondStageFormat(level, true).title]),
);

/** An explanation in which posted entries of the interrupt remapping table, §9.10, have their own format. */
export function inOwnFormat<Result>(explanation: Explanation<Result>): Explanation<Result> {
  const steps = explanation.steps.map((step) => {
    const posted = step.format.title === InterruptRemappingEntry.title && isPosted(step.words);
    return posted ? { ...step, format: PostedInterruptRemappingEntry, rule: ruleOf(step) } : step;
  });
  return { ...explanation, steps };
}

const isPosted = (words: Words | undefined): boolean => words !== undefined && InterruptRemappingEntry.IM(words) === 1;

/** The section of the format that an entry turned out to have, or the condition that it meets. */
const ruleOf = ({ rule, format }: Step): string =>
  rule === format.section ? PostedInterruptRemappingEntry.section : rule;

/** The entries of a walk. Nested, §3.8, those of the second stage stand below the entry whose address they translate. */
export function printSteps(output: Output, steps: readonly Step[], unit: RemappingUnit): void {
  let nested = false;
  let before: Step | undefined;
  for (const [n, step] of steps.entries()) {
    const { format } = step;
    const begins = format.title === RootEntry.title || format.title === ScalableModeRootEntry.title;
    if (begins) nested = false;
    if (n > 0 && begins) output.line(output.heading('The part in the next 4 KiB'));
    const inside = nested && SECOND_STAGE.has(format.title);
    if (inside && before !== undefined && !SECOND_STAGE.has(before.format.title)) {
      const pointer = before.format.title === PasidTableEntry.title ? 'FSPTPTR' : 'ADDR';
      output.line(output.dim(`    ${pointer} is a guest address, which the second stage translates:`));
    }
    printStep(output, n + 1, step, unit, inside ? '    ' : '');
    if (format.title === PasidTableEntry.title) nested = isNested(step.words);
    before = step;
  }
}

const isNested = (words: Words | undefined): boolean =>
  words !== undefined && PasidTableEntry.PGTT(words) === PGTT.NESTED;

/** An entry of the walk in three lines or so. */
function printStep(output: Output, n: number, step: Step, unit: RemappingUnit, indent: string): void {
  const { format, address, words, rule } = step;
  const fault = !rule.startsWith('§');
  const number = `${n}`.padStart(2);
  const shownRule = fault ? output.bad(rule) : output.dim(rule);
  output.line(`${indent}${number}  ${output.heading(format.title)} at ${hexadecimal(address)}  ${shownRule}`);
  const margin = `${indent}    `;
  if (words === undefined) {
    output.line(`${margin}memory refuses, or the image does not hold it`);
    return;
  }
  output.lines(wrapped(margin, qwordsText(words)));
  const fields = shownFields(format.fields, words);
  const shown = fields.filter((field) => isShown(field, step, words)).reverse();
  output.lines(wrapped(margin, shown.map(({ name, text }) => `${name}=${text}`).join(' ')));
  for (const field of shown) {
    if (isExplained(field, step, words)) output.line(`${margin}${field.name}: ${field.meaning}`);
  }
  if (isPresentInterrupt(step, words)) output.line(`${margin}for ${sourcesText(words)}`);
  if (!fault) return;
  const reserved = reservedBitsSet(format, words, unit);
  if (reserved.length > 0) output.line(output.bad(`${margin}reserved ${bitsText(reserved)} set`));
  const [R, W] = unit.rootTable.ioPermissions ? ['IR', 'IW'] : ['R', 'W'];
  const rights = fields.filter(({ name }) => name === R || name === W);
  if (rights.length === 2 && rights.every(({ value }) => value === 0n)) {
    output.line(output.bad(`${margin}neither ${R} nor ${W}: nothing is mapped here`));
  }
}

function isShown({ name, value }: ShownField, step: Step, words: Words): boolean {
  // §9.9: the other fields mean nothing then.
  if (INTERRUPT_ENTRIES.has(step.format.title) && !isPresentInterrupt(step, words))
    return name === 'P' || name === 'FPD';
  return value !== 0n || ALWAYS_SHOWN.has(name);
}

const isPresentInterrupt = ({ format }: Step, words: Words): boolean =>
  INTERRUPT_ENTRIES.has(format.title) && InterruptRemappingEntry.P(words) === 1;

/** Flags speak for themselves; what an entry of this type does not look at means nothing; memory types are many. */
function isExplained({ name, bits, meaning }: ShownField, { format }: Step, words: Words): boolean {
  if (meaning === undefined || !bits.includes(':') || /^PA\d$/.test(name)) return false;
  if (format.title !== PasidTableEntry.title) return true;
  const type = PasidTableEntry.PGTT(words);
  if (OF_FIRST_STAGE.has(name)) return type === PGTT.FIRST_STAGE || type === PGTT.NESTED;
  return !OF_SECOND_STAGE.has(name) || type === PGTT.SECOND_STAGE || type === PGTT.NESTED;
}
