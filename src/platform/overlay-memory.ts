import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { Memory, Swap } from './memory.ts';

/** Reads another memory and keeps what is written to itself, in words of 32 bits: to see what a request would do. */
export class OverlayMemory implements Memory {
  readonly #below: Memory;
  readonly #written = new Map<string, number>();

  constructor(below: Memory) {
    this.#below = below;
  }

  load(page: PageNumber, offset: number, words: Words): boolean {
    if (!this.#below.load(page, offset, words)) return false;
    if (this.#written.size === 0) return true;
    for (let i = 0; i < words.length; i++) words[i] = this.#written.get(keyOf(page, offset + 4 * i)) ?? words[i]!;
    return true;
  }

  /** Swaps what is there for itself below, so that a refusal comes out; what is written stays here. */
  store(page: PageNumber, offset: number, words: Words): boolean {
    const below = words.slice();
    if (!this.#below.load(page, offset, below)) return false;
    if (this.#below.compareAndSwap(page, offset, below, below) === 'refused') return false;
    for (let i = 0; i < words.length; i++) this.#written.set(keyOf(page, offset + 4 * i), words[i]!);
    return true;
  }

  compareAndSwap(page: PageNumber, offset: number, expected: Words, replacement: Words): Swap {
    const found = expected.slice();
    if (!this.load(page, offset, found)) return 'refused';
    if (found.some((word, i) => word !== expected[i])) return 'changed';
    return this.store(page, offset, replacement) ? 'swapped' : 'refused';
  }
}

const keyOf = (page: PageNumber, offset: number): string => `${page}:${offset}`;
