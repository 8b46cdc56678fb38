import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bit, bits, page, type Words, wide } from '../../src/bits/field.ts';
import { structure } from '../../src/bits/structure.ts';

/** Words of a 512-bit entry, the largest there is. */
const anyWords: fc.Arbitrary<Words> = fc
  .array(fc.integer({ min: 0, max: 0xffff_ffff }), { minLength: 16, maxLength: 16 })
  .map((words) => Uint32Array.from(words));

const anyBits = (maximum: number): fc.Arbitrary<readonly [high: number, low: number]> =>
  fc
    .tuple(fc.integer({ min: 1, max: maximum }), fc.nat(511))
    .filter(([width, low]) => low + width <= 512)
    .map(([width, low]) => [low + width - 1, low] as const);

/** The words as one number, bit n of the entry at bit n. */
const numberOf = (words: Words): bigint => words.reduceRight((number, word) => (number << 32n) | BigInt(word), 0n);

const maskOf = (high: number, low: number): bigint => ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);

const crossesTwoWords = (high: number, low: number): boolean => (high >>> 5) - (low >>> 5) > 1;

describe('structure(): every bit exactly once', () => {
  test('a bit that is neither a field, reserved nor ignored throws', () => {
    expect(() => structure('Gap', '§0', 32, { A: bits(14, 0, 'A') }, { reserved: [[31, 16]] })).toThrow(
      new RangeError('Gap: bit 15 is neither a field, reserved nor ignored'),
    );
    expect(() => structure('Gap', '§0', 64, { A: bits(31, 0, 'A') }, { ignored: [[62, 32]] })).toThrow(RangeError);
    expect(() => structure('Gap', '§0', 32, {})).toThrow(RangeError);
  });

  test('a bit of two fields throws', () => {
    const fields = { A: bits(16, 0, 'A'), B: bits(31, 16, 'B') };
    expect(() => structure('Overlap', '§0', 32, fields)).toThrow(new RangeError('Overlap: bit 16 is both A and B'));
  });

  test('a bit of a field that is also reserved or ignored throws', () => {
    const fields = { A: bits(31, 0, 'A') };
    expect(() => structure('Overlap', '§0', 32, fields, { reserved: [[31, 31]] })).toThrow(RangeError);
    expect(() => structure('Overlap', '§0', 32, fields, { ignored: [[0, 0]] })).toThrow(RangeError);
  });

  test('a bit that is reserved and ignored throws', () => {
    expect(() => structure('Overlap', '§0', 32, {}, { reserved: [[31, 8]], ignored: [[8, 0]] })).toThrow(RangeError);
  });

  test('a bit beyond the width throws', () => {
    expect(() => structure('Beyond', '§0', 32, { A: bits(32, 0, 'A') })).toThrow(
      new RangeError('Beyond: A has bit 32 of 32'),
    );
    expect(() => structure('Beyond', '§0', 32, { A: bits(31, 0, 'A') }, { reserved: [[32, 32]] })).toThrow(RangeError);
  });

  test('moving one border of one row by one bit throws', () => {
    const declare = (high: number, low: number) =>
      structure('Moved', '§0', 64, { P: bit(0, 'P'), ADDR: page(high, low, 'ADDR') }, { reserved: [[11, 1]] });
    expect(() => declare(63, 12)).not.toThrow();
    expect(() => declare(63, 13)).toThrow(RangeError);
    expect(() => declare(63, 11)).toThrow(RangeError);
    expect(() => declare(62, 12)).toThrow(RangeError);
  });

  test('the reserved mask has ones in the reserved ranges', () => {
    const other = { reserved: [[11, 1] as const, [64, 63] as const], ignored: [[95, 65] as const] };
    const declared = structure('Mask', '§0', 96, { P: bit(0, 'P'), A: bits(62, 12, 'A') }, other);
    expect(declared.reservedMask).toEqual(Uint32Array.of(0x0000_0ffe, 0x8000_0000, 0x0000_0001));
  });

  test('a structure and its fields are frozen', () => {
    const declared = structure('Frozen', '§0', 32, { A: bits(31, 0, 'A') });
    expect(Object.isFrozen(declared)).toBe(true);
    expect(Object.isFrozen(declared.fields)).toBe(true);
    expect(Object.isFrozen(declared.A)).toBe(true);
  });
});

describe('fields', () => {
  test('a field of up to 52 bits reads what its bits are as a number', () => {
    fc.assert(
      fc.property(anyWords, anyBits(52), (words, [high, low]) => {
        fc.pre(!crossesTwoWords(high, low));
        expect(BigInt(bits(high, low, 'field')(words))).toBe((numberOf(words) & maskOf(high, low)) >> BigInt(low));
      }),
    );
  });

  test('a field across a word boundary reads what its bits are as a number', () => {
    for (let low = 0; low < 32; low++) {
      for (let high = 32; high < Math.min(64, low + 52); high++) {
        const words = Uint32Array.of(0x9abc_def1, 0xfedc_ba98);
        const field = bits(high, low, 'field');
        expect(BigInt(field(words))).toBe((numberOf(words) & maskOf(high, low)) >> BigInt(low));
        field.put(words, 0);
        expect(numberOf(words)).toBe(0xfedc_ba98_9abc_def1n & ~maskOf(high, low));
      }
    }
  });

  test('a wide field reads what its bits are as a bigint', () => {
    fc.assert(
      fc.property(anyWords, anyBits(512), (words, [high, low]) => {
        expect(wide(high, low, 'field')(words)).toBe((numberOf(words) & maskOf(high, low)) >> BigInt(low));
      }),
    );
  });

  test('put of a wide field replaces its bits and no others', () => {
    fc.assert(
      fc.property(anyWords, anyBits(512), anyWords, (words, [high, low], source) => {
        const value = numberOf(source) & (maskOf(high, low) >> BigInt(low));
        const changed = words.slice();
        wide(high, low, 'field').put(changed, value);
        expect(numberOf(changed)).toBe((numberOf(words) & ~maskOf(high, low)) | (value << BigInt(low)));
      }),
    );
  });

  test('put of a field of up to 52 bits replaces its bits and no others', () => {
    fc.assert(
      fc.property(anyWords, anyBits(52), anyWords, (words, [high, low], source) => {
        fc.pre(!crossesTwoWords(high, low));
        const value = numberOf(source) & (maskOf(high, low) >> BigInt(low));
        const changed = words.slice();
        bits(high, low, 'field').put(changed, Number(value));
        expect(numberOf(changed)).toBe((numberOf(words) & ~maskOf(high, low)) | (value << BigInt(low)));
      }),
    );
  });

  test('a field is declared high:low, within 52 bits and one word boundary, or not at all', () => {
    expect(() => bits(3, 4, 'reversed')).toThrow(RangeError);
    expect(() => bits(3, -1, 'negative')).toThrow(RangeError);
    expect(() => bits(3.5, 0, 'broken')).toThrow(RangeError);
    expect(() => bits(52, 0, 'too wide')).toThrow('too wide: bits 52:0 are wider than 52, use wide()');
    expect(() => bits(64, 13, 'crossing')).toThrow('bits 64:13 cross two word boundaries, use wide()');
    expect(() => wide(3, 4, 'reversed')).toThrow(RangeError);
  });

  test('the message of a misfit names the field, its bits and the value', () => {
    const words = new Uint32Array(4);
    expect(() => bits(87, 72, 'Domain Identifier').put(words, 0x1_0000)).toThrow(
      new RangeError('Domain Identifier is 16 bits wide (87:72), got 0x10000'),
    );
    expect(() => wide(127, 66, 'Status Address').put(words, 1n << 62n)).toThrow(
      new RangeError('Status Address is 62 bits wide (127:66), got 0x4000000000000000'),
    );
  });
});
