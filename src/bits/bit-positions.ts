import type { Words } from './field.ts';

/** Not in the specification: the bits that are set in both, the highest first. */
export function bitsSet(words: Words, mask: Words): number[] {
  const found: number[] = [];
  for (let n = words.length * 32 - 1; n >= 0; n--) {
    const inBoth = words[n >>> 5]! & (mask[n >>> 5] ?? 0);
    if (((inBoth >>> (n & 31)) & 1) === 1) found.push(n);
  }
  return found;
}

/** Not in the specification: `bit 5`, `bits 63:60, 5`: what is printed of a list with the highest first. */
export function bitsText(positions: readonly number[]): string {
  const parts: string[] = [];
  for (let n = 0; n < positions.length; ) {
    let last = n;
    while (positions[last + 1] === positions[last]! - 1) last += 1;
    parts.push(last === n ? `${positions[n]}` : `${positions[n]}:${positions[last]}`);
    n = last + 1;
  }
  return `${positions.length === 1 ? 'bit' : 'bits'} ${parts.join(', ')}`;
}
