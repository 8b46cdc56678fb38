import { describe, expect, test } from 'vitest';
import transcription from '../../fixtures/layouts/registers.json' with { type: 'json' };
import type { RegisterDeclaration } from '../../src/bits/register.ts';
import { REGISTERS } from '../../src/registers/index.ts';

/** What the second transcription, made by another person from the same tables, says about a register. */
interface Printed {
  readonly name: string;
  readonly section: string;
  readonly offset: string;
  readonly bits: number;
  readonly exists: string;
  readonly kind?: string | undefined;
  readonly fields: readonly PrintedField[];
}

interface PrintedField {
  readonly name: string;
  readonly hi: number;
  readonly lo: number;
  readonly access: string;
  readonly reset: string;
  readonly rsvdZIf?: string | undefined;
  readonly validIf?: string | undefined;
}

/** Everything that is compared, as lines that make a readable difference. */
interface Summary {
  readonly section: string;
  readonly width: number;
  readonly offset: string;
  readonly requires: string;
  readonly rows: readonly string[];
}

/** Where declaration and transcription differ for a reason. Each of them must be there, so that the list stays true. */
const REVIEWED: readonly { register: string; printed: string[]; declared: string[]; because: string }[] = [
  ...['PLMBASE_REG PLMB', 'PLMLIMIT_REG PLML'].map((names) => ({
    register: names.split(' ')[0]!,
    printed: [`31:20 ${names.split(' ')[1]} RW 0`, '19:0 reserved RsvdZ 0'],
    declared: [`31:12 ${names.split(' ')[1]} RW 0`, '11:0 reserved RsvdZ 0'],
    because: 'the split at N is the implementation’s, the transcription has N = 19 as an example',
  })),
  ...['PHMBASE_REG PHMB', 'PHMLIMIT_REG PHML'].map((names) => ({
    register: names.split(' ')[0]!,
    printed: [`63:20 ${names.split(' ')[1]} RW 0`, '19:0 reserved RsvdZ 0'],
    declared: [`63:12 ${names.split(' ')[1]} RW 0`, '11:0 reserved RsvdZ 0'],
    because: 'the split at N is the implementation’s, the transcription has N = 19 as an example',
  })),
  ...['PHYSBASE', 'PHYSMASK'].map((name) => ({
    register: `MTRR_${name}_REG`,
    printed: ['63:46 reserved RsvdZ 0', `45:12 ${name} RW 0`],
    declared: [`63:12 ${name} RW 0`],
    because: 'what is reserved from HAW on is the configuration’s, the transcription has HAW = 46 as an example',
  })),
  {
    register: 'PERFCAP_REG',
    printed: ['63:60 reserved Rsvd 15'],
    declared: ['63:60 reserved RsvdP 15'],
    because: 'printed as neither Z nor P; the value cannot be changed and is not 0',
  },
  {
    register: 'PERFCNTR_PTLFLTR_REG',
    printed: ['4:0 PTL WO 0'],
    declared: ['4:0 PTL RWL 0'],
    because: 'the fields of all other filters are RWL, and locked by the same bit; what is read is a choice',
  },
  {
    register: 'PERFCNTR_REG',
    printed: ['63:48 reserved RsvdZ 0', '47:0 CNTR RWLV 0'],
    declared: ['63:0 CNTR RWLV 0'],
    because: 'the split at N is the counter’s width, the transcription has N = 48 as an example',
  },
];

const printed: readonly Printed[] = transcription;

describe('register layouts against the second transcription (§11.4)', () => {
  const registers = printed.filter(({ kind }) => kind !== 'reserved');

  test('both have the same registers', () => {
    expect(Object.keys(REGISTERS).sort()).toEqual([...new Set(registers.map(({ name }) => declaredName(name)))].sort());
  });

  test.each(registers.map((register) => [register.name, register] as const))('%s', (name, register) => {
    const declaration = declarationOf(declaredName(name));
    expect(declaration.title).toBe(declaredName(name));
    expect(declared(declaration, indexOf(name))).toEqual(transcribed(register));
  });

  test('the reviewed differences are all there', () => {
    for (const { register, printed: rows, declared: replacements } of REVIEWED) {
      const { rows: declaredRows } = declared(declarationOf(register), 0);
      expect(declaredRows, register).toEqual(expect.arrayContaining(replacements));
      const theirs = registers.filter(({ name }) => declaredName(name) === register);
      for (const { fields } of theirs) expect(fields.map(printedRow), register).toEqual(expect.arrayContaining(rows));
    }
  });

  test('no declared register lies where the map has a reserved one', () => {
    const taken = Object.values(REGISTERS).flatMap(({ title, offset, width }) =>
      typeof offset === 'number' ? [{ title, offset, width }] : [],
    );
    for (const reserved of printed.filter(({ kind }) => kind === 'reserved')) {
      const at = Number(reserved.offset);
      const there = taken.filter(({ offset, width }) => at >= offset && at < offset + width / 8);
      expect(there, reserved.name).toEqual([]);
    }
  });
});

function declarationOf(name: string): RegisterDeclaration {
  const found = Object.entries(REGISTERS).find(([key]) => key === name);
  if (found === undefined) throw new Error(`no register ${name} is declared`);
  return found[1];
}

/** `FRCD_REG[n]` is declared once, and so are the ten pairs of variable ranges. */
function declaredName(name: string): string {
  return name.replace(/\[.*\]$/, '').replace(/^(MTRR_PHYS(?:BASE|MASK))\d_REG$/, '$1_REG');
}

const indexOf = (name: string): number => Number(/^MTRR_PHYS(?:BASE|MASK)(\d)_REG$/.exec(name)?.[1] ?? 0);

function declared(register: RegisterDeclaration, index: number): Summary {
  const { section, width, offset, requires, fields, reserved } = register;
  const rows = [
    ...Object.entries(fields).map(([name, field]) =>
      row(field.high, field.low, name, field.attribute, field.reset, field.requires ?? ''),
    ),
    ...reserved.map(({ range: [high, low], attribute, reset = 0 }) => row(high, low, 'reserved', attribute, reset, '')),
  ];
  return {
    section,
    width,
    offset: typeof offset === 'number' ? String(offset) : formula(offset, index),
    requires: requires ?? '',
    rows: rows.sort(),
  };
}

function transcribed({ name, section, bits, offset, exists, fields }: Printed): Summary {
  const rows = new Set(fields.map(printedRow));
  for (const reviewed of REVIEWED.filter(({ register }) => register === declaredName(name))) {
    for (const difference of reviewed.printed) rows.delete(difference);
    for (const difference of reviewed.declared) rows.add(difference);
  }
  return {
    section: `§${section}`,
    width: bits,
    offset: formula(offset, 0),
    // How many variable ranges there are is not a matter of the layout: the map places VCNT of them.
    requires: condition(exists.replace(/ && MTRRCAP_REG\.VCNT>\d$/, ''), '==1'),
    rows: [...rows].sort(),
  };
}

/**
 * A row of a reserved range has no name: `R`, or `DEP` where its access is RsvdZ. No register has two fields of the
 * name DEP, so that none is named after its bit.
 */
function printedRow({ name, hi, lo, access, reset, rsvdZIf, validIf }: PrintedField): string {
  const requires = rsvdZIf === undefined ? condition(validIf ?? '', '==1') : condition(rsvdZIf, '==0');
  const reserved = access.startsWith('Rsvd');
  return row(hi, lo, reserved ? 'reserved' : name, access, reset === 'x' ? reset : Number(reset), requires);
}

function row(high: number, low: number, name: string, access: string, reset: number | 'x', requires: string): string {
  return `${high}:${low} ${name} ${access} ${reset}${requires === '' ? '' : ` requires ${requires}`}`;
}

/** `A==1 && B==1` as `A and B`. An index says nothing: the condition is that of the same counter. */
function condition(printedCondition: string, suffix: string): string {
  const names = printedCondition.replaceAll(' && ', ' and ').replaceAll(' || ', ' or ').replaceAll('[c]', '');
  return names.replaceAll(suffix, '');
}

/** A fixed offset as a decimal number, a formula without its spaces and with the index put in. */
function formula(offset: string, index: number): string {
  const atIndex = /^(0x\w+) \+ 0x10 \* i$/.exec(offset);
  if (atIndex !== null) return String(Number(atIndex[1]) + 0x10 * index);
  return /^0x\w+$/.test(offset) ? String(Number(offset)) : offset.replaceAll(' ', '').toLowerCase();
}
