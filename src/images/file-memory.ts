import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { Memory, Swap } from '../platform/memory.ts';
import { SparseMemory } from '../platform/sparse-memory.ts';

export const PAGE_BYTES = 4096;

/** Where an image has pages of memory. */
export interface PageSource {
  /** The bytes of a page, from its beginning on: fewer than a page where the image ends; undefined if it does not hold it. */
  page(page: PageNumber): Uint8Array | undefined;
}

/**
 * Memory that stands in files. Pages are read when something asks for them, so that an image of a whole machine costs what
 * its tables cost. What no file holds refuses.
 */
export class FileMemory implements Memory {
  readonly #sources: readonly PageSource[];
  readonly #read = new SparseMemory({ unwritten: 'refused' });

  /** Of sources that hold the same page the first counts. */
  constructor(sources: readonly PageSource[]) {
    this.#sources = sources;
  }

  load(page: PageNumber, offset: number, words: Words): boolean {
    this.#fetch(page);
    return this.#read.load(page, offset, words);
  }

  /** No file is changed: the page in memory is. */
  store(page: PageNumber, offset: number, words: Words): boolean {
    this.#fetch(page);
    return this.#read.store(page, offset, words);
  }

  compareAndSwap(page: PageNumber, offset: number, expected: Words, replacement: Words): Swap {
    this.#fetch(page);
    return this.#read.compareAndSwap(page, offset, expected, replacement);
  }

  #fetch(page: PageNumber): void {
    if (this.#read.has(page)) return;
    for (const source of this.#sources) {
      const bytes = source.page(page);
      if (bytes === undefined) continue;
      const address = BigInt(page) << 12n;
      this.#read.write(address, bytes);
      if (bytes.length < PAGE_BYTES) this.#read.poison(address + BigInt(bytes.length), PAGE_BYTES - bytes.length);
      return;
    }
  }
}
