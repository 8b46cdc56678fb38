import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dmaRequest, type Outcome, RemappingUnit, SparseMemory, type UnitParameters } from '../../src/index.ts';
import { runs } from './runs.ts';

/** By the document's bit numbers: both stages and nesting, 4 and 5 levels, all page sizes. */
const UNIT: UnitParameters = {
  version: 0x60,
  hostAddressWidth: 46,
  capabilities: 0x11d2_000c_2278_0e06n | (1n << 56n),
  extendedCapabilities:
    (1n << 48n) | (1n << 47n) | (1n << 46n) | (1n << 43n) | (1n << 31n) | (1n << 26n) | 0xf00n | 0b1100_0011n,
};

const ROOT = 0x1000n;
const CONTEXT = 0x2000n;
const DIRECTORY = 0x3000n;
const PASID_TABLE = 0x4000n;
const FIRST_STAGE = 0x10_0000n;
const SECOND_STAGE = 0x20_0000n;

interface Leaf {
  readonly page: number;
  readonly target: number;
  /** P, R/W, U/S, A, D as they stand in the entry's low bits. */
  readonly bits: number;
}

const leaf = fc.record({
  page: fc.nat(7),
  target: fc.integer({ min: 0x300, max: 0x3ff }),
  bits: fc.constantFrom(0x67, 0x65, 0x63, 0x66, 0x61, 0x60, 0x07),
});

/** A unit whose device 00:01.0 has a PASID-table entry of this type. */
function unitWith(type: number, words: Record<string, bigint>, memory: SparseMemory, like = UNIT): RemappingUnit {
  const { qword0 = 0n, qword1 = 1n << 23n, qword2 = 0n } = words;
  memory.writeQwords(ROOT, [CONTEXT | 1n, 0n]);
  memory.writeQwords(CONTEXT + 8n * 32n, [DIRECTORY | 1n, 0n, 0n, 0n]);
  memory.writeQwords(DIRECTORY, [PASID_TABLE | 1n]);
  memory.writeQwords(PASID_TABLE, [qword0 | (BigInt(type) << 6n) | 1n, qword1, qword2, 0n, 0n, 0n, 0n, 0n]);
  const unit = new RemappingUnit({ memory, unit: like });
  unit.writeRegister(0x20, 64, ROOT | 0x400n);
  unit.writeRegister(0x18, 32, 0x4000_0000n);
  unit.writeRegister(0x18, 32, 0x8000_0000n);
  return unit;
}

/** First-stage tables of eight pages from address 0 on. */
function putFirstStage(memory: SparseMemory, levels: number, leaves: readonly Leaf[]): void {
  for (let level = levels; level > 1; level--) {
    const at = FIRST_STAGE + BigInt(levels - level) * 0x1000n;
    memory.writeQwords(at, [(at + 0x1000n) | 0x27n]);
  }
  const table = FIRST_STAGE + BigInt(levels - 1) * 0x1000n;
  for (const { page, target, bits } of leaves) {
    memory.writeQwords(table + BigInt(page * 8), [(BigInt(target) << 12n) | BigInt(bits)]);
  }
}

/** Every page of the first GiB mapped to itself by one entry, at both permissions. */
function putIdentity(memory: SparseMemory): void {
  memory.writeQwords(SECOND_STAGE, [(SECOND_STAGE + 0x1000n) | 3n]);
  memory.writeQwords(SECOND_STAGE + 0x1000n, [0x83n]);
}

const ACCESSES = ['read', 'write', 'atomic'] as const;

/** What a device sees of each of eight pages; the condition itself may differ between ways of translating. */
function seen(unit: RemappingUnit): unknown[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].flatMap((page) =>
    ACCESSES.map((access) => unit.dma(dmaRequest({ sourceId: 8, address: BigInt(page) << 12n, access }))),
  );
}

const pageTable = (memory: SparseMemory, levels: number): bigint =>
  new DataView(memory.read(FIRST_STAGE + BigInt(levels - 1) * 0x1000n, 8).buffer).getBigUint64(0, true);

describe('Ways of translating that must agree', () => {
  const second = SECOND_STAGE | (2n << 2n);

  test('nested over an identity second stage is the first stage alone (§3.8)', () => {
    fc.assert(
      fc.property(fc.array(leaf, { maxLength: 8 }), (leaves) => {
        const alone = new SparseMemory();
        putFirstStage(alone, 4, leaves);
        const nested = new SparseMemory();
        putFirstStage(nested, 4, leaves);
        putIdentity(nested);
        const expected = seen(unitWith(0b001, { qword2: FIRST_STAGE }, alone));
        expect(seen(unitWith(0b011, { qword0: second, qword2: FIRST_STAGE }, nested))).toEqual(expected);
        expect(pageTable(nested, 4)).toBe(pageTable(alone, 4));
      }),
      runs(100, 20_000),
    );
  });

  test('five levels with index 0 at the top are four levels (§3.6)', () => {
    fc.assert(
      fc.property(fc.array(leaf, { maxLength: 8 }), (leaves) => {
        const four = new SparseMemory();
        putFirstStage(four, 4, leaves);
        const five = new SparseMemory();
        putFirstStage(five, 5, leaves);
        expect(seen(unitWith(0b001, { qword2: FIRST_STAGE | 4n }, five))).toEqual(
          seen(unitWith(0b001, { qword2: FIRST_STAGE }, four)),
        );
        expect(pageTable(five, 5)).toBe(pageTable(four, 4));
      }),
      runs(100, 20_000),
    );
  });

  test('permission bits added to second-stage entries never turn a success into a fault (§3.7.1)', () => {
    const entry = fc.record({ bits: fc.nat(3), more: fc.nat(3), large: fc.boolean() });
    const succeeded = (outcomes: unknown[]) => (outcomes as Outcome[]).map(({ kind }) => kind === 'completed');
    fc.assert(
      fc.property(fc.array(entry, { minLength: 4, maxLength: 4 }), (entries) => {
        const put = (memory: SparseMemory, permission: (one: { bits: number; more: number }) => number) => {
          for (const [i, one] of entries.entries()) {
            const at = SECOND_STAGE + BigInt(i) * 0x1000n;
            const large = one.large && i === 2 ? 0x80n : 0n;
            const next = i === 3 ? 0x300000n : large !== 0n ? 0x40_0000n : at + 0x1000n;
            memory.writeQwords(at, [next | BigInt(permission(one)) | large]);
          }
        };
        const fewer = new SparseMemory();
        put(fewer, ({ bits }) => bits);
        const more = new SparseMemory();
        put(more, (one) => one.bits | one.more);
        const before = succeeded(seen(unitWith(0b010, { qword0: second }, fewer)));
        const after = succeeded(seen(unitWith(0b010, { qword0: second }, more)));
        for (const [i, success] of before.entries()) if (success) expect(after[i]).toBe(true);
      }),
      runs(300, 50_000),
    );
  });

  test('units that take turns over the same entries judge them each by itself, and again when they change (§9.4, §9.6)', () => {
    const memory = new SparseMemory();
    const withPassThrough = unitWith(0b100, {}, memory);
    const extendedCapabilities = UNIT.extendedCapabilities & ~(1n << 6n);
    const without = unitWith(0b100, {}, memory, { ...UNIT, extendedCapabilities });
    const kinds = () =>
      [withPassThrough, without, withPassThrough, withPassThrough].map((unit) => {
        const outcome = unit.dma(dmaRequest({ sourceId: 8, address: 0x5000n, access: 'read' }));
        return outcome.kind === 'blocked' ? outcome.fault?.condition.code : outcome.kind;
      });
    const sound = kinds();
    expect(sound).toEqual(['completed', 'SPT.4.2', 'completed', 'completed']);

    const entry = memory.read(PASID_TABLE, 8);
    memory.writeQwords(PASID_TABLE, [1n << 6n]);
    expect(kinds()).toEqual(['SPT.2', 'SPT.2', 'SPT.2', 'SPT.2']);
    memory.write(PASID_TABLE, entry);
    expect(kinds()).toEqual(sound);

    // DTE=0 and PRE=1.
    const context = memory.read(CONTEXT + 8n * 32n, 8);
    memory.writeQwords(CONTEXT + 8n * 32n, [DIRECTORY | 0x11n]);
    expect(new Set(kinds()).has('completed')).toBe(false);
    memory.write(CONTEXT + 8n * 32n, context);
    expect(kinds()).toEqual(sound);
  });
});
