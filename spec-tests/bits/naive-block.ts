import type { Attribute } from '../../src/bits/register.ts';

/** Bytes in the block. */
export const SIZE = 64;

/** Some bits of a register as the test thinks of them. */
export interface Segment {
  readonly attribute: Attribute | 'RsvdZ' | 'RsvdP';
  readonly width: number;
  readonly reset: number | 'x';
  readonly requires: string | undefined;
}

export interface Plan {
  readonly width: 32 | 64 | 128;
  readonly requires: string | undefined;
  /** Dwords between the one before and this one. */
  readonly gap: number;
  readonly segments: readonly Segment[];
}

/** `here` is a capability of the block, `missing` is not. */
export const present = (requires: string | undefined): boolean => requires !== 'missing';

/** One bit of the naive model: everything by `if`, nothing by masks. */
interface Bit {
  readonly attribute: Segment['attribute'] | 'none';
  readonly initial: boolean;
}

/** The block as one bigint, bit by bit. */
export class NaiveBlock {
  readonly bits: Bit[] = [];
  image = 0n;
  initial = 0n;
  readonly frozen = new Set<number>();
  readonly concealed = new Set<number>();
  /** Dwords whose lockable bits are locked, by offset. */
  readonly locked = new Set<number>();

  constructor(places: readonly { readonly plan: Plan; readonly offset: number }[]) {
    for (let position = 0; position < SIZE * 8; position++) this.bits.push({ attribute: 'none', initial: false });
    for (const { plan, offset } of places) {
      let position = offset * 8;
      for (const { attribute, width, reset, requires } of plan.segments) {
        for (let n = 0; n < width; n++, position++) {
          if (!present(plan.requires)) continue;
          const reserved = attribute === 'RsvdZ' || attribute === 'RsvdP';
          if (!reserved && !present(requires)) continue;
          const initial = attribute !== 'RsvdZ' && reset !== 'x' && ((BigInt(reset) >> BigInt(n)) & 1n) === 1n;
          this.bits[position] = { attribute, initial };
        }
      }
    }
    this.bits.forEach(({ initial }, position) => {
      if (initial) this.initial |= 1n << BigInt(position);
    });
    this.image = this.initial;
  }

  set(position: number, value: boolean): void {
    const one = 1n << BigInt(position);
    if (value) this.image |= one;
    else this.image &= ~one;
  }

  write(offset: number, value: number): void {
    for (let n = 0; n < 32; n++) {
      const one = Math.floor(value / 2 ** n) % 2 === 1;
      const position = offset * 8 + n;
      switch (this.bits[position]?.attribute) {
        case 'RWL':
        case 'RWLV':
          if (!this.frozen.has(position) && !this.locked.has(offset)) this.set(position, one);
          break;
        case 'RW':
        case 'WO':
          if (!this.frozen.has(position)) this.set(position, one);
          break;
        case 'RW1C':
        case 'RW1CS':
          if (one) this.set(position, false);
          break;
        default:
          break;
      }
    }
  }

  read(offset: number): number {
    let value = 0;
    for (let n = 0; n < 32; n++) {
      const position = offset * 8 + n;
      const attribute = this.bits[position]?.attribute ?? 'none';
      if (attribute === 'none' || attribute === 'WO' || this.concealed.has(position)) continue;
      if (((this.image >> BigInt(position)) & 1n) === 1n) value += 2 ** n;
    }
    return value;
  }

  reset(powerGood: boolean): void {
    this.bits.forEach(({ attribute }, position) => {
      if (!powerGood && (attribute === 'ROS' || attribute === 'RW1CS')) return;
      this.set(position, ((this.initial >> BigInt(position)) & 1n) === 1n);
    });
  }
}
