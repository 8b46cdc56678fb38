import type { Words } from '../bits/field.ts';
import { type PageNumber, pageOf } from '../bits/page-number.ts';
import type { Memory, Swap } from '../platform/memory.ts';
import { SparseMemory } from '../platform/sparse-memory.ts';
import { inspect, readPiece } from './files.ts';
import { hexadecimal } from './hexadecimal.ts';
import { InputError } from './input-error.ts';

const PAGE_BYTES = 4096;

/**
 * A file that holds memory from `base` on, byte for byte. Pages are read when something asks for them, so that an image
 * of a whole machine costs what its tables cost. What the file does not hold refuses.
 */
export class RawMemory implements Memory {
  readonly #path: string;
  readonly #first: PageNumber;
  readonly #size: number;
  readonly #read = new SparseMemory({ unwritten: 'refused' });

  constructor(path: string, base: bigint) {
    if (base % BigInt(PAGE_BYTES) !== 0n) {
      throw new InputError(`the base address of ${path} is a multiple of 0x1000, got ${hexadecimal(base)}`);
    }
    const { size } = inspect(path, 'a memory image');
    if (size === 0) throw new InputError(`expected a memory image in ${path}, but it is empty`);
    if (base + BigInt(size) > 1n << 52n) {
      throw new InputError(`${path} does not fit below 2^52 with its base at ${hexadecimal(base)}`);
    }
    this.#path = path;
    this.#first = pageOf(base);
    this.#size = size;
  }

  load(page: PageNumber, offset: number, words: Words): boolean {
    this.#fetch(page);
    return this.#read.load(page, offset, words);
  }

  /** The file is not changed: the page in memory is. */
  store(page: PageNumber, offset: number, words: Words): boolean {
    this.#fetch(page);
    return this.#read.store(page, offset, words);
  }

  compareAndSwap(page: PageNumber, offset: number, expected: Words, replacement: Words): Swap {
    this.#fetch(page);
    return this.#read.compareAndSwap(page, offset, expected, replacement);
  }

  #fetch(page: PageNumber): void {
    const position = (page - this.#first) * PAGE_BYTES;
    if (position < 0 || position >= this.#size || this.#read.has(page)) return;
    const bytes = new Uint8Array(PAGE_BYTES);
    const count = readPiece(this.#path, position, bytes);
    const address = BigInt(page) << 12n;
    this.#read.write(address, bytes);
    if (count < PAGE_BYTES) this.#read.poison(address + BigInt(count), PAGE_BYTES - count);
  }
}
