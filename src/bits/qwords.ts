import type { Words } from './field.ts';

/** Not in the specification: words of 32 bits, two at a time, as 64-bit words; lowest first. */
export const qwordsOf = (words: Words): bigint[] =>
  Array.from({ length: words.length / 2 }, (_, i) => (BigInt(words[2 * i + 1]!) << 32n) | BigInt(words[2 * i]!));
