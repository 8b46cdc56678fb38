import { Command } from 'commander';
import { addressOf } from '../bits/page-number.ts';
import { wordsText } from '../bits/words-text.ts';
import type { Image } from '../images/image.ts';
import { InputError } from '../images/input-error.ts';
import { GSTS_REG } from '../registers/global.ts';
import { InterruptRemappingEntry, PostedInterruptRemappingEntry } from '../structures/interrupt-remapping-entry.ts';
import { PostedInterruptDescriptor } from '../structures/posted-interrupt-descriptor.ts';
import { interruptFindings } from '../tables/interrupt-findings.ts';
import { type InterruptEntry, listInterrupts } from '../tables/interrupts.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { IMAGE_HELP, type ImageArguments, openUnit, withImageOptions } from './image-options.ts';
import { entriesText, findingText, interruptStateText, sourcesText } from './interrupts-text.ts';
import type { Output } from './output.ts';
import { countText, wrapped } from './text.ts';

interface InterruptsArguments extends ImageArguments {
  readonly json?: boolean;
}

/** `vtd interrupts`: the interrupt remapping table of a unit, and what is wrong or odd in it. */
export function interruptsCommand(output: Output): Command {
  const command = new Command('interrupts')
    .description('show the interrupt remapping table in a memory image: who may ask for which vector, and what is odd')
    .argument('<image>', IMAGE_HELP)
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Examples:
  vtd interrupts fixtures/linux/legacy48
  vtd interrupts fixtures/linux/v10-legacy-eim --json
  vtd interrupts memory.bin --base 0 --cap 0xd2008c222f0606 --ecap 0xf00f4a --irta 0x120000f --haw 48`,
    );
  return withImageOptions(command).action((path: string, options: InterruptsArguments) =>
    interrupts(output, path, options),
  );
}

function interrupts(output: Output, path: string, options: InterruptsArguments): void {
  const { image, unit } = openUnit(path, options);
  const why = whyNone(unit);
  if (why !== undefined) throw new InputError(`${path}: ${why}`);
  if (options.json === true) output.json(facts(image, unit));
  else print(output, image, unit);
}

function whyNone({ configuration, registers }: RemappingUnit): string | undefined {
  if (configuration.ECAP.IR === 0) return 'the unit has no interrupt remapping (ECAP_REG.IR is 0)';
  if (GSTS_REG.IRTPS(registers.words('GSTS_REG')) === 1) return undefined;
  return 'software has not given the unit an interrupt remapping table (GSTS_REG.IRTPS is 0)';
}

function print(output: Output, image: Image, unit: RemappingUnit): void {
  const listing = listInterrupts(unit);
  const findings = interruptFindings(unit, listing);
  const { entries } = listing;
  output.line(`Image    ${image.path}${image.description === '' ? '' : `: ${image.description}`}`);
  output.lines(interruptStateText(unit));
  output.line();
  output.line(output.heading(`${countText(entries.length, 'present entry', 'present entries')}`));
  if (entries.length > 0) output.lines(entriesText(unit, entries));
  output.line();
  output.line(output.heading(findings.length === 0 ? 'Nothing suspicious' : 'Suspicious'));
  for (const finding of findings) {
    const [title = '', ...more] = wrapped('  ', findingText(finding), 110);
    output.line(finding.blocks ? output.bad(title) : title);
    output.lines(more.map((line) => `        ${line}`));
  }
}

/** The same for programs. */
function facts(image: Image, unit: RemappingUnit) {
  const { interruptTable, interruptRemappingEnabled, compatibilityFormatPasses } = unit;
  const listing = listInterrupts(unit);
  return {
    image: { path: image.path, name: image.name, description: image.description },
    table: { address: addressOf(interruptTable.page), entries: interruptTable.entries, EIME: interruptTable.extended },
    IRES: interruptRemappingEnabled,
    CFIS: compatibilityFormatPasses,
    entries: listing.entries.map(entryFacts),
    findings: interruptFindings(unit, listing),
  };
}

function entryFacts({ index, words, condition, descriptor }: InterruptEntry) {
  const posted = InterruptRemappingEntry.IM(words) === 1;
  const format = posted ? PostedInterruptRemappingEntry : InterruptRemappingEntry;
  return {
    index,
    mode: posted ? 'posted' : 'remapped',
    from: sourcesText(words),
    value: wordsText(words),
    fields: format.unpack(words),
    condition: condition?.code,
    descriptor: descriptor && {
      address: descriptor.address,
      ...(descriptor.words && PostedInterruptDescriptor.unpack(descriptor.words)),
    },
  };
}
