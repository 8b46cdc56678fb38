import type { Range, Words } from './field.ts';
import { maskOf, type StructureDeclaration } from './structure.ts';

/** Ones where bits of a format are reserved: what its declaration says, more that a unit adds, less what it allows. */
export function reservedMaskOf(
  format: StructureDeclaration,
  added: readonly Range[],
  removed: readonly Range[] = [],
): Words {
  const words = format.reservedMask.slice();
  const more = maskOf(format.width, added);
  const less = maskOf(format.width, removed);
  for (let i = 0; i < words.length; i++) words[i] = (words[i]! | more[i]!) & ~less[i]!;
  return words;
}

/** Whether an entry of four words (§9.1, §9.3) has a bit of `mask` set. */
export const setsReserved128 = (words: Words, mask: Words): boolean =>
  ((words[0]! & mask[0]!) | (words[1]! & mask[1]!) | (words[2]! & mask[2]!) | (words[3]! & mask[3]!)) !== 0;

/** Whether an entry of any size has a bit of `mask` set (§9). */
export function setsReservedBits(words: Words, mask: Words): boolean {
  // Two words at a time, which every entry has (measured).
  for (let i = 0; i < mask.length; i += 2) {
    if (((words[i]! & mask[i]!) | (words[i + 1]! & mask[i + 1]!)) !== 0) return true;
  }
  return false;
}
