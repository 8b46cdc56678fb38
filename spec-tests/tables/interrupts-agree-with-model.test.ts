import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interruptRequest, RemappingUnit, SparseMemory } from '../../src/index.ts';
import { interruptFindings } from '../../src/tables/interrupt-findings.ts';
import { listInterrupts, sourceOf } from '../../src/tables/interrupts.ts';

const ENTRIES = 16;
/** HAW 39, posting, x2APIC mode. */
const PARAMETERS = {
  version: 0x10,
  hostAddressWidth: 39,
  capabilities: 0x8d2008c222f0606n,
  extendedCapabilities: 0xf00f5an,
};
/** The address of a request with handle n and no subhandle: FEEh, bit 4, n in bits 19:5. */
const addressOf = (index: number) => 0xfee0_0010n | (BigInt(index) << 5n);

/** Mostly present, mostly without reserved bits; descriptors are at 5000h, or where nothing is. */
const low = fc.oneof(
  fc.tuple(fc.nat(0xff), fc.nat(0xff), fc.nat(0xffff)).map(([flags, vector, destination]) => {
    return BigInt(flags | 1) | (BigInt(vector) << 16n) | (BigInt(destination) << 40n);
  }),
  fc.nat(0xff).map((vector) => 0x5000_0000_8001n | (BigInt(vector) << 16n)),
  fc.nat(0xff).map((vector) => 0x6040_0000_c001n | (BigInt(vector) << 16n)),
  fc.constantFrom(0n, 1n, 2n),
  fc.bigInt(0n, 2n ** 64n - 1n),
);
const high = fc.oneof(fc.nat(0xf_ffff).map(BigInt), fc.nat(0xff_ffff).map(BigInt), fc.bigInt(0n, 2n ** 64n - 1n));

describe('listInterrupts and the requests of the model (§5.1.4)', () => {
  test('what is listed as served is served, what is listed as blocked is blocked from everywhere', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(low, high), { minLength: 1, maxLength: ENTRIES }),
        fc.boolean(),
        fc.array(fc.nat(0xffff), { minLength: 1, maxLength: 20 }),
        (table, extended, sources) => {
          const memory = new SparseMemory({ unwritten: 'refused' });
          memory.writeQwords(0x1000n, table.flat());
          memory.writeQwords(0x5000n, [0n]);
          const unit = new RemappingUnit({ unit: PARAMETERS, memory });
          unit.writeRegister(0xb8, 64, extended ? 0x1803n : 0x1003n);
          unit.writeRegister(0x18, 32, 0x0100_0000n);
          unit.writeRegister(0x18, 32, 0x0200_0000n);

          const listing = listInterrupts(unit);
          const blocking = interruptFindings(unit, listing).filter(({ blocks }) => blocks);
          const ask = (index: number, sourceId: number) =>
            unit.explainInterrupt(interruptRequest({ sourceId, address: addressOf(index), data: 0 })).outcome;
          const listed = new Map(listing.entries.map((entry) => [entry.index, entry]));
          for (let index = 0; index < ENTRIES; index++) {
            const entry = listed.get(index);
            if (entry === undefined) {
              expect(ask(index, 0)).toMatchObject({ kind: 'blocked', fault: { condition: { code: '22h' } } });
              continue;
            }
            const own = ask(index, sourceOf(entry.words));
            expect('fault' in own ? own.fault?.condition : undefined).toBe(entry.condition);
            // A finding that blocks names each such entry once, with its condition.
            const rules = blocking.filter(({ indices }) => indices.includes(index)).map(({ rule }) => rule);
            expect(rules).toEqual(entry.condition === undefined ? [] : [entry.condition.code]);
            if (entry.condition === undefined) continue;
            for (const source of sources) expect(ask(index, source).kind).toBe('blocked');
          }
          for (const { says } of blocking) expect(says).not.toMatch(/^$|undefined|reserved bits? +set/);
        },
      ),
      { numRuns: process.env.VTD_LONG === undefined ? 150 : 800 },
    );
  });
});
