import type { Words } from './field.ts';

/** Not in the specification: words of 32 bits, lowest first, as one hexadecimal number with all its digits. */
export function wordsText(words: Words): string {
  const digits = [...words].reverse().map((word) => word.toString(16).padStart(8, '0'));
  return `0x${digits.join('')}`;
}
