import fc from 'fast-check';
import { DEFAULT_CHOICES } from './choices.ts';
import type { InterruptScene, Poison } from './interrupt-scene.ts';
import type { InterruptRequest } from './interrupt-types.ts';
import { chance, descriptor, field, mostlyUnbroken, postedEntry, remappedEntry, SOURCES } from './random-irte.ts';
import type { Choices, UnitFacts } from './types.ts';

const TABLE = 0x10_0000n;
/** Entries that are drawn; those behind them are absent. */
const DRAWN = 8;

const SIZES = [2n, 2n, 2n, 3n, 3n, 1n, 0n, 7n, 15n] as const;

/** Units of every kind, a table of mostly good entries and descriptors, and requests that mostly meet one. */
export const interruptScene = (): fc.Arbitrary<InterruptScene> =>
  fc
    .record({ unit: units, size: fc.constantFrom(...SIZES), eime: fc.boolean(), ires: rarelyNot, cfis: fc.boolean() })
    .chain(({ unit, size, eime, ires, cfis }) => {
      const has = (bit: number) => (unit.extendedCapabilities & (1n << BigInt(bit))) !== 0n;
      const extended = has(4) && (has(61) || eime);
      return fc.record({ base: baseOf(unit), unlawful: chance(8) }).chain(({ base, unlawful }) =>
        filled({
          unit,
          base,
          irta: base | (extended && !(has(61) && unlawful) ? 1n << 11n : 0n) | size, // 11.4.10-S1
          entries: 2 ** (Number(size) + 1),
          ires,
          cfis,
        }),
      );
    });

const rarelyNot: fc.Arbitrary<boolean> = chance(10).map((drawn) => !drawn);

/** CAP_REG and ECAP_REG by the document's bit numbers (11.4.2, 11.4.3), for legacy mode; MHMV=15. */
const units: fc.Arbitrary<UnitFacts> = fc
  .record({
    pi: chance(6).map((drawn) => !drawn),
    eim: fc.boolean(),
    eimer: chance(3),
    irreq: fc.boolean(),
    c: fc.boolean(),
    hostAddressWidth: fc.constantFrom(39, 46, 52),
    choices: fc.record<Partial<Choices>>({
      interruptEntryOrder: fc.constantFrom('26h', '24h'),
      reservedSourceValidation: fc.constantFrom('24h', '26h'),
      reservedDeliveryMode: fc.constantFrom('24h', 'delivered'),
      postedDestinationCheck: fc.constantFrom('always', 'when-notifying'),
    }),
  })
  .map(({ pi, eim, eimer, irreq, c, hostAddressWidth, choices }) => ({
    version: 0x70,
    hostAddressWidth,
    capabilities:
      6n |
      (6n << 8n) | // SAGAW: 39 and 48 bits
      (51n << 16n) |
      (0x22n << 24n) | // FRO
      (3n << 34n) |
      (1n << 39n) |
      (18n << 48n) |
      (3n << 54n) | // DWD, DRD
      (pi ? 1n << 59n : 0n),
    extendedCapabilities:
      0xf0_f04en | // QI, DT, IR, PT, IRO=F0h, MHMV=15
      (1n << 46n) | // SSTS: 11.4.2-G2
      (c ? 1n : 0n) |
      (eim ? 1n << 4n : 0n) |
      (eim && eimer ? 1n << 61n : 0n) |
      (irreq ? 1n << 62n : 0n),
    choices: { ...DEFAULT_CHOICES, ...choices },
  }));

/** The table is rarely the last page below HAW, or above HAW. */
function baseOf({ hostAddressWidth }: UnitFacts): fc.Arbitrary<bigint> {
  const limit = 1n << BigInt(hostAddressWidth);
  return fc.oneof(
    { weight: 20, arbitrary: fc.constant(TABLE) },
    { weight: 1, arbitrary: fc.constant(limit - 0x1000n) },
    { weight: 1, arbitrary: fc.constant(limit | TABLE) },
  );
}

interface Frame {
  readonly unit: UnitFacts;
  readonly base: bigint;
  readonly irta: bigint;
  /** 2^(S+1) */
  readonly entries: number;
  readonly ires: boolean;
  readonly cfis: boolean;
}

function filled({ unit, base, irta, entries, ires, cfis }: Frame): fc.Arbitrary<InterruptScene> {
  const eime = (irta & (1n << 11n)) !== 0n;
  const descriptors = [0x2_0000n, 0x2_0040n, 0x2_0fc0n, (1n << BigInt(unit.hostAddressWidth)) - 0x2000n];
  const count = Math.min(entries, DRAWN);
  const entry = mostlyUnbroken(fc.oneof(remappedEntry(eime), postedEntry(descriptors)), 128, 6);
  const control = mostlyUnbroken(descriptor(eime), 512, 3);
  return fc
    .record({
      table: fc.array(entry, { minLength: count, maxLength: count }),
      controls: fc.array(control, { minLength: descriptors.length, maxLength: descriptors.length }),
      poison: poisons(base, count, descriptors),
      requests: fc.array(request(count, entries), { minLength: 8, maxLength: 16 }),
    })
    .map(({ table, controls, poison, requests }) => ({
      unit,
      latched: { irta, ires, cfis },
      memory: [
        { address: base % (1n << BigInt(unit.hostAddressWidth)), qwords: table.flatMap((whole) => wordsOf(whole, 2)) },
        ...controls.map((whole, i) => ({ address: descriptors[i] ?? 0n, qwords: wordsOf(whole, 8) })),
      ],
      poison,
      requests,
    }));
}

const wordsOf = (value: bigint, count: number): bigint[] =>
  Array.from({ length: count }, (_, i) => BigInt.asUintN(64, value >> BigInt(64 * i)));

/** Mostly nothing; else an entry or a word of it, a descriptor or a word of it. */
function poisons(base: bigint, count: number, descriptors: readonly bigint[]): fc.Arbitrary<Poison[]> {
  const inTable = fc
    .record({ index: fc.nat(count - 1), whole: fc.boolean(), upper: fc.boolean() })
    .map(({ index, whole, upper }) => ({
      address: base + BigInt(16 * index + (upper && !whole ? 8 : 0)),
      length: whole ? 16 : 8,
      writesOnly: false,
    }));
  const inDescriptor = fc
    .record({ at: fc.constantFrom(...descriptors), word: fc.nat(7), whole: fc.boolean(), writesOnly: fc.boolean() })
    .map(({ at, word, whole, writesOnly }) => ({
      address: whole ? at : at + BigInt(8 * word),
      length: whole ? 64 : 8,
      writesOnly,
    }));
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant<Poison[]>([]) },
    { weight: 1, arbitrary: fc.array(inTable, { minLength: 1, maxLength: 2 }) },
    { weight: 2, arbitrary: fc.array(inDescriptor, { minLength: 1, maxLength: 2 }) },
  );
}

/** A source near those of the entries; an index that mostly is in the table. */
function request(count: number, entries: number): fc.Arbitrary<InterruptRequest> {
  const source = mostlyUnbroken(
    fc.constantFrom(...SOURCES).map((id) => BigInt(id)),
    16,
    4,
  ).map(Number);
  const index = fc.oneof(
    { weight: 20, arbitrary: fc.nat(count - 1) },
    { weight: 1, arbitrary: fc.constantFrom(entries - 1, entries, entries + 1, 256, 0xffff).map((i) => i & 0xffff) },
    { weight: 1, arbitrary: fc.nat(0xffff) },
  );
  return fc
    .oneof(
      { weight: 6, arbitrary: fc.record({ source, message: plain(index) }) },
      { weight: 6, arbitrary: fc.record({ source, message: withSubhandle(index) }) },
      { weight: 1, arbitrary: fc.record({ source, message: fc.record({ address: inRange, data: field(32) }) }) },
      { weight: 1, arbitrary: fc.record({ source, message: compatibility }) },
    )
    .map(({ source: from, message }) => ({ source: from, ...message }));
}

const FEE = 0xfee0_0000n;
const inRange: fc.Arbitrary<bigint> = field(20).map((low) => FEE | low);

/** 5.1.2.2-R1: SHV=0, any data; bits 1:0 count for nothing. */
function plain(index: fc.Arbitrary<number>): fc.Arbitrary<Omit<InterruptRequest, 'source'>> {
  return fc
    .record({ index, data: field(32), low: field(2) })
    .map(({ index: i, data, low }) => ({ address: remappable(i) | low, data }));
}

/** SHV=1; the sum may leave 16 bits, the upper half of the data rarely is not 0. */
function withSubhandle(index: fc.Arbitrary<number>): fc.Arbitrary<Omit<InterruptRequest, 'source'>> {
  const upper = fc.oneof({ weight: 11, arbitrary: fc.constant(0n) }, { weight: 1, arbitrary: field(16) });
  return fc
    .record({ index, share: fc.constantFrom(0, 1, 3, 0x8000, 0xffff), over: chance(15), upper, low: field(2) })
    .map((drawn) => {
      const subhandle = Math.min(drawn.share, drawn.over ? 0xffff : drawn.index);
      const handle = drawn.over ? 0xffff : drawn.index - subhandle;
      return { address: remappable(handle) | 8n | drawn.low, data: (drawn.upper << 16n) | BigInt(subhandle) };
    });
}

/** 5.1.2.1, with reserved bits. */
const compatibility: fc.Arbitrary<Omit<InterruptRequest, 'source'>> = fc
  .record({ address: inRange, data: field(32) })
  .map(({ address, data }) => ({ address: address & ~0x10n, data }));

/** 5.1.2.2-R1: the handle. */
function remappable(handle: number): bigint {
  return FEE | 0x10n | (BigInt(handle & 0x7fff) << 5n) | (BigInt(handle >> 15) << 2n);
}
