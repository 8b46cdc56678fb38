import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interruptRequest, RemappingUnit, remappableRequest, SparseMemory } from '../../src/index.ts';
import { runs } from './runs.ts';

const TABLE = 0x10_0000n;
const DESCRIPTOR = 0x30_0040n;
/** S: 2^(S+1) entries. */
const SIZE = 3n;
const ENTRIES = 16;

const bits = (value: bigint, high: number, low: number): bigint => BigInt.asUintN(high - low + 1, value >> BigInt(low));

/** A unit with posting in xAPIC or x2APIC mode, whose whole table is this entry. */
function unitWith(entry: bigint, extended: boolean) {
  const memory = new SparseMemory();
  for (let n = 0n; n < ENTRIES; n += 1n) memory.writeQwords(TABLE + 16n * n, [bits(entry, 63, 0), entry >> 64n]);
  const unit = new RemappingUnit({
    memory,
    unit: {
      version: 0x50,
      hostAddressWidth: 46,
      capabilities: 0x08d2_008c_226f_0606n,
      extendedCapabilities: 0xf0_0f5bn,
    },
  });
  unit.writeRegister(0xb8, 64, TABLE | (extended ? 0x800n : 0n) | SIZE);
  unit.writeRegister(0x18, 32, 0x0100_0000n);
  unit.writeRegister(0x18, 32, 0x0200_0000n);
  return { unit, memory };
}

const asked = (index: number, sourceId: number) => {
  const { address, data } = remappableRequest({ handle: index });
  return interruptRequest({ sourceId, address: BigInt(address), data });
};

const descriptorIn = (memory: SparseMemory): bigint =>
  memory.read(DESCRIPTOR, 64).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

const writeDescriptor = (memory: SparseMemory, descriptor: bigint): void =>
  memory.writeQwords(
    DESCRIPTOR,
    Array.from({ length: 8 }, (_, n) => bits(descriptor, 64 * n + 63, 64 * n)),
  );

const source = fc.nat(0xffff);
const index = fc.nat(ENTRIES - 1);
/** Any 128 bits. */
const anyEntry = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });
/** Sound: P, a named DLM, no reserved bit set, any source. */
const remapped = fc
  .record({
    extended: fc.boolean(),
    low: fc.nat(0xff).map((some) => some & 0b0001_1110),
    deliveryMode: fc.constantFrom(0, 1, 2, 4, 5, 7),
    available: fc.nat(15),
    vector: fc.nat(0xff),
    destination: fc.nat(0xffff_ffff),
  })
  .map(({ extended, low, deliveryMode, available, vector, destination }) => {
    const DST = BigInt(extended ? destination : destination & 0xff00) << 32n;
    const rest = (BigInt(deliveryMode) << 5n) | (BigInt(available) << 8n) | (BigInt(vector) << 16n);
    return { extended, entry: 1n | BigInt(low) | rest | DST };
  });
/** NV and NDST; PIR, ON and SN as they come. */
const descriptors = fc
  .record({ pir: fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }), on: fc.boolean(), sn: fc.boolean(), nv: fc.nat(0xff) })
  .map(({ pir, on, sn, nv }) => pir | ((on ? 1n : 0n) << 256n) | ((sn ? 1n : 0n) << 257n) | (BigInt(nv) << 272n));

describe('Interrupt requests, chapter 5', () => {
  test('a remappable one to a sound entry gets exactly its fields (§5.1.4)', () => {
    fc.assert(
      fc.property(remapped, index, source, ({ extended, entry }, n, from) => {
        const { unit } = unitWith(entry, extended);
        const deliveryMode = bits(entry, 7, 5);
        const edge = deliveryMode !== 0n && deliveryMode !== 1n;
        const TM = edge ? 0n : bits(entry, 4, 4);
        const destination = extended ? bits(entry, 63, 32) : bits(entry, 47, 40);
        const modes = (bits(entry, 3, 3) << 3n) | (bits(entry, 2, 2) << 2n);
        expect(unit.interrupt(asked(n, from))).toEqual({
          kind: 'delivered',
          address: 0xfee0_0000n | (bits(destination, 7, 0) << 12n) | modes,
          data: Number((TM << 15n) | 0x4000n | (deliveryMode << 8n) | bits(entry, 23, 16)),
          destination: Number(destination),
          vector: Number(bits(entry, 23, 16)),
          deliveryMode: Number(deliveryMode),
          destinationMode: Number(bits(entry, 2, 2)),
          redirectionHint: Number(bits(entry, 3, 3)),
          triggerMode: Number(TM),
          index: n,
        });
      }),
      runs(200, 20_000),
    );
  });

  test('each way to write an index comes to the same (§5.1.5)', () => {
    fc.assert(
      fc.property(anyEntry, fc.boolean(), index, index, source, (entry, extended, n, part, from) => {
        const ways = [
          { handle: n },
          { handle: n, subhandle: 0 },
          { handle: 0, subhandle: n },
          { handle: Math.max(n - part, 0), subhandle: Math.min(part, n) },
        ];
        const answers = ways.map((way) => {
          const { unit, memory } = unitWith(entry, extended);
          writeDescriptor(memory, 0n);
          const { address, data } = remappableRequest(way);
          return unit.interrupt(interruptRequest({ sourceId: from, address: BigInt(address), data }));
        });
        for (const answer of answers) expect(answer).toEqual(answers[0]);
      }),
      runs(120, 10_000),
    );
  });

  test('a posted one sets exactly its bit of PIR, may set ON, and clears nothing (§5.2.3)', () => {
    fc.assert(
      fc.property(descriptors, fc.nat(0xff), fc.boolean(), (before, vector, urgent) => {
        const entry = 0x8001n | ((urgent ? 1n : 0n) << 14n) | (BigInt(vector) << 16n) | (DESCRIPTOR << 32n);
        const { unit, memory } = unitWith(entry, true);
        writeDescriptor(memory, before);
        const outcome = unit.interrupt(asked(5, 0));
        const after = descriptorIn(memory);
        const notified = outcome.kind === 'posted' && outcome.notification !== undefined;
        expect(after & before).toBe(before);
        expect(after).toBe(before | (1n << BigInt(vector)) | (notified ? 1n << 256n : 0n));
        expect(notified).toBe(bits(before, 256, 256) === 0n && (urgent || bits(before, 257, 257) === 0n));
      }),
      runs(200, 20_000),
    );
  });

  test('one that is refused leaves memory as it was (§5.1.4.1)', () => {
    const broken = fc.oneof(
      anyEntry,
      fc.tuple(remapped, fc.nat(127)).map(([{ entry }, bit]) => entry ^ (1n << BigInt(bit))),
    );
    let refused = 0;
    fc.assert(
      fc.property(broken, fc.nat(511), fc.boolean(), index, source, (entry, bit, extended, n, from) => {
        const { unit, memory } = unitWith(entry, extended);
        const descriptor = 1n << BigInt(bit);
        writeDescriptor(memory, descriptor);
        if (unit.interrupt(asked(n, from)).kind !== 'blocked') return;
        refused += 1;
        expect(descriptorIn(memory)).toBe(descriptor);
        expect(memory.read(TABLE, 16 * ENTRIES)).toEqual(unitWith(entry, extended).memory.read(TABLE, 16 * ENTRIES));
      }),
      runs(200, 20_000),
    );
    expect(refused).toBeGreaterThan(100);
  });

  test('a unit never throws for what is in memory or in a request', () => {
    const address = fc.nat(0xf_ffff).map((low) => 0xfee0_0000n | BigInt(low));
    fc.assert(
      fc.property(anyEntry, fc.boolean(), address, fc.nat(0xffff_ffff), source, (entry, extended, at, data, from) => {
        const { unit } = unitWith(entry, extended);
        expect(['delivered', 'posted', 'blocked']).toContain(
          unit.interrupt(interruptRequest({ sourceId: from, address: at, data })).kind,
        );
      }),
      runs(200, 20_000),
    );
  });
});
