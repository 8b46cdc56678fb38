import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';

/**
 * System memory as the unit reaches it: little-endian, 52-bit addresses. Every access lies within one 4 KiB page and is
 * a whole number of aligned 32-bit words. `false` says that the access was refused: the address decodes nowhere, or
 * the bytes are poisoned. Implementations never throw for what a table may hold.
 */
export interface Memory {
  /** Reads `words.length` words from `offset` in `page` as one access. */
  load(page: PageNumber, offset: number, words: Words): boolean;
  /** Writes all of `words` as one access. */
  store(page: PageNumber, offset: number, words: Words): boolean;
  /**
   * Replaces the words at `offset` in `page`, as one access, if they still are `expected`: `changed` if they are not,
   * `refused` as a load or store would be.
   */
  compareAndSwap(page: PageNumber, offset: number, expected: Words, replacement: Words): Swap;
}

export type Swap = 'swapped' | 'changed' | 'refused';
