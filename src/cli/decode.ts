import { Command } from 'commander';
import { bitsSet, bitsText } from '../bits/bit-positions.ts';
import type { Words } from '../bits/field.ts';
import { wordsText } from '../bits/words-text.ts';
import { reservedBits } from '../dma-remapping/reserved-bits.ts';
import { hexadecimal, parseHexadecimal } from '../images/hexadecimal.ts';
import { InputError } from '../images/input-error.ts';
import { DEFAULT_CHOICES } from '../platform/choices.ts';
import type { Configuration } from '../platform/configuration.ts';
import { isPresent } from '../registers/presence.ts';
import { reservedMaskOf } from '../tables/reserved.ts';
import { DECLARATIONS, type Declaration, findDeclaration, layoutMask } from './declarations.ts';
import { configurationGiven, type UnitArguments } from './decode-unit.ts';
import { rangeText, shownFields } from './fields.ts';
import type { Output } from './output.ts';
import { countText, tableText } from './text.ts';

interface DecodeArguments extends UnitArguments {
  readonly list?: boolean;
  readonly ssirwe?: boolean;
  readonly json?: boolean;
}

/** A row of the table: a field, or bits without one. */
interface Row {
  readonly high: number;
  readonly bits: string;
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

/** `vtd decode`: the fields of a structure or a register. */
export function decodeCommand(output: Output): Command {
  return new Command('decode')
    .description('take a table entry, a descriptor or a register value apart, field by field')
    .argument('[name]', 'a structure or a register, in any case (vtd decode --list)')
    .argument('[value...]', 'in hexadecimal: one number, or 64-bit words with the lowest first')
    .option('--list', 'name everything that can be decoded')
    .option('--haw <bits>', 'host address width, to judge the address bits of table entries')
    .option('--cap <value>', 'CAP_REG of the unit, to judge what depends on it')
    .option('--ecap <value>', 'ECAP_REG of the unit, likewise')
    .option('--ssirwe', 'judge second-stage entries with RTADDR_REG.SSIRWE=1')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Examples:
  vtd decode context-entry 0x267f001 0x302
  vtd decode gsts_reg c7000000
  vtd decode ss-pte 0x80001bbf4003 --haw 39`,
    )
    .action((name: string | undefined, values: string[], options: DecodeArguments) =>
      decode(output, name, values, options),
    );
}

function decode(output: Output, name: string | undefined, values: readonly string[], options: DecodeArguments): void {
  if (options.list === true) {
    if (name !== undefined) throw new InputError('--list takes no name; it names everything');
    list(output, options.json === true);
    return;
  }
  if (name === undefined) throw new InputError('expected the name of a structure or register (vtd decode --list)');
  const declaration = findDeclaration(name);
  const words = wordsIn(declaration, values);
  const configuration = configurationGiven(options);
  if (options.ssirwe === true && configuration?.ECAP.SSIRWS === 0) {
    throw new InputError('--ssirwe needs ECAP_REG.SSIRWS, and --ecap has it 0');
  }
  const reserved = reservedIn(declaration, words, configuration, options.ssirwe === true);
  if (options.json === true) output.json(factsOf(declaration, words, reserved));
  else print(output, declaration, words, configuration, reserved);
}

function list(output: Output, asJson: boolean): void {
  if (asJson) {
    output.json(DECLARATIONS.map(({ id, title, section, width }) => ({ id, title, section, width })));
    return;
  }
  const rows = DECLARATIONS.map(({ id, title, section, width }) => [
    id,
    `${width}`,
    section,
    title === id ? '' : title,
  ]);
  output.lines(tableText(['name', '>bits', 'section', 'title'], rows));
}

/** The value as one number, or as 64-bit words of which the lowest comes first. */
function wordsIn({ id, width }: Declaration, values: readonly string[]): Words {
  const count = Math.max(width / 64, 1);
  if (values.length !== 1 && values.length !== count) {
    const words = count === 1 ? 'one number' : `one number of ${width} bits or ${count} words of 64 bits`;
    throw new InputError(`${id} is ${words}, got ${countText(values.length, 'value')}`);
  }
  const whole = values.length === 1;
  const numbers = values.map((text) => parseHexadecimal(text, whole ? width : 64, whole ? id : `a word of ${id}`));
  const value = numbers.reduceRight((sum, word) => (sum << 64n) | word, 0n);
  return Uint32Array.from({ length: width / 32 }, (_, n) => Number((value >> BigInt(32 * n)) & 0xffff_ffffn));
}

/** The bits that are set and reserved, the highest first. */
function reservedIn(
  declaration: Declaration,
  words: Words,
  configuration: Configuration | undefined,
  ioPermissions: boolean,
): number[] {
  const judged = configuration === undefined ? undefined : reservedBits(configuration, DEFAULT_CHOICES);
  const mask = (judged && reservedMaskOf(declaration, words, judged, ioPermissions)) ?? layoutMask(declaration);
  const found = new Set(bitsSet(words, mask));
  if (configuration !== undefined) {
    for (const { high, low, requires } of Object.values(declaration.fields)) {
      if (isPresent(requires, configuration.capability)) continue;
      for (let n = low; n <= high; n++) if (((words[n >>> 5]! >>> (n & 31)) & 1) === 1) found.add(n);
    }
  }
  return [...found].sort((a, b) => b - a);
}

function print(
  output: Output,
  declaration: Declaration,
  words: Words,
  configuration: Configuration | undefined,
  reserved: readonly number[],
): void {
  const { title, section, width } = declaration;
  output.line(`${output.heading(title)}, ${section}, ${width} bits: ${wordsText(words)}`);
  const rows = [...fieldRows(declaration, words, configuration), ...otherRows(declaration, words)];
  rows.sort((a, b) => b.high - a.high);
  output.lines(
    tableText(
      ['bits', 'name', 'value', 'meaning'],
      rows.map(({ bits, name, value, meaning }) => [bits, name, value, meaning]),
    ),
  );
  if (configuration !== undefined) {
    const { hostAddressWidth, capabilities, extendedCapabilities } = configuration;
    const unit = `HAW ${hostAddressWidth}, CAP ${hexadecimal(capabilities)}, ECAP ${hexadecimal(extendedCapabilities)}`;
    output.line(output.dim(`Judged for a unit with ${unit}`));
  }
  if (reserved.length > 0) output.line(output.bad(`Reserved ${bitsText(reserved)} set`));
}

function fieldRows({ fields }: Declaration, words: Words, configuration: Configuration | undefined): Row[] {
  return shownFields(fields, words).map(({ name, bits, title, text, meaning }) => {
    const field = fields[name];
    const requires = field?.requires;
    const lacks = configuration !== undefined && !isPresent(requires, configuration.capability);
    const notes = [meaning, lacks ? `reserved here: needs ${requires}` : undefined].filter(
      (note) => note !== undefined,
    );
    const attribute = field?.attribute === undefined ? '' : ` (${field.attribute})`;
    const says = `${title}${attribute}${notes.length === 0 ? '' : `: ${notes.join('; ')}`}`;
    return { high: field?.high ?? 0, bits, name, value: text, meaning: says };
  });
}

/** Reserved and ignored bits: they have a row too, so that none is missing. */
function otherRows({ width, reserved, ignored }: Declaration, words: Words): Row[] {
  const all = [...reserved, ...ignored.map((range) => ({ range, attribute: 'ignored' }))];
  const value = BigInt(wordsText(words));
  return all.map(({ range: [high, low], attribute }) => {
    const content = BigInt.asUintN(high - low + 1, value >> BigInt(low));
    const set = content !== 0n && attribute !== 'ignored' && width > 0;
    const row = { high, bits: rangeText(high, low), name: '-', value: hexadecimal(content) };
    return { ...row, meaning: set ? `${attribute}, and set` : attribute };
  });
}

function factsOf(declaration: Declaration, words: Words, reserved: readonly number[]) {
  const { id, title, section, width, fields } = declaration;
  const shown = shownFields(fields, words);
  return {
    id,
    title,
    section,
    width,
    value: wordsText(words),
    fields: shown.map(({ name, bits, title: means, value, meaning }) => ({ name, bits, title: means, value, meaning })),
    reservedBitsSet: reserved,
  };
}
