import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { Memory, Swap } from '../platform/memory.ts';

/** Another memory in which writes come to what they would come to, and change nothing: every walk finds it as it was. */
export class UnchangedMemory implements Memory {
  /** Where something was read last: a walk that faults, or a flag that cannot be set, ends there. */
  page: PageNumber = 0;
  offset = 0;
  readonly #below: Memory;

  constructor(below: Memory) {
    this.#below = below;
  }

  load(page: PageNumber, offset: number, words: Words): boolean {
    this.page = page;
    this.offset = offset;
    return this.#below.load(page, offset, words);
  }

  store(page: PageNumber, offset: number, words: Words): boolean {
    const there = words.slice();
    if (!this.#below.load(page, offset, there)) return false;
    return this.#below.compareAndSwap(page, offset, there, there) !== 'refused';
  }

  /** What is there takes its own place, so that a refusal comes out. */
  compareAndSwap(page: PageNumber, offset: number, expected: Words): Swap {
    return this.#below.compareAndSwap(page, offset, expected, expected);
  }
}
