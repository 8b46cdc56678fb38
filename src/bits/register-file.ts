import type { Words } from './field.ts';
import type { Attribute, RegisterDeclaration } from './register.ts';

/** Tells whether what `requires` names is there; `undefined` is always there. */
export type Presence = (requires: string | undefined) => boolean;

/** A register at its place in a block. */
export interface PlacedRegister {
  /** The register's title, with its index where there are several: `FRCD_REG[3]`. */
  readonly name: string;
  readonly register: RegisterDeclaration;
  /** Bytes from the start of the block. */
  readonly offset: number;
  readonly present: Presence;
  /** Ones where the implementation makes a writable bit read-only. */
  readonly readOnlyMask?: Words;
}

const WRITABLE: ReadonlySet<Attribute> = new Set(['RW', 'RWL', 'RWLV', 'WO']);
const LOCKABLE: ReadonlySet<Attribute> = new Set(['RWL', 'RWLV']);
const WRITE_ONE_TO_CLEAR: ReadonlySet<Attribute> = new Set(['RW1C', 'RW1CS']);
const READ_ONLY: ReadonlySet<Attribute> = new Set(['RO', 'ROS']);
const STICKY: ReadonlySet<Attribute> = new Set(['ROS', 'RW1CS']);

/**
 * The registers of one block: what software's accesses do to them by their attributes alone, §11.3. Offsets are in
 * bytes and multiples of 4. A register that is not present takes no place: another one may lie there.
 */
export class RegisterFile {
  readonly #image: Words;
  readonly #resetValue: Words;
  readonly #readable: Words;
  readonly #writable: Words;
  readonly #writeOneToClear: Words;
  readonly #sticky: Words;
  readonly #lockable: Words;
  /** Ones where software cannot write because a lock holds. */
  readonly #locked: Words;
  /** What hardware alone changes; nothing in words that were initialized. */
  readonly #status: Words;

  constructor(size: number, registers: readonly PlacedRegister[]) {
    const length = size / 4;
    this.#image = new Uint32Array(length);
    this.#resetValue = new Uint32Array(length);
    this.#readable = new Uint32Array(length);
    this.#writable = new Uint32Array(length);
    this.#writeOneToClear = new Uint32Array(length);
    this.#sticky = new Uint32Array(length);
    this.#lockable = new Uint32Array(length);
    this.#locked = new Uint32Array(length);
    this.#status = new Uint32Array(length);
    const present = registers.filter((placed) => placed.present(placed.register.requires));
    checkPlaces(length, present);
    for (const placed of present) this.#place(placed);
    this.powerGoodReset();
  }

  /** The words of `width` bits at `offset`, live: hardware reads and puts fields there, whatever the attributes are. */
  words(offset: number, width: number): Words {
    return this.#image.subarray(offset >>> 2, (offset + width / 8) >>> 2);
  }

  /** One dword as software reads it. What is write-only, absent, unused or outside reads 0. */
  read(offset: number): number {
    const index = offset >>> 2;
    return ((this.#image[index] ?? 0) & (this.#readable[index] ?? 0)) >>> 0;
  }

  /** Software writes one dword: its bits go where the attributes let them. */
  write(offset: number, value: number): void {
    const index = offset >>> 2;
    if (index >= this.#image.length) return;
    const writable = this.#writable[index]! & ~this.#locked[index]!;
    const cleared = this.#writeOneToClear[index]! & value;
    this.#image[index] = (this.#image[index]! & ~writable & ~cleared) | (value & writable);
  }

  /** Every field gets its reset value. */
  powerGoodReset(): void {
    this.#image.set(this.#resetValue);
  }

  /** Any other reset: sticky fields keep their value. */
  reset(): void {
    for (const [index, sticky] of this.#sticky.entries()) {
      this.#image[index] = (this.#image[index]! & sticky) | (this.#resetValue[index]! & ~sticky);
    }
  }

  /** Software can write only bits in `mask` of the dword at `offset` from now on. */
  restrict(offset: number, mask: number): void {
    this.#writable[offset >>> 2]! &= mask;
  }

  /** Software reads 0 for the bits in `mask` of the dword at `offset` from now on. */
  conceal(offset: number, mask: number): void {
    this.#readable[offset >>> 2]! &= ~mask;
  }

  /** Whether software can write the lockable fields of the `width` bits at `offset`, RWL and RWLV, from now on. */
  lock(offset: number, width: number, locked: boolean): void {
    for (let index = offset >>> 2; index < (offset + width / 8) >>> 2; index++) {
      this.#locked[index] = locked ? this.#lockable[index]! : 0;
    }
  }

  /** Software reads 0 in a register of `width` bits at `offset`, and writes nothing, from now on. */
  hide(offset: number, width: number): void {
    for (const bits of [this.#readable, this.#writable, this.#writeOneToClear]) {
      bits.fill(0, offset >>> 2, (offset + width / 8) >>> 2);
    }
  }

  /** Gives the words at `offset` their value, now and after each reset: for what the implementation defines. */
  initialize(offset: number, words: Words): void {
    this.#image.set(words, offset >>> 2);
    this.#resetValue.set(words, offset >>> 2);
    this.#status.fill(0, offset >>> 2, (offset >>> 2) + words.length);
  }

  /** Whether the words of `width` bits at `offset` are those after power-on. */
  isAsReset(offset: number, width: number): boolean {
    const first = offset >>> 2;
    return this.words(offset, width).every((word, i) => word === this.#resetValue[first + i]);
  }

  /** Gives the words at `offset` a value from another such block. False, and nothing is done, if it cannot be one. */
  restore(offset: number, words: Words): boolean {
    const first = offset >>> 2;
    for (const [i, word] of words.entries()) {
      const at = first + i;
      const changing = this.#status[at]! | this.#writable[at]! | this.#writeOneToClear[at]!;
      if (((word ^ this.#resetValue[at]!) & ~changing) !== 0) return false;
    }
    this.#image.set(words, first);
    return true;
  }

  #place({ register, offset, present, readOnlyMask }: PlacedRegister): void {
    for (const field of Object.values(register.fields)) {
      if (!present(field.requires)) continue;
      if (field.attribute !== 'WO') setBits(this.#readable, offset, field.high, field.low);
      if (WRITABLE.has(field.attribute)) setBits(this.#writable, offset, field.high, field.low);
      if (LOCKABLE.has(field.attribute)) setBits(this.#lockable, offset, field.high, field.low);
      if (WRITE_ONE_TO_CLEAR.has(field.attribute)) setBits(this.#writeOneToClear, offset, field.high, field.low);
      if (READ_ONLY.has(field.attribute)) setBits(this.#status, offset, field.high, field.low);
      if (STICKY.has(field.attribute)) setBits(this.#sticky, offset, field.high, field.low);
      if (field.reset !== 'x') setBits(this.#resetValue, offset, field.high, field.low, field.reset);
    }
    for (const { range, reset } of register.reserved) {
      const [high, low] = range;
      setBits(this.#readable, offset, high, low);
      if (reset !== undefined && reset !== 'x') setBits(this.#resetValue, offset, high, low, reset);
    }
    for (const [index, mask] of (readOnlyMask ?? []).entries()) this.#writable[(offset >>> 2) + index]! &= ~mask;
  }
}

/** Ones in a range of bits counted from the byte `offset`; or `value` there. */
function setBits(words: Words, offset: number, high: number, low: number, value?: number): void {
  for (let position = low; position <= high; position++) {
    if (value !== undefined && Math.floor(value / 2 ** (position - low)) % 2 === 0) continue;
    words[(offset >>> 2) + (position >>> 5)]! |= 1 << (position & 31);
  }
}

/** Throws a RangeError unless each register lies on dwords of its own inside the block. */
function checkPlaces(length: number, registers: readonly PlacedRegister[]): void {
  const owner = new Array<string | undefined>(length).fill(undefined);
  for (const { name, register, offset } of registers) {
    const first = offset / 4;
    if (!Number.isInteger(first) || first < 0 || first + register.width / 32 > length) {
      throw new RangeError(`${name} at 0x${offset.toString(16)} is not on dwords of the ${length * 4} bytes`);
    }
    for (let index = first; index < first + register.width / 32; index++) {
      if (owner[index] !== undefined) {
        throw new RangeError(`${name} and ${owner[index]} are both at 0x${(index * 4).toString(16)}`);
      }
      owner[index] = name;
    }
  }
}
