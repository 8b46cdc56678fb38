import type { Words } from '../bits/field.ts';

/** Not in the specification: `width` bits from byte `offset` on, as the words of a layout. */
export function wordsAt(bytes: Uint8Array, offset: number, width: number): Words {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: width / 32 }, (_, n) => view.getUint32(offset + 4 * n, true));
}

/** Not in the specification: the opposite of {@link wordsAt}. */
export function bytesOf(words: Words): number[] {
  return [...words].flatMap((word) => [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24]);
}

/** Not in the specification: bytes as characters, without the zero bytes at the end. */
export const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes).replace(/\0+$/, '');

/**
 * Not in the specification: the opposite of {@link textOf}, as a number of which the first character is the lowest byte.
 * Throws a RangeError if it does not fit into `bytes` bytes.
 */
export function numberOfText(text: string, bytes: number, what: string): bigint {
  const codes = [...text].map((character) => character.codePointAt(0)!);
  if (codes.length > bytes || codes.some((code) => code > 0xff)) {
    throw new RangeError(`${what} has at most ${bytes} characters of one byte, got ${JSON.stringify(text)}`);
  }
  return codes.reduceRight((sum, code) => (sum << 8n) | BigInt(code), 0n);
}

/** Not in the specification: bytes as two hexadecimal digits each. */
export const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** The sum of all bytes modulo 256, which §8.1 wants to be 0. */
export const sumOf = (bytes: Iterable<number>): number => {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) & 0xff;
  return sum;
};
