import fc from 'fast-check';

/** True once in `n` draws. */
export const chance = (n: number): fc.Arbitrary<boolean> => fc.nat(n - 1).map((drawn) => drawn === n - 1);

/** A value of so many bits. */
export const field = (width: number): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n });

/** Sources of requests and SIDs of entries; as a range 0004h is 00 to 04, 0408h 04 to 08, 0804h empty. */
export const SOURCES = [0x00f8, 0x0100, 0x0104, 0x0107, 0x010f, 0x0004, 0x0408, 0x0804, 0x0900] as const;

/** `width` bits that are mostly as they should be, and now and then differ in one. */
export function mostlyUnbroken(value: fc.Arbitrary<bigint>, width: number, once: number): fc.Arbitrary<bigint> {
  const flip = fc.nat(width - 1).map((bit) => 1n << BigInt(bit));
  return fc.tuple(value, chance(once), flip).map(([whole, broken, bit]) => (broken ? whole ^ bit : whole));
}

/** SVT, SQ and SID at 83:64. */
const sources = fc
  .record({
    svt: fc.constantFrom(0n, 0n, 0n, 0n, 0n, 0n, 1n, 1n, 2n, 2n),
    sq: field(2),
    sid: fc.constantFrom(...SOURCES),
  })
  .map(({ svt, sq, sid }) => (svt << 82n) | (sq << 80n) | (BigInt(sid) << 64n));

/** FPD and AVAIL. */
const common = fc
  .record({ absent: chance(12), fpd: chance(4), avail: field(4) })
  .map(({ absent, fpd, avail }) => (absent ? 0n : 1n) | (fpd ? 2n : 0n) | (avail << 8n));

/** An APIC id where IRTEs and descriptors have theirs, in 32 bits. */
const apicId = (eime: boolean): fc.Arbitrary<bigint> => (eime ? field(32) : field(8).map((id) => id << 8n));

/** 9.9 without mistakes; DLM is rarely a value that is not defined. */
export function remappedEntry(eime: boolean): fc.Arbitrary<bigint> {
  const mode = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(0n, 1n, 2n, 4n, 5n, 7n) },
    { weight: 1, arbitrary: fc.constantFrom(3n, 6n) },
  );
  return fc.record({ common, sources, modes: field(3), mode, vector: field(8), destination: apicId(eime) }).map(
    (drawn) =>
      drawn.common |
      drawn.sources |
      (drawn.modes << 2n) | // DM, RH, TM
      (drawn.mode << 5n) |
      (drawn.vector << 16n) |
      (drawn.destination << 32n),
  );
}

/** 9.10 without mistakes, for one of these descriptors. */
export function postedEntry(descriptors: readonly bigint[]): fc.Arbitrary<bigint> {
  return fc
    .record({ common, sources, urg: fc.boolean(), vector: field(8), descriptor: fc.constantFrom(...descriptors) })
    .map(
      (drawn) =>
        drawn.common |
        drawn.sources |
        (drawn.urg ? 1n << 14n : 0n) |
        (1n << 15n) |
        (drawn.vector << 16n) |
        ((drawn.descriptor & 0xffff_ffc0n) << 32n) |
        ((drawn.descriptor >> 32n) << 96n),
    );
}

/** 9.11 without mistakes. */
export function descriptor(eime: boolean): fc.Arbitrary<bigint> {
  const pir = fc.oneof({ weight: 3, arbitrary: fc.constant(0n) }, { weight: 1, arbitrary: field(256) });
  return fc
    .record({ pir, on: chance(3), sn: chance(3), nv: field(8), destination: apicId(eime) })
    .map(
      ({ pir: bits, on, sn, nv, destination }) =>
        bits | (on ? 1n << 256n : 0n) | (sn ? 1n << 257n : 0n) | (nv << 272n) | (destination << 288n),
    );
}
