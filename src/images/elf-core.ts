import type { PageNumber } from '../bits/page-number.ts';
import { PAGE_BYTES, type PageSource } from './file-memory.ts';
import { InputError } from './input-error.ts';
import { pieceOf } from './raw.ts';

/** Offsets in the header and in a program header of a 64-bit ELF file, and what stands there. */
const CLASS = 4;
const CLASS_64 = 2;
const DATA = 5;
const LITTLE_ENDIAN = 1;
const TYPE = 16;
const CORE = 4;
const PROGRAM_HEADERS = 32;
const PROGRAM_HEADER_SIZE = 54;
const PROGRAM_HEADER_COUNT = 56;
const HEADER_BYTES = 64;
const LOAD = 1;
/** Of a program header: where its bytes are in the file, their physical address, and how many there are. */
const OFFSET = 8;
const PHYSICAL = 24;
const FILE_SIZE = 32;
const PROGRAM_HEADER_BYTES = 56;

/** A run of memory that a file holds, in bytes. */
interface Segment {
  readonly start: number;
  readonly end: number;
  readonly position: number;
}

/** Whether a file begins as an ELF file does. */
export const isElf = (head: Uint8Array): boolean =>
  head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;

/**
 * An ELF core by physical addresses: `dump-guest-memory` of QEMU, /proc/vmcore, /proc/kcore. Throws an InputError if the
 * file is no 64-bit little-endian core, or ends before what its headers name.
 */
export class ElfCore implements PageSource {
  readonly #path: string;
  readonly #segments: readonly Segment[];

  constructor(path: string) {
    this.#path = path;
    const head = viewOf(path, 0, HEADER_BYTES, 'the header');
    if (
      head.getUint8(CLASS) !== CLASS_64 ||
      head.getUint8(DATA) !== LITTLE_ENDIAN ||
      head.getUint16(TYPE, true) !== CORE
    ) {
      throw new InputError(`expected a 64-bit little-endian ELF core in ${path}, and it is another ELF file`);
    }
    const count = head.getUint16(PROGRAM_HEADER_COUNT, true);
    const size = head.getUint16(PROGRAM_HEADER_SIZE, true);
    const table = numberAt(head, PROGRAM_HEADERS);
    if (size < PROGRAM_HEADER_BYTES)
      throw new InputError(`the program headers of ${path} have ${size} bytes each, not 56`);
    const headers = viewOf(path, table, size * count, 'the program headers');
    this.#segments = Array.from({ length: count }, (_, n) => n * size).flatMap((at): Segment[] => {
      if (headers.getUint32(at, true) !== LOAD) return [];
      const start = numberAt(headers, at + PHYSICAL);
      const length = numberAt(headers, at + FILE_SIZE);
      return length === 0 ? [] : [{ start, end: start + length, position: numberAt(headers, at + OFFSET) }];
    });
    if (this.#segments.length === 0) throw new InputError(`the ELF core ${path} holds no memory (no PT_LOAD)`);
  }

  page(page: PageNumber): Uint8Array | undefined {
    const start = page * PAGE_BYTES;
    const segment = this.#segments.find((one) => start >= one.start && start < one.end);
    if (segment === undefined) return undefined;
    const length = Math.min(PAGE_BYTES, segment.end - start);
    return pieceOf(this.#path, segment.position + start - segment.start, length);
  }
}

function viewOf(path: string, position: number, length: number, what: string): DataView {
  const bytes = pieceOf(path, position, length);
  if (bytes.length < length) throw new InputError(`${path} ends in the middle of ${what} of an ELF file`);
  return new DataView(bytes.buffer);
}

/** A number of 64 bits; what is not exact as a number is beyond every file and every address. */
const numberAt = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));
