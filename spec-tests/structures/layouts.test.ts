import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as structures from '../../src/structures/index.ts';

const { FirstStageEntry, HptL1Entry, PAGE_PERMISSIONS, SecondStageEntry, STRUCTURES } = structures;

interface Row {
  readonly name: string;
  readonly hi: number;
  readonly lo: number;
  readonly kind: string;
  readonly enum?: Readonly<Record<string, string>>;
  readonly const?: number;
}

interface Layout {
  readonly section: string;
  readonly bits: number;
  readonly fields: readonly Row[];
}

const LAYOUTS: Readonly<Record<string, Layout>> = JSON.parse(
  readFileSync(new URL('../../fixtures/layouts/structures.json', import.meta.url), 'utf8'),
);

/** A register, although it is laid out like a structure. */
const REGISTER = 'fault-recording-register';

const layouts = Object.entries(LAYOUTS).filter(([id]) => id !== REGISTER);

function declared(id: string): structures.AnyStructure {
  const found = STRUCTURES[id];
  if (found === undefined) throw new Error(`${id} is not declared`);
  return found;
}

interface Bits {
  readonly kind: string;
  readonly high: number;
  readonly low: number;
  readonly name: string;
}

const downwards = (rows: readonly Bits[]): readonly Bits[] => rows.toSorted((a, b) => b.high - a.high);

/** Rows as the second transcription has them. Only fields have names that count. */
const rowsOfLayout = ({ fields }: Layout): readonly Bits[] =>
  downwards(fields.map(({ name, hi, lo, kind }) => ({ kind, high: hi, low: lo, name: kind === 'field' ? name : '' })));

const rowsOfStructure = ({ fields, reserved, ignored }: structures.AnyStructure): readonly Bits[] =>
  downwards([
    ...Object.entries(fields).map(([name, { high, low }]) => ({ kind: 'field', high, low, name })),
    ...reserved.map(([high, low]) => ({ kind: 'reserved', high, low, name: '' })),
    ...ignored.map(([high, low]) => ({ kind: 'ignored', high, low, name: '' })),
  ]);

describe('Structures and the second transcription of the layouts', () => {
  test('the two have the same structures', () => {
    expect(Object.keys(STRUCTURES).toSorted()).toEqual(layouts.map(([id]) => id).toSorted());
  });

  test('every structure that is exported has an id, but for the two entries of any level', () => {
    const exported = Object.values<unknown>(structures).filter(
      (value) => typeof value === 'object' && value !== null && 'reservedMask' in value,
    );
    const expected = [...Object.values(STRUCTURES), FirstStageEntry, SecondStageEntry];
    expect(exported).toHaveLength(expected.length);
    expect(new Set<unknown>(exported)).toEqual(new Set<unknown>(expected));
  });

  test.each(layouts)('%s: width and section agree', (id, layout) => {
    expect(declared(id).width).toBe(layout.bits);
    expect(declared(id).section).toBe(`§${layout.section}`);
  });

  test.each(layouts)('%s: every row has the same bits, name and kind', (id, layout) => {
    expect(rowsOfStructure(declared(id))).toEqual(rowsOfLayout(layout));
  });

  test.each(layouts)('%s: the same values of each field have a meaning', (id, layout) => {
    const { fields } = declared(id);
    for (const { name, kind, enum: meanings = {} } of layout.fields) {
      if (kind !== 'field') continue;
      const field = fields[name]!;
      // Present is its own meaning.
      const expected = field.title.endsWith('Present') && field.encodings === undefined ? [] : Object.keys(meanings);
      expect(Object.keys(field.encodings ?? {}), name).toEqual(expected);
    }
  });

  test.each(layouts)('%s: a value that selects the format is the only one with a meaning', (id, layout) => {
    for (const { name, const: selects } of layout.fields) {
      if (selects === undefined) continue;
      expect(Object.keys(declared(id).fields[name]?.encodings ?? {}), name).toEqual([String(selects)]);
    }
  });
});

describe('Entries of any level, §9.7 and §9.8', () => {
  const bitsOf = ({ high, low }: structures.Field): string => `${high}:${low}`;
  const formats = (prefix: string) => Object.entries(STRUCTURES).filter(([id]) => id.startsWith(prefix));
  const firstStage: Readonly<Record<string, structures.Field>> = {
    ...FirstStageEntry.fields,
    'R/W': FirstStageEntry.RW,
    'U/S': FirstStageEntry.US,
  };
  const secondStage: Readonly<Record<string, structures.Field>> = SecondStageEntry.fields;

  test.each(formats('fs-'))('%s: its fields are where the first-stage entry of any level has them', (_id, format) => {
    for (const [name, field] of Object.entries(format.fields)) {
      // The two that a large page moves: a page number loses its low bits to PAT and to reserved bits.
      if (name === 'PAT') continue;
      if (name === 'ADDR') expect(field.high).toBe(FirstStageEntry.ADDR.high);
      else expect(bitsOf(field), name).toBe(bitsOf(firstStage[name]!));
    }
  });

  test.each(formats('ss-'))('%s: its fields are where the second-stage entry of any level has them', (_id, format) => {
    for (const [name, field] of Object.entries(format.fields)) {
      if (name === 'ADDR') expect(field.high).toBe(SecondStageEntry.ADDR.high);
      else expect(bitsOf(field), name).toBe(bitsOf(secondStage[name]!));
    }
  });

  test('PAT of a PTE is PS of the first-stage entry of any level', () => {
    expect(structures.PtEntry.PAT.high).toBe(FirstStageEntry.PS.high);
  });

  test('neither has reserved bits', () => {
    expect(FirstStageEntry.reservedMask).toEqual(new Uint32Array(2));
    expect(SecondStageEntry.reservedMask).toEqual(new Uint32Array(2));
  });
});

describe('Page permissions by number, Table 48', () => {
  const byName: Readonly<Record<string, structures.Field>> = HptL1Entry.fields;

  test('number i is the field that is named PPi', () => {
    expect(PAGE_PERMISSIONS).toHaveLength(32);
    for (const [i, { R, W }] of PAGE_PERMISSIONS.entries()) {
      expect(byName[`PP${i}.R`]).toBe(R);
      expect(byName[`PP${i}.W`]).toBe(W);
    }
  });
});
