import { type PageNumber, pageOf } from '../bits/page-number.ts';
import { PAGE_BYTES, type PageSource } from './file-memory.ts';
import { inspect, readPiece } from './files.ts';
import { hexadecimal } from './hexadecimal.ts';
import { InputError } from './input-error.ts';

/** A file that holds memory from `base` on, byte for byte. */
export class RawFile implements PageSource {
  readonly #path: string;
  readonly #first: PageNumber;
  readonly #size: number;

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

  page(page: PageNumber): Uint8Array | undefined {
    const position = (page - this.#first) * PAGE_BYTES;
    if (position < 0 || position >= this.#size) return undefined;
    return pieceOf(this.#path, position, Math.min(PAGE_BYTES, this.#size - position));
  }
}

/** No part of an image that is read at once is larger: who asks for more has read a wrong number. */
export const LARGEST_PIECE = 2 ** 30;

/** So many bytes of a file, or as many as there are; none if they are too many. */
export function pieceOf(path: string, position: number, length: number): Uint8Array {
  if (length > LARGEST_PIECE || !Number.isSafeInteger(position)) return new Uint8Array();
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, readPiece(path, position, bytes));
}
