import type { Words } from '../bits/field.ts';
import { offsetOf, type PageNumber, POWER_OF_2, pageOf } from '../bits/page-number.ts';
import type { Memory } from './memory.ts';

const PAGE_BYTES = 4096;
const PAGE_WORDS = PAGE_BYTES / 4;
const WIDTH = 52;
/** Never a page number: those are not negative. */
const EMPTY = -1;

/** Bytes of one page that refuse the unit's accesses. */
interface Poison {
  /** Nonzero: refuses writes. */
  readonly writes: Uint8Array;
  /** Nonzero: refuses reads too. */
  readonly reads: Uint8Array;
}

export interface SparseMemoryOptions {
  /** What the unit meets on a page that nobody wrote: zeros (the default), or a refusal as where nothing decodes. */
  readonly unwritten?: 'zero' | 'refused';
}

/**
 * Memory that holds the pages that were written. The unit's door ({@link Memory}) is refused at poisoned bytes and
 * beyond 52 bits; the doors of software (`read`, `write`) are not.
 *
 * Pages stand in an open-addressed table with integer keys: a `Map` with keys above 2^31 costs three times as much in
 * a walk (measured).
 */
export class SparseMemory implements Memory {
  private keys = new Float64Array(1024).fill(EMPTY);
  private pages: (Uint32Array | undefined)[] = new Array(1024).fill(undefined);
  private count = 0;
  private poisoned: Map<PageNumber, Poison> | undefined;
  private readonly refuseUnwritten: boolean;

  constructor({ unwritten = 'zero' }: SparseMemoryOptions = {}) {
    this.refuseUnwritten = unwritten === 'refused';
  }

  load(page: PageNumber, offset: number, words: Words): boolean {
    if (this.poisoned !== undefined && this.refuses(page, offset, words.length * 4, 'reads')) return false;
    const data = this.pages[this.slot(page)];
    if (data === undefined) {
      if (this.refuseUnwritten || page >= POWER_OF_2[WIDTH - 12]!) return false;
      words.fill(0);
      return true;
    }
    const first = offset >>> 2;
    for (let i = 0; i < words.length; i++) words[i] = data[first + i]!;
    return true;
  }

  store(page: PageNumber, offset: number, words: Words): boolean {
    if (this.poisoned !== undefined && this.refuses(page, offset, words.length * 4, 'writes')) return false;
    if (page >= POWER_OF_2[WIDTH - 12]!) return false;
    if (this.refuseUnwritten && this.pages[this.slot(page)] === undefined) return false;
    this.pageForWriting(page).set(words, offset >>> 2);
    return true;
  }

  /**
   * Reads bytes as software does, from any address of 52 bits; pages that nobody wrote read zero. Throws a RangeError
   * if the range does not fit into 52 bits.
   */
  read(address: bigint, length: number): Uint8Array {
    checkRange(address, length);
    const bytes = new Uint8Array(length);
    for (const { page, offset, start, size } of piecesOf(address, length)) {
      const data = this.pages[this.slot(page)];
      if (data !== undefined) bytes.set(bytesOf(data).subarray(offset, offset + size), start);
    }
    return bytes;
  }

  /**
   * Writes bytes as software does; poison on them is cleared. Throws a RangeError if the range does not fit into 52
   * bits.
   */
  write(address: bigint, bytes: Uint8Array): void {
    checkRange(address, bytes.length);
    for (const { page, offset, start, size } of piecesOf(address, bytes.length)) {
      bytesOf(this.pageForWriting(page)).set(bytes.subarray(start, start + size), offset);
      const poison = this.poisoned?.get(page);
      poison?.reads.fill(0, offset, offset + size);
      poison?.writes.fill(0, offset, offset + size);
    }
  }

  /** Writes 64-bit words, lowest address first, to an address aligned to 8 bytes. */
  writeQwords(address: bigint, qwords: readonly bigint[]): void {
    const bytes = new Uint8Array(qwords.length * 8);
    const view = new DataView(bytes.buffer);
    qwords.forEach((qword, i) => {
      view.setBigUint64(i * 8, qword, true);
    });
    this.write(address, bytes);
  }

  /** From now on the unit's accesses to these bytes are refused; with `writesOnly` its reads still work. */
  poison(address: bigint, length: number, writesOnly = false): void {
    checkRange(address, length);
    this.poisoned ??= new Map();
    for (const { page, offset, size } of piecesOf(address, length)) {
      let poison = this.poisoned.get(page);
      if (poison === undefined) {
        poison = { reads: new Uint8Array(PAGE_BYTES), writes: new Uint8Array(PAGE_BYTES) };
        this.poisoned.set(page, poison);
      }
      poison.writes.fill(1, offset, offset + size);
      poison.reads.fill(writesOnly ? 0 : 1, offset, offset + size);
    }
  }

  /** All memory zero, no poison. */
  clear(): void {
    this.keys.fill(EMPTY);
    this.pages.fill(undefined);
    this.count = 0;
    this.poisoned = undefined;
  }

  /** Whether anybody wrote to this page. */
  has(page: PageNumber): boolean {
    return this.pages[this.slot(page)] !== undefined;
  }

  private refuses(page: PageNumber, offset: number, length: number, kind: 'reads' | 'writes'): boolean {
    const poison = this.poisoned?.get(page);
    return poison?.[kind].subarray(offset, offset + length).includes(1) ?? false;
  }

  /** The slot that holds `page`, or the free one where it would go. */
  private slot(page: PageNumber): number {
    const { keys } = this;
    const mask = keys.length - 1;
    // Both halves of the number take part: images far apart would collide in the low bits alone.
    let slot = Math.imul(page ^ (page * 2 ** -20), 0x9e37_79b1) & mask;
    while (keys[slot] !== page && keys[slot] !== EMPTY) slot = (slot + 1) & mask;
    return slot;
  }

  private pageForWriting(page: PageNumber): Uint32Array {
    let slot = this.slot(page);
    let data = this.pages[slot];
    if (data !== undefined) return data;
    if (this.count * 2 >= this.keys.length) {
      this.grow();
      slot = this.slot(page);
    }
    data = new Uint32Array(PAGE_WORDS);
    this.keys[slot] = page;
    this.pages[slot] = data;
    this.count += 1;
    return data;
  }

  private grow(): void {
    const { keys, pages } = this;
    this.keys = new Float64Array(keys.length * 2).fill(EMPTY);
    this.pages = new Array(keys.length * 2).fill(undefined);
    keys.forEach((page, i) => {
      if (page === EMPTY) return;
      const slot = this.slot(page);
      this.keys[slot] = page;
      this.pages[slot] = pages[i];
    });
  }
}

function* piecesOf(address: bigint, length: number) {
  let page = pageOf(address);
  let offset = offsetOf(address);
  for (let start = 0; start < length; ) {
    const size = Math.min(length - start, PAGE_BYTES - offset);
    yield { page, offset, start, size };
    start += size;
    page += 1;
    offset = 0;
  }
}

// Uint32Array has the host's byte order; every host that runs this is little-endian (checked when loaded).
const bytesOf = (words: Uint32Array): Uint8Array => new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
if (new Uint8Array(new Uint32Array([1]).buffer)[0] !== 1) throw new Error('vtd-model needs a little-endian host');

function checkRange(address: bigint, length: number): void {
  if (address < 0n || address + BigInt(length) > 1n << BigInt(WIDTH)) {
    throw new RangeError(
      `memory has ${WIDTH}-bit addresses, got ${length} bytes at 0x${(address < 0n ? -address : address).toString(16)}`,
    );
  }
}
