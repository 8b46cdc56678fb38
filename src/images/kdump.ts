import type { PageNumber } from '../bits/page-number.ts';
import { PAGE_BYTES, type PageSource } from './file-memory.ts';
import { inspect } from './files.ts';
import { InputError } from './input-error.ts';
import { COMPRESSIONS, UNREADABLE } from './kdump-pages.ts';
import { LARGEST_PIECE, pieceOf } from './raw.ts';

const SIGNATURE = 'KDUMP   ';
const FLATTENED = 'makedumpfile\0\0\0\0';

/** Offsets in the header of a 64-bit machine. */
const VERSION = 8;
const BLOCK_SIZE = 428;
const SUB_HEADER_BLOCKS = 432;
const BITMAP_BLOCKS = 436;
const PAGES = 440;
/** In the header behind it, from version 6 on: the number of pages in 64 bits. */
const PAGES_64 = 96;
const WITH_PAGES_64 = 6;
const HEADER_BYTES = 464;
const SUB_HEADER_BYTES = 104;
/** A page descriptor: offset, size, how it is compressed, flags of the page. */
const DESCRIPTOR_BYTES = 24;
/** The header of a flattened file, and that of each of its records. */
const FLATTENED_HEADER_BYTES = 4096;
const RECORD_HEADER_BYTES = 16;

/** Whether a file begins as a dump of makedumpfile or of QEMU's `dump-guest-memory -z` does. */
export function isKdump(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 16)).toString('latin1');
  return text.startsWith(SIGNATURE) || text === FLATTENED;
}

/** Reads bytes of a dump as it is before it is flattened. */
type Read = (position: number, length: number) => Uint8Array;

/**
 * A compressed dump, as makedumpfile and QEMU write it, flattened or not. Throws an InputError if the file is cut off, and
 * when a page is asked for that is compressed in a way that cannot be read here.
 */
export class Kdump implements PageSource {
  readonly #path: string;
  readonly #read: Read;
  readonly #pages: number;
  readonly #bitmap: Uint8Array;
  /** By 2^15 pages: how many pages are dumped before them. */
  readonly #before: number[] = [];
  readonly #descriptors: number;

  constructor(path: string) {
    this.#path = path;
    const head = pieceOf(path, 0, FLATTENED.length);
    this.#read =
      Buffer.from(head).toString('latin1') === FLATTENED ? unflattened(path) : (at, n) => pieceOf(path, at, n);
    const header = this.#view(0, HEADER_BYTES, 'the header');
    if (Buffer.from(header.buffer, 0, 8).toString('latin1') !== SIGNATURE) {
      throw new InputError(`expected a dump of makedumpfile in ${path}, and it does not begin with "${SIGNATURE}"`);
    }
    const block = header.getUint32(BLOCK_SIZE, true);
    if (block !== PAGE_BYTES) throw new InputError(`the blocks of ${path} have ${block} bytes, expected ${PAGE_BYTES}`);
    const subHeaderBlocks = header.getUint32(SUB_HEADER_BLOCKS, true);
    const bitmapBlocks = header.getUint32(BITMAP_BLOCKS, true);
    this.#pages =
      header.getUint32(VERSION, true) >= WITH_PAGES_64
        ? Number(this.#view(block, SUB_HEADER_BYTES, 'the header').getBigUint64(PAGES_64, true))
        : header.getUint32(PAGES, true);
    // The first half says which pages there are, the second which of them are here.
    const half = (bitmapBlocks / 2) * block;
    const start = (1 + subHeaderBlocks) * block + half;
    this.#bitmap = this.#bytes(start, half, 'the bitmap of its pages');
    this.#descriptors = start + half;
    let count = 0;
    for (let at = 0; at < this.#bitmap.length; at++) {
      if (at % PAGE_BYTES === 0) this.#before.push(count);
      count += ONES[this.#bitmap[at]!]!;
    }
  }

  page(page: PageNumber): Uint8Array | undefined {
    const byte = Math.floor(page / 8);
    if (page >= this.#pages || byte >= this.#bitmap.length) return undefined;
    const bits = this.#bitmap[byte]!;
    if (((bits >>> (page % 8)) & 1) === 0) return undefined;
    let place = this.#before[Math.floor(byte / PAGE_BYTES)]!;
    for (let at = byte - (byte % PAGE_BYTES); at < byte; at++) place += ONES[this.#bitmap[at]!]!;
    place += ONES[bits & (2 ** (page % 8) - 1)]!;
    const descriptor = this.#view(this.#descriptors + place * DESCRIPTOR_BYTES, DESCRIPTOR_BYTES, 'a page descriptor');
    const size = descriptor.getUint32(8, true);
    const flags = descriptor.getUint32(12, true);
    const bytes = this.#bytes(Number(descriptor.getBigUint64(0, true)), size, 'a page');
    return this.#decompressed(bytes, flags);
  }

  #decompressed(bytes: Uint8Array, flags: number): Uint8Array {
    if (flags === 0) return bytes.slice();
    const compression = COMPRESSIONS[flags];
    if (compression === undefined) {
      const how = UNREADABLE[flags] ?? `the unknown flag ${flags}`;
      const advice = 'rewrite it with makedumpfile -c, or let QEMU dump without compression or with zlib';
      throw new InputError(`pages of ${this.#path} are compressed with ${how}, which cannot be read here: ${advice}`);
    }
    const page = compression.read(bytes);
    if (page?.length === PAGE_BYTES) return page;
    throw new InputError(`a page of ${this.#path} is not what ${compression.name} has written`);
  }

  #bytes(position: number, length: number, what: string): Uint8Array {
    const bytes = this.#read(position, length);
    if (bytes.length < length) throw new InputError(`${this.#path} ends in the middle of ${what}`);
    return bytes;
  }

  #view(position: number, length: number, what: string): DataView {
    const bytes = this.#bytes(position, length, what);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }
}

/** Bits that are 1 in a byte. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => [...byte.toString(2)].filter((bit) => bit === '1').length);

/**
 * The records of a flattened dump, each with its place in the file that it is to become. They come in any order, and a
 * later one replaces an earlier one.
 */
function unflattened(path: string): Read {
  const { size } = inspect(path, 'a dump');
  const records: { readonly start: number; readonly end: number; readonly position: number }[] = [];
  for (let at = FLATTENED_HEADER_BYTES; ; ) {
    const head = pieceOf(path, at, RECORD_HEADER_BYTES);
    if (head.length < RECORD_HEADER_BYTES) throw new InputError(`${path} ends in the middle of a flattened dump`);
    const view = new DataView(head.buffer);
    const start = Number(view.getBigInt64(0));
    const length = Number(view.getBigInt64(8));
    if (start < 0) break;
    const position = at + RECORD_HEADER_BYTES;
    if (length < 0 || position + length > size) throw new InputError(`${path} ends in the middle of a flattened dump`);
    records.push({ start, end: start + length, position });
    at = position + length;
  }
  const last = records.reduce((most, { end }) => Math.max(most, end), 0);
  return (position, length) => {
    const bytes = new Uint8Array(length > LARGEST_PIECE ? 0 : Math.max(0, Math.min(length, last - position)));
    for (const { start, end, position: from } of records) {
      const first = Math.max(start, position);
      const count = Math.min(end, position + bytes.length) - first;
      if (count > 0) bytes.set(pieceOf(path, from + first - start, count), first - position);
    }
    return bytes;
  };
}
