import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { Memory, Swap } from '../platform/memory.ts';
import { OverlayMemory } from '../platform/overlay-memory.ts';
import type { Branches } from './branches.ts';
import type { LiveCaches } from './live-caches.ts';

/** Words of 16 bytes: larger entries may be read in such pieces, 6.2.3.1-M1. */
const PIECE = 4;

/**
 * Memory as one path meets it: where writes have not all reached it each read is a point of choice (6.A-R7), and what the
 * path itself writes, flags, stays with it.
 */
export class PathMemory implements Memory {
  readonly #written: OverlayMemory;

  constructor(below: Memory, branches: Branches, caches: Pick<LiveCaches, 'commandsOfFlush'>) {
    this.#written = new OverlayMemory(below.inDoubt ? new DoubtfulMemory(below, branches, caches) : below);
  }

  load(page: PageNumber, offset: number, words: Words): boolean {
    return this.#written.load(page, offset, words);
  }

  store(page: PageNumber, offset: number, words: Words): boolean {
    return this.#written.store(page, offset, words);
  }

  compareAndSwap(page: PageNumber, offset: number, expected: Words, replacement: Words): Swap {
    return this.#written.compareAndSwap(page, offset, expected, replacement);
  }
}

/** Memory in which a read may find any state that `statesOf` names. */
class DoubtfulMemory implements Memory {
  readonly #below: Memory;
  readonly #branches: Branches;
  readonly #caches: Pick<LiveCaches, 'commandsOfFlush'>;

  constructor(below: Memory, branches: Branches, caches: Pick<LiveCaches, 'commandsOfFlush'>) {
    this.#below = below;
    this.#branches = branches;
    this.#caches = caches;
  }

  load(page: PageNumber, offset: number, words: Words): boolean {
    if (!this.#below.load(page, offset, words)) return false;
    for (let first = 0; first < words.length; first += PIECE) {
      const length = Math.min(PIECE, words.length - first);
      const states = this.#below.statesOf!(page, offset + 4 * first, length);
      if (states.length === 1) continue;
      // What is gone once a command has flushed the write buffer goes like the entries that it names.
      const candidates = states.map(({ found, beforeFlush }, i) => {
        const state = { key: `state ${i}`, found };
        return beforeFlush === undefined ? state : { ...state, doomedBy: this.#caches.commandsOfFlush(beforeFlush) };
      });
      words.set(this.#branches.oneOf(candidates).found, first);
    }
    return true;
  }

  store(page: PageNumber, offset: number, words: Words): boolean {
    return this.#below.store(page, offset, words);
  }

  compareAndSwap(page: PageNumber, offset: number, expected: Words, replacement: Words): Swap {
    return this.#below.compareAndSwap(page, offset, expected, replacement);
  }
}
