import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnyStructure, type Field, STRUCTURES, type Words } from '../../src/structures/index.ts';

const structures = Object.entries(STRUCTURES);

const widthOf = ({ high, low }: Field): number => high - low + 1;

const anyValue = (field: Field): fc.Arbitrary<number | bigint> =>
  field.kind === 'wide'
    ? fc.bigInt({ min: 0n, max: (1n << BigInt(widthOf(field))) - 1n })
    : fc.integer({ min: 0, max: 2 ** widthOf(field) - 1 });

/** A value for every field. */
const anyValues = ({ fields }: AnyStructure): fc.Arbitrary<Record<string, number | bigint>> =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, anyValue(field)])));

const anyWords = ({ width }: AnyStructure): fc.Arbitrary<Words> =>
  fc
    .array(fc.integer({ min: 0, max: 0xffff_ffff }), { minLength: width / 32, maxLength: width / 32 })
    .map((words) => Uint32Array.from(words));

const anyField = ({ fields }: AnyStructure): fc.Arbitrary<Field> => fc.constantFrom(...Object.values(fields));

const anyFieldAndValue = (structure: AnyStructure): fc.Arbitrary<readonly [Field, number | bigint]> =>
  anyField(structure).chain((field) => anyValue(field).map((value) => [field, value] as const));

/** A value that does not fit the field. */
const anyMisfit = (field: Field): fc.Arbitrary<number | bigint> =>
  field.kind === 'wide'
    ? fc.oneof(
        fc.bigInt({ min: 1n << BigInt(widthOf(field)), max: 1n << 600n }),
        fc.bigInt({ min: -(1n << 600n), max: -1n }),
      )
    : fc.oneof(
        fc.integer({ min: 2 ** widthOf(field), max: Number.MAX_SAFE_INTEGER }),
        fc.integer({ max: -1 }),
        fc.constantFrom(0.5, Number.NaN, Number.POSITIVE_INFINITY),
      );

function put(field: Field, words: Words, value: number | bigint): void {
  if (field.kind === 'wide') field.put(words, BigInt(value));
  else field.put(words, Number(value));
}

/** The words as one number, bit n of the structure at bit n. */
const numberOf = (words: Words): bigint => words.reduceRight((number, word) => (number << 32n) | BigInt(word), 0n);

const maskOf = ({ high, low }: Field): bigint => ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);

const maskOfFields = ({ fields }: AnyStructure): bigint =>
  Object.values(fields).reduce((mask, field) => mask | maskOf(field), 0n);

describe('pack, unpack and put of every structure', () => {
  test.each(structures)('%s: unpack gives back what was packed', (_id, structure) => {
    fc.assert(
      fc.property(anyValues(structure), (values) => {
        expect(structure.unpack(structure.pack(values))).toEqual(values);
      }),
    );
  });

  test.each(structures)('%s: pack gives back the fields of what was unpacked and zero elsewhere', (_id, structure) => {
    fc.assert(
      fc.property(anyWords(structure), (words) => {
        const packed = structure.pack(structure.unpack(words));
        expect(numberOf(packed)).toBe(numberOf(words) & maskOfFields(structure));
      }),
    );
  });

  test.each(structures)('%s: a field reads the bits that it is declared with', (_id, structure) => {
    fc.assert(
      fc.property(anyWords(structure), anyField(structure), (words, field) => {
        expect(BigInt(field(words))).toBe((numberOf(words) & maskOf(field)) >> BigInt(field.low));
      }),
    );
  });

  test.each(structures)('%s: put replaces the bits of its field and no others', (_id, structure) => {
    fc.assert(
      fc.property(anyWords(structure), anyFieldAndValue(structure), (words, [field, value]) => {
        const changed = words.slice();
        put(field, changed, value);
        expect(numberOf(changed)).toBe((numberOf(words) & ~maskOf(field)) | (BigInt(value) << BigInt(field.low)));
      }),
    );
  });

  test.each(structures)('%s: a value that does not fit is a RangeError and changes nothing', (_id, structure) => {
    const misfits = anyField(structure).chain((field) => anyMisfit(field).map((value) => [field, value] as const));
    fc.assert(
      fc.property(anyWords(structure), misfits, (words, [field, value]) => {
        const target = words.slice();
        expect(() => put(field, target, value)).toThrow(RangeError);
        expect(target).toEqual(words);
      }),
    );
  });

  test.each(structures)('%s: pack refuses a value that does not fit and a name that is no field', (_id, structure) => {
    for (const [name, field] of Object.entries(structure.fields)) {
      const width = widthOf(field);
      const tooWide = field.kind === 'wide' ? 1n << BigInt(width) : 2 ** width;
      expect(() => structure.pack({ [name]: tooWide }), name).toThrow(RangeError);
    }
    expect(() => structure.pack({ XYZ: 1 })).toThrow(`${structure.title} has no field XYZ`);
  });
});
