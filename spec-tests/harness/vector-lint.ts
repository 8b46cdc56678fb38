import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import schema from '../../fixtures/schema/unit-vectors-1.json' with { type: 'json' };
import { INTERRUPT_FAULTS } from '../../src/conditions/interrupt.ts';
import { TRANSLATION_FAULTS } from '../../src/conditions/translation.ts';
import { choicesWith } from '../../src/platform/choices.ts';
import { type Configuration, configure } from '../../src/platform/configuration.ts';
import { type PlacedRegister, placeRegisters, registerAt } from '../../src/registers/index.ts';
import { type AnyStructure, type Field, STRUCTURES } from '../../src/structures/index.ts';
import { formatted } from '../../src/vectors/format.ts';
import { bitsOf } from '../../src/vectors/runs.ts';
import type { VectorCase, VectorEntry, VectorFile, VectorGroup, VectorStep } from '../../src/vectors/types.ts';
import { parametersOf } from '../../src/vectors/unit.ts';
import { isCitation, isRuleOfSection } from './citations.ts';

/** A vector file as it stands on disk. */
export interface VectorText {
  readonly path: string;
  readonly text: string;
}

type Say = (mistake: string) => void;

// The schema requires one of two members of a step in a branch that does not repeat what they are.
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
const isVectorFile: ValidateFunction = ajv.compile(schema);

const CODES: ReadonlySet<string> = new Set([...TRANSLATION_FAULTS, ...INTERRUPT_FAULTS].map(({ code }) => code));

/** Everything that is wrong with vector files, a sentence each; ids must be unique over all of them. */
export function lint(texts: readonly VectorText[]): readonly string[] {
  const mistakes: string[] = [];
  const owner = new Map<string, string>();
  for (const { path, text } of texts) {
    const file = lintText(path, text, mistakes);
    for (const { id } of file?.groups.flatMap(({ cases }) => cases) ?? []) {
      if (owner.has(id)) mistakes.push(`${path}: the id ${id} is taken by a case of ${owner.get(id)}`);
      owner.set(id, path);
    }
  }
  return mistakes;
}

function lintText(path: string, text: string, mistakes: string[]): VectorFile | undefined {
  const say: Say = (mistake) => mistakes.push(`${path}: ${mistake}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    say(`is not JSON: ${(error as Error).message}`);
    return undefined;
  }
  if (!isVectorFile(parsed)) {
    for (const { instancePath, message, params } of isVectorFile.errors ?? []) {
      say(`${instancePath || 'the file'} ${message} ${JSON.stringify(params)}`);
    }
    return undefined;
  }
  const file = parsed as VectorFile;
  if (formatted(file) !== text) say('is not in canonical form; `npm run vectors -- fmt` writes it');
  lintFile(file, say);
  return file;
}

function lintFile({ sections, flags = {}, groups }: VectorFile, say: Say): void {
  for (const section of sections) if (!isCitation(section)) say(`there is no ${section}`);
  const used = new Set(groups.flatMap(({ cases }) => cases.flatMap((one) => one.flags ?? [])));
  for (const flag of used) if (!(flag in flags)) say(`the flag ${flag} is used and not explained`);
  for (const flag of Object.keys(flags)) if (!used.has(flag)) say(`the flag ${flag} is explained and not used`);
  for (const [i, group] of groups.entries()) lintGroup(group, (mistake) => say(`group ${i + 1}: ${mistake}`));
}

function lintGroup({ unit, memory = [], steps = [], cases }: VectorGroup, say: Say): void {
  let configuration: Configuration | undefined;
  try {
    configuration = configure(parametersOf(unit));
  } catch (error) {
    say((error as Error).message);
  }
  const placed = configuration === undefined ? undefined : placeRegisters(configuration.capability);
  for (const entry of memory) lintEntry(entry, say);
  for (const step of steps) lintStep(step, placed, say);
  for (const one of cases) lintCase(one, memory, placed, (mistake) => say(`${one.id}: ${mistake}`));
}

function lintCase(one: VectorCase, shared: readonly VectorEntry[], placed: Placed, say: Say): void {
  for (const rule of one.rules) {
    if (rule.includes('-') ? !isRuleOfSection(rule) : !CODES.has(rule)) say(`there is no rule ${rule}`);
  }
  try {
    choicesWith(one.choices);
  } catch (error) {
    say((error as Error).message);
  }
  for (const entry of one.memory ?? []) lintEntry(entry, say);
  for (const step of one.steps) lintStep(step, placed, say);
  if (one.eachBit === undefined) return;
  const { at, bits } = one.eachBit;
  const entry = [...shared, ...(one.memory ?? [])].findLast((it) => BigInt(it.at) === BigInt(at));
  if (entry === undefined) say(`eachBit is at ${at}, where no entry stands`);
  const named = [...bitsOf(bits)];
  const outside = named.filter((bit) => entry !== undefined && bit >= entry.qwords.length * 64);
  if (outside.length > 0) say(`eachBit names bit ${outside[0]} of an entry of ${entry!.qwords.length * 64} bits`);
  if (named.length === 0 || new Set(named).size < named.length) say('eachBit names a bit twice, or none');
}

/** Undefined: the unit is none that can be, and that was said. */
type Placed = readonly PlacedRegister[] | undefined;

function lintStep(step: VectorStep, placed: Placed, say: Say): void {
  if ('memory' in step) for (const entry of step.memory) lintEntry(entry, say);
  if ('write' in step) lintRegister(step.write, step, placed, say);
  if ('read' in step) lintRegister(step.read, step, placed, say);
  if ('memoryRead' in step && step.mask !== undefined && step.mask.length !== step.qwords.length) {
    say(`the mask at ${step.memoryRead} has ${step.mask.length} words, not ${step.qwords.length}`);
  }
  if (!('expect' in step) || step.expect === undefined) return;
  for (const [, code = ''] of JSON.stringify(step.expect).matchAll(/"condition":"([^"]*)"/g)) {
    if (!CODES.has(code)) say(`there is no condition ${code}`);
  }
  const { choice } = step.expect;
  if (typeof choice === 'string' && !(choice in choicesWith())) say(`there is no choice ${choice}`);
}

/** 64 bits that cover two registers have the name of the first. */
function lintRegister(name: string, step: { offset: string; width: number }, placed: Placed, say: Say): void {
  const offset = Number(step.offset);
  if (offset % (step.width / 8) !== 0) say(`${step.width} bits at ${step.offset} are not aligned`);
  if (placed === undefined) return;
  const found = registerAt(placed, offset)?.name ?? registerAt(everywhere(), offset)?.name;
  const [, from, to = from] = /^[Rr]eserved(?:_([0-9A-F]{3})(?:_([0-9A-F]{3}))?)?$/.exec(name) ?? [];
  if (found === name) return;
  if (found !== undefined) say(`${found} is at ${step.offset}, not ${name}`);
  else if (!/^reserved/i.test(name)) say(`nothing is at ${step.offset}, not ${name}`);
  else if (from !== undefined && (offset < Number.parseInt(from, 16) || offset > Number.parseInt(to!, 16) + 7)) {
    say(`${step.offset} is not in ${name}`);
  }
}

/** Registers that a unit may lack without a trace in CAP_REG and ECAP_REG: all variable MTRR ranges. */
function everywhere(): readonly PlacedRegister[] {
  return placeRegisters((name) => (name === 'MTRRCAP_REG.VCNT' ? 10 : 0)).filter(({ name }) =>
    name.startsWith('MTRR_'),
  );
}

function lintEntry({ at, qwords, is, fields }: VectorEntry, say: Say): void {
  if (BigInt(at) % 8n !== 0n) say(`${at} is not aligned to 8 bytes`);
  if (is === undefined) {
    if (fields !== undefined) say(`the entry at ${at} has fields and no structure`);
    return;
  }
  const structure = STRUCTURES[is];
  if (structure === undefined) say(`there is no structure "${is}"; ids are ${Object.keys(STRUCTURES).join(', ')}`);
  else if (qwords.length * 64 !== structure.width) {
    say(`the ${is} at ${at} has ${qwords.length * 64} bits, not ${structure.width}`);
  } else lintFields(structure, `${is} at ${at}`, qwords, fields ?? {}, say);
}

function lintFields(
  structure: AnyStructure,
  where: string,
  qwords: readonly string[],
  given: Readonly<Record<string, number | string>>,
  say: Say,
): void {
  const halves = qwords.flatMap((qword) => [Number(BigInt(qword) & 0xffff_ffffn), Number(BigInt(qword) >> 32n)]);
  const words = Uint32Array.from(halves);
  for (const [name, value] of Object.entries(given)) {
    const field = structure.fields[name];
    if (field === undefined) say(`the ${where} has no field ${name}`);
    else if (meaningOf(name, field, words) !== BigInt(value)) {
      say(`${name} of the ${where} is ${show(meaningOf(name, field, words))}, not ${value}`);
    }
  }
}

/** What stands in a field, as vectors write it: an address whole. A large page has bits 63:30 or 63:21 of it. */
function meaningOf(name: string, field: Field, words: Uint32Array): bigint {
  const value = BigInt(field(words));
  if (field.kind === 'page') return value << 12n;
  return name === 'ADDR' ? value << BigInt(field.low) : value;
}

const show = (value: bigint): string => (value < 10n ? `${value}` : `0x${value.toString(16)}`);
