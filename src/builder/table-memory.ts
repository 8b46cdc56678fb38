import type { Words } from '../bits/field.ts';
import { type PageNumber, pageOf } from '../bits/page-number.ts';
import type { Memory } from '../platform/memory.ts';
import type { Allocator } from './allocator.ts';

const ZEROS = new Uint32Array(1024);

/** Memory in which tables are built: each page is cleared when it is taken. */
export class TableMemory {
  readonly #memory: Memory;
  readonly #allocator: Allocator;

  constructor(memory: Memory, allocator: Allocator) {
    this.#memory = memory;
    this.#allocator = allocator;
  }

  /** The first of so many pages. Throws a RangeError if the allocator gives none that are aligned. */
  take(pages = 1): PageNumber {
    const address = this.#allocator.allocate(pages);
    if (address < 0n || address % 4096n !== 0n || address >> 52n !== 0n) {
      throw new RangeError(`an allocator gives addresses of pages below 2^52, got 0x${address.toString(16)}`);
    }
    const page = pageOf(address);
    for (let n = 0; n < pages; n++) this.put(page + n, 0, ZEROS);
    return page;
  }

  put(page: PageNumber, offset: number, words: Words): void {
    if (this.#memory.store(page, offset, words)) return;
    throw new RangeError(
      `memory refuses the page at 0x${(BigInt(page) << 12n).toString(16)}, which the allocator gave`,
    );
  }
}
