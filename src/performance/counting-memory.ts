import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { Memory, Swap } from '../platform/memory.ts';

/** A paging entry is two words; a posted interrupt descriptor, which is swapped too, is more. */
const PAGING_ENTRY_WORDS = 2;

/** The memory of walks whose updates of accessed and dirty flags are counted, §10.7. */
export class CountingMemory implements Memory {
  readonly #below: Memory;
  readonly #updated: () => void;

  constructor(below: Memory, updated: () => void) {
    this.#below = below;
    this.#updated = updated;
  }

  load(page: PageNumber, offset: number, words: Words): boolean {
    return this.#below.load(page, offset, words);
  }

  store(page: PageNumber, offset: number, words: Words): boolean {
    return this.#below.store(page, offset, words);
  }

  compareAndSwap(page: PageNumber, offset: number, expected: Words, replacement: Words): Swap {
    const swap = this.#below.compareAndSwap(page, offset, expected, replacement);
    if (swap === 'swapped' && expected.length === PAGING_ENTRY_WORDS) this.#updated();
    return swap;
  }
}
