import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { State } from './unwritten.ts';

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
  /**
   * The words at `offset` in `page`, `length` of them, in each state in which the unit may find them (6.A-R7), as it
   * finds them now first: several where software's writes have not all reached memory.
   */
  statesOf?(page: PageNumber, offset: number, length: number): readonly State<Words>[];
  /** How often the write buffer was flushed with something in it. */
  readonly flushes?: number;
  /** Grows with every change of what a read may find; who knows it need not read again. */
  readonly changes?: number;
  /** Whether there may be more than one state of anything. */
  readonly inDoubt?: boolean;
  /** The write buffer between software and memory is flushed, §6.8: with CAP_REG.RWBF=1 some commands do so. */
  flushWriteBuffer?(): void;
  /** The commands that flushed it are complete. */
  settleWriteBuffer?(): void;
}

export type Swap = 'swapped' | 'changed' | 'refused';
