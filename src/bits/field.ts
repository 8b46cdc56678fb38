import { POWER_OF_2 } from './page-number.ts';

/** The 32-bit words of an entry, lowest address first: bit n of the entry is bit n mod 32 of word n div 32. */
export type Words = Uint32Array;

/** An inclusive range of bits as the document prints it: high, then low. */
export type Range = readonly [high: number, low: number];

/** What the encodings of a field mean, by value. */
export type Encodings = Readonly<Record<number, string>>;

interface FieldFacts {
  readonly high: number;
  readonly low: number;
  /** What the field is, in a few words. */
  readonly title: string;
  readonly encodings?: Encodings;
}

/** A field of up to 52 bits. Call it to read the field's value. */
export interface NumberField extends FieldFacts {
  (words: Words): number;
  /**
   * Reads the field of an entry of 64 bits from its two words: for a walk that has them at hand, which saves it going
   * to memory for each field (measured). Only for a field within bits 63:0.
   */
  ofQword(low: number, high: number): number;
  /** `page`: bits 63:12 of an address, so that the value is a page number. */
  readonly kind: 'bits' | 'page';
  /** Replaces the field's bits. Throws a RangeError if the value does not fit. */
  put(words: Words, value: number): void;
}

/** A field of more than 52 bits. Call it to read the field's value. */
export interface WideField extends FieldFacts {
  (words: Words): bigint;
  readonly kind: 'wide';
  /** Replaces the field's bits. Throws a RangeError if the value does not fit. */
  put(words: Words, value: bigint): void;
}

export type Field = NumberField | WideField;

/** The field of one bit at position `n`. */
export const bit = (n: number, title: string, encodings?: Encodings): NumberField => bits(n, n, title, encodings);

/** A field of at most 52 bits, `high` and `low` as printed. */
export function bits(high: number, low: number, title: string, encodings?: Encodings): NumberField {
  return numberField('bits', high, low, title, encodings);
}

/** A field that holds bits 63:12 of an address; its value is the page number. */
export function page(high: number, low: number, title: string): NumberField {
  return numberField('page', high, low, title, undefined);
}

/** A field of any width whose value is a `bigint`. Only for what no request reads. */
export function wide(high: number, low: number, title: string): WideField {
  checkRange(high, low);
  const width = BigInt(high - low + 1);
  const read = (words: Words): bigint => {
    let value = 0n;
    for (let position = high; position >= low; position--) {
      value = (value << 1n) | BigInt((words[position >>> 5]! >>> (position & 31)) & 1);
    }
    return value;
  };
  const put = (words: Words, value: bigint): void => {
    if (value < 0n || value >> width !== 0n) throw tooWide(title, high, low, value);
    for (let position = low; position <= high; position++) {
      const mask = 1 << (position & 31);
      const one = (value >> BigInt(position - low)) & 1n;
      words[position >>> 5] = one === 1n ? words[position >>> 5]! | mask : words[position >>> 5]! & ~mask;
    }
  };
  return Object.freeze(Object.assign(read, { kind: 'wide' as const, high, low, title, put }));
}

function numberField(
  kind: 'bits' | 'page',
  high: number,
  low: number,
  title: string,
  encodings: Encodings | undefined,
): NumberField {
  checkRange(high, low);
  const width = high - low + 1;
  // 52 bits: an addition of such values is still exact below 2^53.
  if (width > 52) throw new RangeError(`${title}: bits ${high}:${low} are wider than 52, use wide()`);
  const limit = 2 ** width;
  const replace = writer(high, low);
  const put = (words: Words, value: number): void => {
    if (!Number.isInteger(value) || value < 0 || value >= limit) throw tooWide(title, high, low, value);
    replace(words, value);
  };
  const facts = {
    kind,
    high,
    low,
    title,
    put,
    ofQword: qwordReader(high, low),
    ...(encodings === undefined ? {} : { encodings }),
  };
  return Object.freeze(Object.assign(reader(high, low), facts));
}

/** One small closure a shape, so that a read costs what the hand-written shift and mask would (measured). */
function reader(high: number, low: number): (words: Words) => number {
  const word = low >>> 5;
  const shift = low & 31;
  const width = high - low + 1;
  if (width === 32 && shift === 0) return wholeWord(word);
  if (shift + width <= 32) return inOneWord(word, shift, 2 ** width - 1);
  if (shift + width > 64) throw new RangeError(`bits ${high}:${low} cross two word boundaries, use wide()`);
  return inTwoWords(word, word + 1, shift, 2 ** (shift + width - 32) - 1, 32 - shift, smallBelow(shift));
}

/** {@link reader} for the two words of an entry of 64 bits. */
function qwordReader(high: number, low: number): (lower: number, upper: number) => number {
  if (high > 63) {
    return () => {
      throw new RangeError(`bits ${high}:${low} are not of an entry of 64 bits`);
    };
  }
  const shift = low & 31;
  const mask = 2 ** (high - low + 1) - 1;
  if (high < 32) return inLower(shift, mask);
  if (low >= 32) return inUpper(shift, mask);
  return inBoth(shift, 2 ** (high - 31) - 1, 32 - shift, smallBelow(shift));
}

/** Of a field across two words, what its bits in the upper word are below if the value has at most 31 bits. */
const smallBelow = (shift: number): number => Math.floor(2 ** (shift - 1));

// What a reader knows of its field are parameters, not constants around it: V8 would check that those are initialised,
// and a reader would be a byte too large to be inlined whatever else its caller inlines (measured).
const wholeWord = (word: number) => (words: Words) => words[word]!;
const inOneWord = (word: number, shift: number, mask: number) => (words: Words) => (words[word]! >>> shift) & mask;
const inLower = (shift: number, mask: number) => (lower: number) => ((lower >>> shift) & mask) >>> 0;
const inUpper = (shift: number, mask: number) => (_: number, upper: number) => ((upper >>> shift) & mask) >>> 0;

// Values of 31 bits, pages below 8 TiB, without arithmetic in floating point: a walk waits for it (measured).
const inTwoWords =
  (word: number, upper: number, shift: number, upperMask: number, fromLower: number, small: number) =>
  (words: Words): number => {
    const rest = (words[upper]! & upperMask) >>> 0;
    const last = words[word]! >>> shift;
    return rest < small ? (rest << fromLower) | last : rest * POWER_OF_2[fromLower]! + last;
  };
const inBoth =
  (shift: number, upperMask: number, fromLower: number, small: number) =>
  (lower: number, upper: number): number => {
    const rest = (upper & upperMask) >>> 0;
    const last = lower >>> shift;
    return rest < small ? (rest << fromLower) | last : rest * POWER_OF_2[fromLower]! + last;
  };

/** The opposite of {@link reader}; the value fits. */
function writer(high: number, low: number): (words: Words, value: number) => void {
  const word = low >>> 5;
  const shift = low & 31;
  const width = high - low + 1;
  const upper = word + 1;
  const lowerWidth = Math.min(width, 32 - shift);
  const lowerMask = (2 ** lowerWidth - 1) * 2 ** shift;
  if (lowerWidth === width) {
    return (words, value) => {
      words[word] = (words[word]! & ~lowerMask) | (value << shift);
    };
  }
  const upperMask = 2 ** (width - lowerWidth) - 1;
  // Exact: a power of two.
  const scale = 2 ** -lowerWidth;
  return (words, value) => {
    // A shift takes its operand modulo 2^32, and the bits that belong to the upper word leave at the top.
    words[word] = (words[word]! & ~lowerMask) | (value << shift);
    words[upper] = (words[upper]! & ~upperMask) | Math.floor(value * scale);
  };
}

function checkRange(high: number, low: number): void {
  if (!Number.isInteger(high) || !Number.isInteger(low) || low < 0 || high < low) {
    throw new RangeError(`a field's bits are printed as high:low, got ${high}:${low}`);
  }
}

function tooWide(title: string, high: number, low: number, value: number | bigint): RangeError {
  const shown = typeof value === 'bigint' || Number.isInteger(value) ? `0x${value.toString(16)}` : String(value);
  return new RangeError(`${title} is ${high - low + 1} bits wide (${high}:${low}), got ${shown}`);
}
