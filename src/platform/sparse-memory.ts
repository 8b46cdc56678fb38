import type { Words } from '../bits/field.ts';
import { addressOf, offsetOf, type PageNumber, POWER_OF_2, pageOf } from '../bits/page-number.ts';
import type { Memory, Swap } from './memory.ts';
import { type State, UnwrittenWrites } from './unwritten.ts';

const PAGE_BYTES = 4096;
/** A page has 2^10 words: a shift costs less than a multiplication that may overflow, and a walk waits for it (measured). */
const PAGE_SHIFT = 10;
const PAGE_WORDS = 2 ** PAGE_SHIFT;
/** Where a page begins among the words is a number of 31 bits. */
const MOST_PAGES = 2 ** (31 - PAGE_SHIFT) - 1;
const WIDTH = 52;
/** Room for this many pages at first. */
const FIRST_PAGES = 64;
/** Bits of a slot's second word that hold the number of the page; the page's bits 39:32 are above them. */
const NUMBER_BITS = 24;
const NUMBER_MASK = 2 ** NUMBER_BITS - 1;
/** The number of no page: those that exist count from 1. */
const ABSENT = 0;

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
 * An open-addressed table of two words a slot leads from a page to its number, and its data stand by that number in
 * one large array: a walk then meets few lines of the host's caches. A `Map`, or an array a page, costs two to three
 * times as much (measured).
 */
export class SparseMemory implements Memory {
  /** Slot i: bits 31:0 of the page in word 2i; its bits 39:32 and its number in word 2i + 1, which is 0 if free. */
  #slots = new Uint32Array(2 * 1024);
  /** The words of page n from 1024 n on; those of page 0 are not used. */
  #data = new Uint32Array(FIRST_PAGES * PAGE_WORDS);
  #count = 0;
  #poisoned: Map<PageNumber, Poison> | undefined;
  #unwritten = new UnwrittenWrites();
  /** What an update found; of the length of the last one. */
  #found = new Uint32Array(2);
  readonly #refuseUnwritten: boolean;
  /** Grows with every write, whoever makes it, and with poison. */
  changes = 0;

  constructor({ unwritten = 'zero' }: SparseMemoryOptions = {}) {
    this.#refuseUnwritten = unwritten === 'refused';
  }

  load(page: PageNumber, offset: number, words: Words): boolean {
    if (this.#poisoned !== undefined && this.#refuses(page, offset, words.length * 4, 'reads')) return false;
    const number = this.#numberOf(page);
    if (number === ABSENT) return this.#loadUnwritten(page, words);
    const data = this.#data;
    const first = (number << PAGE_SHIFT) + (offset >>> 2);
    words[0] = data[first]!;
    words[1] = data[first + 1]!;
    // Two words at a time, which every entry has (measured).
    for (let i = 2; i < words.length; i += 2) {
      words[i] = data[first + i]!;
      words[i + 1] = data[first + i + 1]!;
    }
    return true;
  }

  store(page: PageNumber, offset: number, words: Words): boolean {
    if (this.#poisoned !== undefined && this.#refuses(page, offset, words.length * 4, 'writes')) return false;
    if (page >= POWER_OF_2[WIDTH - 12]!) return false;
    const known = this.#numberOf(page);
    if (known === ABSENT && this.#refuseUnwritten) return false;
    const number = known === ABSENT ? this.#add(page) : known;
    const data = this.#data;
    const first = (number << PAGE_SHIFT) + (offset >>> 2);
    for (let i = 0; i < words.length; i++) data[first + i] = words[i]!;
    this.changes += 1;
    return true;
  }

  compareAndSwap(page: PageNumber, offset: number, expected: Words, replacement: Words): Swap {
    if (this.#found.length !== expected.length) this.#found = new Uint32Array(expected.length);
    const found = this.#found;
    if (!this.load(page, offset, found)) return 'refused';
    for (let i = 0; i < found.length; i++) if (found[i] !== expected[i]) return 'changed';
    return this.store(page, offset, replacement) ? 'swapped' : 'refused';
  }

  /**
   * Reads bytes as software does, from any address of 52 bits; pages that nobody wrote read zero. Throws a RangeError
   * if the range does not fit into 52 bits.
   */
  read(address: bigint, length: number): Uint8Array {
    checkRange(address, length);
    const bytes = this.#read(address, length);
    if (!this.#unwritten.isEmpty) this.#unwritten.applyTo(address, bytes);
    return bytes;
  }

  /**
   * Writes bytes as software does; poison on them is cleared. With `visible` false they have not reached memory yet
   * (6.A-R7): the unit finds the old ones until {@link flushWriteBuffer}, or until a visible write to the same 64-byte
   * line. Throws a RangeError if the range does not fit into 52 bits.
   */
  write(address: bigint, bytes: Uint8Array, visible = true): void {
    checkRange(address, bytes.length);
    this.changes += 1;
    if (!visible) {
      this.#unwritten.add(address, bytes);
      return;
    }
    if (this.#unwritten.inDoubt) {
      for (const earlier of this.#unwritten.take(address, bytes.length)) this.#write(earlier.address, earlier.bytes);
    }
    this.#write(address, bytes);
  }

  /** How many writes have not reached memory. */
  get unwritten(): number {
    return this.#unwritten.count;
  }

  get flushes(): number {
    return this.#unwritten.flushes;
  }

  get inDoubt(): boolean {
    return this.#unwritten.inDoubt;
  }

  flushWriteBuffer(): void {
    if (this.#unwritten.isEmpty) return;
    this.changes += 1;
    this.#unwritten.flush(
      (address, length) => this.#read(address, length),
      ({ address, bytes }) => this.#write(address, bytes),
    );
  }

  settleWriteBuffer(): void {
    if (!this.#unwritten.inDoubt) return;
    this.changes += 1;
    this.#unwritten.settle();
  }

  /**
   * The words at `offset` in `page` in each state in which the unit may find them, as it finds them now first: more than
   * one only where writes have not reached memory.
   */
  statesOf(page: PageNumber, offset: number, length: number): readonly State<Words>[] {
    const words = new Uint32Array(length);
    const number = this.#numberOf(page);
    if (number !== ABSENT) words.set(this.#pageForWriting(page).subarray(offset >>> 2, (offset >>> 2) + length));
    if (!this.#unwritten.inDoubt) return [{ found: words, beforeFlush: undefined }];
    return this.#unwritten
      .statesOf(addressOf(page, offset), bytesOf(words))
      .map(({ found, beforeFlush }) => ({ found: wordsOf(found), beforeFlush }));
  }

  #read(address: bigint, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (const { page, offset, start, size } of piecesOf(address, length)) {
      if (this.has(page)) bytes.set(bytesOf(this.#pageForWriting(page)).subarray(offset, offset + size), start);
    }
    return bytes;
  }

  #write(address: bigint, bytes: Uint8Array): void {
    for (const { page, offset, start, size } of piecesOf(address, bytes.length)) {
      bytesOf(this.#pageForWriting(page)).set(bytes.subarray(start, start + size), offset);
      const poison = this.#poisoned?.get(page);
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
    this.changes += 1;
    this.#poisoned ??= new Map();
    for (const { page, offset, size } of piecesOf(address, length)) {
      let poison = this.#poisoned.get(page);
      if (poison === undefined) {
        poison = { reads: new Uint8Array(PAGE_BYTES), writes: new Uint8Array(PAGE_BYTES) };
        this.#poisoned.set(page, poison);
      }
      poison.writes.fill(1, offset, offset + size);
      poison.reads.fill(writesOnly ? 0 : 1, offset, offset + size);
    }
  }

  /** All memory zero, no poison. */
  clear(): void {
    this.changes += 1;
    this.#slots = new Uint32Array(2 * 1024);
    this.#data = new Uint32Array(FIRST_PAGES * PAGE_WORDS);
    this.#count = 0;
    this.#poisoned = undefined;
    this.#unwritten = new UnwrittenWrites();
  }

  /** Whether anybody wrote to this page. */
  has(page: PageNumber): boolean {
    return this.#numberOf(page) !== ABSENT;
  }

  #loadUnwritten(page: PageNumber, words: Words): boolean {
    if (this.#refuseUnwritten || page >= POWER_OF_2[WIDTH - 12]!) return false;
    words.fill(0);
    return true;
  }

  #refuses(page: PageNumber, offset: number, length: number, kind: 'reads' | 'writes'): boolean {
    const poison = this.#poisoned?.get(page);
    return poison?.[kind].subarray(offset, offset + length).includes(1) ?? false;
  }

  /** The number of a page, or ABSENT. */
  #numberOf(page: PageNumber): number {
    const slots = this.#slots;
    const low = page | 0;
    // Most pages lie below 8 TiB, and a comparison of small integers costs less than the arithmetic (measured).
    const high = low === page ? 0 : (page * 2 ** -32) | 0;
    const at = (scattered(low, high) >>> 7) & (slots.length - 2);
    const word = slots[at + 1]!;
    // Most pages stand where the search begins, and a walk does better without a loop in it (measured).
    if ((slots[at]! | 0) === low && word >>> NUMBER_BITS === high) return word & NUMBER_MASK;
    return word === 0 ? ABSENT : numberAfter(slots, at, low, high);
  }

  /** The data of a page, made if nobody wrote to it before. */
  #pageForWriting(page: PageNumber): Uint32Array {
    const known = this.#numberOf(page);
    const number = known === ABSENT ? this.#add(page) : known;
    return this.#data.subarray(number * PAGE_WORDS, (number + 1) * PAGE_WORDS);
  }

  #add(page: PageNumber): number {
    this.#count += 1;
    if (this.#count > MOST_PAGES) throw new RangeError('this memory holds at most 8 GiB');
    // At most one slot of four is taken, so that most pages stand where the search begins (measured).
    if (this.#count * 8 > this.#slots.length) this.#grow();
    if ((this.#count + 1) * PAGE_WORDS > this.#data.length) {
      const larger = new Uint32Array(this.#data.length * 2);
      larger.set(this.#data);
      this.#data = larger;
    }
    insert(this.#slots, page | 0, (page * 2 ** -32) | 0, this.#count);
    return this.#count;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      const word = old[at + 1]!;
      if (word !== 0) insert(this.#slots, old[at]! | 0, word >>> NUMBER_BITS, word & NUMBER_MASK);
    }
  }
}

/**
 * Says where the search for a page begins: its bits from 7 on, made even. Both halves of the page take part, for images
 * may lie far apart. Small enough for V8 to inline it anywhere (measured).
 */
const scattered = (low: number, high: number): number => Math.imul(low ^ (high << 20), 0x9e37_79b1);

/** The number of a page that is not at its first slot, or ABSENT. */
function numberAfter(slots: Uint32Array, first: number, low: number, high: number): number {
  const mask = slots.length - 1;
  for (let at = (first + 2) & mask; ; at = (at + 2) & mask) {
    const word = slots[at + 1]!;
    if (word === 0) return ABSENT;
    if ((slots[at]! | 0) === low && word >>> NUMBER_BITS === high) return word & NUMBER_MASK;
  }
}

function insert(slots: Uint32Array, low: number, high: number, number: number): void {
  const mask = slots.length - 1;
  let at = (scattered(low, high) >>> 7) & (slots.length - 2);
  while (slots[at + 1] !== 0) at = (at + 2) & mask;
  slots[at] = low;
  slots[at + 1] = ((high << NUMBER_BITS) | number) >>> 0;
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
const wordsOf = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.slice().buffer);
if (new Uint8Array(new Uint32Array([1]).buffer)[0] !== 1) throw new Error('vtd-model needs a little-endian host');

function checkRange(address: bigint, length: number): void {
  if (address < 0n || address + BigInt(length) > 1n << BigInt(WIDTH)) {
    throw new RangeError(
      `memory has ${WIDTH}-bit addresses, got ${length} bytes at 0x${(address < 0n ? -address : address).toString(16)}`,
    );
  }
}
