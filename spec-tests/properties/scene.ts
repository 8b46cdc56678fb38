import fc from 'fast-check';
import { type AccessName, type AddressTypeName, contradictionsOf, type DmaRequestParameters } from '../../src/index.ts';

/** A unit, its memory and requests for it, in which most tables are nearly right. */
export interface Scene {
  readonly unit: { version: number; hostAddressWidth: number; capabilities: bigint; extendedCapabilities: bigint };
  readonly choices: Readonly<Record<string, string | boolean>>;
  /** RTADDR_REG. */
  readonly rootTableAddress: bigint;
  readonly enabled: boolean;
  readonly memory: ReadonlyMap<bigint, bigint>;
  /** Qwords that refuse every access. */
  readonly poison: ReadonlySet<bigint>;
  /** Qwords that refuse to be written. */
  readonly readOnly: ReadonlySet<bigint>;
  readonly requests: readonly DmaRequestParameters[];
}

/** Draws: what an imperative generator of fast-check offers, in words. */
export class Draw {
  readonly #gen: fc.GeneratorValue;

  constructor(gen: fc.GeneratorValue) {
    this.#gen = gen;
  }

  below(limit: number): number {
    return this.#gen(uniform, limit - 1);
  }

  /** True once in `n` draws. A counterexample shrinks to false. */
  oneIn(n: number): boolean {
    return this.below(n) === n - 1;
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  bits(width: number): bigint {
    return this.#gen(fc.bigInt, { min: 0n, max: (1n << BigInt(width)) - 1n });
  }
}

/** Without the preference for small numbers that fast-check has: chances are what they say. */
const uniform = (max: number): fc.Arbitrary<number> => fc.noBias(fc.nat(max));

const field = (value: number | bigint, low: number): bigint => BigInt(value) << BigInt(low);

/** CAP_REG and ECAP_REG by the document's bit numbers, drawn until they do not contradict themselves. */
export function drawUnit(draw: Draw, scalable: boolean): Scene['unit'] {
  for (;;) {
    const hostAddressWidth = draw.of([32, 36, 39, 42, 46, 48, 52]);
    const version = draw.of([0x10, 0x10, 0x50, 0x70]);
    const capabilities =
      field(draw.below(7), 0) |
      field(draw.below(2), 5) |
      field(draw.below(2), 6) |
      field(draw.of([0b00010, 0b00100, 0b00110, 0b01000, 0b01110]), 8) |
      field(Math.max(hostAddressWidth, draw.of([39, 48, 57])) - 1, 16) |
      field(draw.below(2), 22) |
      field(0x22, 24) |
      field(draw.of([0, 1, 3]), 34) |
      field(draw.of([0, 1, 3]), 40) |
      field(0b11, 54) |
      (scalable ? field(draw.below(2), 56) | field(draw.below(2), 60) : 0n);
    const mostly = (low: number) => field(draw.oneIn(8) ? 0 : 1, low);
    const rarely = (low: number) => field(draw.oneIn(4) ? 1 : 0, low);
    const extendedCapabilities =
      0xf02n | // QI, IRO
      mostly(2) | // DT
      mostly(6) | // PT
      field(draw.below(2), 7) | // SC
      rarely(33) | // NWFS
      rarely(52) | // ADMS
      (scalable
        ? field(1, 43) | // SMTS
          mostly(25) | // MTS
          mostly(26) | // NEST
          rarely(29) | // PRS
          mostly(31) | // SRS
          field(draw.below(2), 34) | // EAFS
          field(draw.of([19, 19, 14, 9]), 35) | // PSS
          mostly(40) | // PASID
          mostly(45) | // SSADS
          mostly(46) | // SSTS
          mostly(47) | // FSTS
          mostly(48) | // SMPWCS
          field(draw.below(2), 49) | // RPS
          rarely(53) | // RPRIVS
          rarely(56) | // PTRS
          field(draw.below(2), 57) // SSIRWS
        : 0n);
    const unit = { version, hostAddressWidth, capabilities, extendedCapabilities };
    if (contradictionsOf(unit).length === 0) return unit;
  }
}

/** Pages that tables are put into, and pages that they point to. */
export class Pages {
  readonly #draw: Draw;
  readonly #all: bigint[];
  #next = 0x100n;

  constructor(draw: Draw, hostAddressWidth: number) {
    this.#draw = draw;
    const host = 1n << BigInt(hostAddressWidth - 12);
    this.#all = [0x1n, 0x2n, 0x3n, 0x4n, 0x5n, 0xfee00n, 0xfedffn, host - 1n, draw.bits(hostAddressWidth - 12)];
  }

  /** A page as an address: once in a while one of few, so that tables meet. */
  any(): bigint {
    if (this.#draw.oneIn(12)) return this.#draw.of(this.#all) << 12n;
    this.#next += 1n;
    return this.#next << 12n;
  }
}

/** The words of a scene, some of them spoilt as they are written. What is there already stays. */
export class Words {
  readonly all = new Map<bigint, bigint>();
  readonly #draw: Draw;

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  /** Writes a word unless one is there; the page that the word there was meant to point to. */
  point(address: bigint, word: bigint): bigint {
    const known = this.all.get(address);
    if (known === undefined) this.all.set(address, spoil(this.#draw, word));
    return (known ?? word) & 0x3fff_ffff_f000n;
  }
}

/** Once in a while one to three bits are not as they were meant. */
function spoil(draw: Draw, value: bigint): bigint {
  if (!draw.oneIn(40)) return value;
  let spoilt = value;
  for (let times = 1 + draw.below(3); times > 0; times--) spoilt ^= 1n << BigInt(draw.below(64));
  return spoilt;
}

/** A request whose address is near something interesting. */
export function drawRequest(draw: Draw, sourceId: number, scalable: boolean): DmaRequestParameters {
  const type: AddressTypeName = draw.of(['untranslated', 'untranslated', 'untranslated', 'translation', 'translated']);
  const access: AccessName = type === 'translation' ? 'read' : draw.of(['read', 'write', 'atomic']);
  const base = draw.of([
    0n,
    0xfee0_0000n,
    1n << BigInt(draw.of([30, 38, 39, 47, 48, 56, 57])),
    (1n << BigInt(draw.of([32, 36, 39, 42, 46, 48, 52, 57]))) - 0x1000n,
    draw.bits(64) & ~0xfffn,
    draw.bits(48) & ~0xfffn,
    0xffff_8000_0000_0000n,
  ]);
  const zeroLength = access === 'read' && type === 'untranslated' && draw.oneIn(4);
  const length = type === 'translation' ? 8 : draw.of([4, 4, 8, 1, 64]);
  const offset = BigInt(draw.of([0, 4, 0x123, 0xff0])) & (type === 'translation' ? 0n : 0xfffn);
  const withPasid = draw.oneIn(scalable ? 2 : 6);
  return {
    sourceId,
    address: base | (offset + BigInt(length) > 0x1000n ? 0n : offset),
    access,
    type,
    length: zeroLength ? 4 : length,
    ...(withPasid
      ? { pasid: draw.of([0, 1, 5, 0x41, 0x1fff, 0x2000]), privileged: draw.oneIn(3), execute: draw.oneIn(5) }
      : {}),
    noSnoop: draw.oneIn(3),
    noWrite: type === 'translation' && draw.oneIn(3),
    zeroLength,
  };
}
