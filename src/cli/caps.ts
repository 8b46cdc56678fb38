import { Command } from 'commander';
import { hexadecimal, parseHexadecimal } from '../images/hexadecimal.ts';
import { InputError, quoted } from '../images/input-error.ts';
import { capabilityIn, contradictionsOf } from '../platform/contradictions.ts';
import { PRESETS } from '../platform/presets.ts';
import { PROFILES, type ProfileLine } from '../platform/profiles.ts';
import { type UnitParameters, wordsOf } from '../platform/unit-parameters.ts';
import { CAP_REG, ECAP_REG } from '../registers/capability.ts';
import { isPresent } from '../registers/presence.ts';
import { nearest, parseCount } from './arguments.ts';
import { type ShownField, shownFields } from './fields.ts';
import type { Output } from './output.ts';
import { tableText, wrapped } from './text.ts';

interface CapsArguments {
  readonly haw?: string;
  readonly ver?: string;
  readonly than?: readonly string[];
  readonly presets?: boolean;
  readonly json?: boolean;
}

/** VER_REG of most units. */
const VERSION = '0x10';

/** `vtd caps`: what a unit is by its capability registers. */
export function capsCommand(output: Output): Command {
  return new Command('caps')
    .description(
      'name every field of CAP_REG and ECAP_REG, what contradicts itself, and what software will make of such a unit',
    )
    .argument('[cap]', 'CAP_REG in hexadecimal, as Linux prints it at boot; or the name of a preset')
    .argument('[ecap]', 'ECAP_REG likewise')
    .option('--haw <bits>', 'host address width (default: as CAP_REG.MGAW says, and 52 at most)')
    .option('--ver <value>', 'VER_REG', VERSION)
    .option('--than <cap ecap...>', 'in what it differs from another unit')
    .option('--presets', 'name the units that are known')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Examples:
  vtd caps d2008c222f0686 f00f5a
  vtd caps 8d2078c106f0466 f020df --haw 46 --than xeon-2023
  vtd caps qemu-7.2`,
    )
    .action((cap: string | undefined, ecap: string | undefined, options: CapsArguments) =>
      caps(
        output,
        [cap, ecap].flatMap((text) => text ?? []),
        options,
      ),
    );
}

function caps(output: Output, values: readonly string[], options: CapsArguments): void {
  if (options.presets === true) {
    output.lines(
      tableText(
        ['preset', 'unit'],
        Object.entries(PRESETS).map(([name, { title }]) => [name, title]),
      ),
    );
    return;
  }
  const unit = unitIn(values, options);
  const other = options.than === undefined ? undefined : unitIn(options.than, options);
  if (options.json === true) output.json(factsOf(unit, other));
  else if (other === undefined) print(output, unit);
  else printDifference(output, unit, other);
}

/** Two numbers, or the name of a preset. */
function unitIn(values: readonly string[], { haw, ver = VERSION }: CapsArguments): UnitParameters {
  const [cap, ecap] = values;
  if (cap === undefined)
    throw new InputError('expected CAP_REG and ECAP_REG, or the name of a preset (vtd caps --presets)');
  if (values.length === 1) return presetIn(cap);
  if (values.length > 2 || ecap === undefined) {
    throw new InputError(`expected CAP_REG and ECAP_REG, got ${values.length} values`);
  }
  const capabilities = parseHexadecimal(cap, 64, 'CAP_REG');
  return {
    version: Number(parseHexadecimal(ver, 8, '--ver')),
    hostAddressWidth: haw === undefined ? widthOf(capabilities) : parseCount(haw, 32, 52, '--haw'),
    capabilities,
    extendedCapabilities: parseHexadecimal(ecap, 64, 'ECAP_REG'),
  };
}

/** §11.4.2: MGAW is no less than the host's width, and no host has more than 52 bits. */
const widthOf = (capabilities: bigint): number => Math.min(Math.max(CAP_REG.MGAW(wordsOf(capabilities)) + 1, 32), 52);

function presetIn(name: string): UnitParameters {
  const names = Object.keys(PRESETS);
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name as keyof typeof PRESETS].unit;
  const near = nearest(name, names);
  const hint = near === undefined ? 'vtd caps --presets names them' : `did you mean ${near}?`;
  throw new InputError(`expected CAP_REG and ECAP_REG, or a preset, got ${quoted(name)} alone; ${hint}`);
}

interface Named extends ShownField {
  readonly register: string;
}

/** Every field of both registers, the highest first. */
function fieldsOf({ capabilities, extendedCapabilities }: UnitParameters): readonly Named[] {
  const of = (register: string, fields: typeof CAP_REG.fields | typeof ECAP_REG.fields, value: bigint) =>
    shownFields(fields, wordsOf(value)).map((field): Named => ({ ...field, register }));
  return [
    ...of(CAP_REG.title, CAP_REG.fields, capabilities),
    ...of(ECAP_REG.title, ECAP_REG.fields, extendedCapabilities),
  ];
}

function hasIn({ capabilities, extendedCapabilities }: UnitParameters): (line: ProfileLine) => boolean {
  const values = { CAP: CAP_REG.unpack(wordsOf(capabilities)), ECAP: ECAP_REG.unpack(wordsOf(extendedCapabilities)) };
  return ({ requires }) => isPresent(requires, (name) => capabilityIn(values, name));
}

function print(output: Output, unit: UnitParameters): void {
  for (const register of [CAP_REG, ECAP_REG]) {
    const value = register === CAP_REG ? unit.capabilities : unit.extendedCapabilities;
    output.line(output.heading(`${register.title} ${hexadecimal(value, 16)}  ${register.section}`));
    const rows = fieldsOf(unit)
      .filter((field) => field.register === register.title)
      .map(({ bits, name, text, title, meaning }) => [
        bits,
        name,
        text,
        meaning === undefined ? title : `${title}: ${meaning}`,
      ]);
    output.lines(tableText(['>bits', 'field', '>value', ''], rows));
    output.line();
  }
  const contradictions = contradictionsOf(unit);
  output.line(output.heading('Contradictions, by the current revision of the document'));
  if (contradictions.length === 0) output.line(output.good('  none'));
  for (const one of contradictions) output.lines(wrapped('  ', one).map(output.bad));
  output.line();
  printProfiles(output, unit);
}

function printProfiles(output: Output, unit: UnitParameters): void {
  const has = hasIn(unit);
  output.line(output.heading('What software makes of it'));
  for (const software of new Set(PROFILES.map((line) => line.software))) {
    output.line(`  ${software}`);
    for (const line of PROFILES) {
      if (line.software !== software) continue;
      if (has(line)) output.line(`    ${output.good('yes')}  ${line.what}`);
      else output.lines(wrapped(`    ${output.bad('no')}   `, `${line.what}: ${line.without} (${line.requires})`));
      output.lines(wrapped('         ', line.source).map(output.dim));
    }
  }
}

/** Fields that differ, with what differs for software. */
function printDifference(output: Output, unit: UnitParameters, other: UnitParameters): void {
  const rows = differencesOf(unit, other).map(({ field, text, than }) => [field, text, than]);
  output.line(output.heading('Fields that differ'));
  if (rows.length === 0) output.line(output.good('  none'));
  else output.lines(tableText(['field', '>this', '>that'], rows));
  output.line();
  output.line(output.heading('What differs for software'));
  const [has, otherHas] = [hasIn(unit), hasIn(other)];
  const lines = PROFILES.filter((line) => has(line) !== otherHas(line));
  if (lines.length === 0) output.line(output.good('  nothing that is known'));
  for (const line of lines) {
    output.line(
      `  ${has(line) ? output.good('this alone') : output.bad('that alone')}  ${line.software}: ${line.what}`,
    );
  }
}

function differencesOf(unit: UnitParameters, other: UnitParameters) {
  const others = fieldsOf(other);
  return fieldsOf(unit).flatMap(({ register, name, text, value }, i) => {
    const than = others[i]!;
    return than.value === value ? [] : [{ field: `${register}.${name}`, text, than: than.text }];
  });
}

function factsOf(unit: UnitParameters, other: UnitParameters | undefined) {
  const has = hasIn(unit);
  return {
    unit,
    fields: fieldsOf(unit).map(({ register, name, bits, title, value, meaning }) => ({
      ...{ register, name, bits, title, value, meaning },
    })),
    contradictions: contradictionsOf(unit),
    software: PROFILES.map((line) => ({ ...line, has: has(line) })),
    ...(other === undefined ? {} : { differences: differencesOf(unit, other) }),
  };
}
