import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dmaRequest, RemappingUnit, SparseMemory, type UnitParameters } from '../../src/index.ts';
import { buildTables, changeText, diffTables, type TablesDescription, turnOn } from '../../src/tables/index.ts';
import { INTERRUPT_UNIT, LEGACY_UNIT, SCALABLE_UNIT } from '../builder/units.ts';

function unitOf(description: TablesDescription, parameters: UnitParameters = LEGACY_UNIT): RemappingUnit {
  const tables = buildTables(parameters, description);
  const unit = new RemappingUnit({ unit: parameters, memory: tables.memory });
  turnOn(unit, tables);
  return unit;
}

const page = (n: number, output: number, access: 'r' | 'rw' = 'rw') => ({
  input: BigInt(n) << 12n,
  output: BigInt(output) << 12n,
  size: 4096n,
  access,
});
const legacy = (mappings: readonly ReturnType<typeof page>[]): TablesDescription => ({
  domains: [{ id: 1, mappings }],
  devices: [{ device: '00:04.0', domain: 1 }],
});

const texts = (before: RemappingUnit, after: RemappingUnit): readonly string[] =>
  diffTables(before, after).map(changeText);

describe('The difference of two tables', () => {
  test('is none with themselves, wherever they stand', () => {
    const description = legacy([page(1, 0x9000), page(7, 0x9001)]);
    const tables = buildTables(LEGACY_UNIT, description, {
      allocator: {
        allocate: (
          (next) => () =>
            (next += 0x5000n)
        )(0x70_0000n),
      },
    });
    const moved = new RemappingUnit({ unit: LEGACY_UNIT, memory: tables.memory });
    turnOn(moved, tables);
    expect(diffTables(unitOf(description), moved)).toEqual([]);
  });

  test('has mappings that were added, removed, moved, and those with other rights', () => {
    const before = unitOf(legacy([page(1, 0x9000), page(2, 0x9001), page(5, 0x9005), page(8, 0x9008)]));
    const after = unitOf(legacy([page(1, 0x9000), page(2, 0xa001), page(5, 0x9005, 'r'), page(6, 0x9006)]));
    expect(texts(before, after)).toEqual([
      '00:04.0: mapping changed at 0x2000-0x2fff, to 0x9001000 (rw) -> 0xa001000 (rw)',
      '00:04.0: mapping changed at 0x5000-0x5fff, to 0x9005000 (rw) -> 0x9005000 (r-)',
      '00:04.0: mapping added at 0x6000-0x6fff, to 0x9006000 (rw)',
      '00:04.0: mapping removed at 0x8000-0x8fff, to 0x9008000 (rw)',
    ]);
  });

  test('S9: entries that a reused table page still holds are mapped, and stand out against what was meant', () => {
    const memory = new SparseMemory();
    const reused = buildTables(LEGACY_UNIT, legacy([page(1, 0x9000)]), { memory });
    const unit = new RemappingUnit({ unit: LEGACY_UNIT, memory });
    turnOn(unit, reused);
    const leaf = unit.explain(dmaRequest({ sourceId: 0x20, address: 0x1000n, access: 'read' })).steps.at(-1)!.address;
    // The entry behind that of page 1: data of somebody else, with R and W.
    memory.writeQwords(leaf + 8n, [0x9999_9003n]);
    expect(texts(unitOf(legacy([page(1, 0x9000)])), unit)).toEqual([
      '00:04.0: mapping added at 0x2000-0x2fff, to 0x99999000 (rw)',
    ]);
  });

  test('has devices that came and went with what they reach, and those with another domain', () => {
    const domains = [
      { id: 1, mappings: [page(1, 0x9000)] },
      { id: 2, mappings: [page(1, 0x9000)] },
    ];
    const before = unitOf({
      domains,
      devices: [
        { device: '00:04.0', domain: 1 },
        { device: '00:05.0', domain: 1 },
      ],
    });
    const after = unitOf({
      domains,
      devices: [
        { device: '00:04.0', domain: 2 },
        { device: '01:00.0', domain: 1 },
      ],
    });
    expect(texts(before, after)).toEqual([
      '00:04.0: domain 1, 4 levels -> domain 2, 4 levels',
      '00:05.0: removed',
      '00:05.0: mapping removed at 0x1000-0x1fff, to 0x9000000 (rw)',
      '01:00.0: added',
      '01:00.0: mapping added at 0x1000-0x1fff, to 0x9000000 (rw)',
    ]);
  });

  test('has PASIDs', () => {
    const of = (mappings: readonly ReturnType<typeof page>[]): TablesDescription => ({
      mode: 'scalable',
      domains: [
        { id: 1, mappings: [page(1, 0x9000)] },
        { id: 2, kind: 'first-stage', mappings },
      ],
      devices: [{ device: '00:04.0', domain: 1, pasids: { 5: 2 } }],
    });
    const [before, after] = [unitOf(of([]), SCALABLE_UNIT), unitOf(of([page(3, 0x9003)]), SCALABLE_UNIT)];
    expect(texts(before, after)).toEqual(['00:04.0 PASID 5: mapping added at 0x3000-0x3fff, to 0x9003000 (rw)']);
  });

  test('has interrupts', () => {
    const of = (vectors: readonly (readonly [number, number])[]): TablesDescription => ({
      interrupts: { entries: vectors.map(([index, vector]) => ({ index, vector, source: '00:04.0' })) },
    });
    const before = unitOf(
      of([
        [0, 0x31],
        [1, 0x32],
      ]),
      INTERRUPT_UNIT,
    );
    const after = unitOf(
      of([
        [1, 0x33],
        [2, 0x34],
      ]),
      INTERRUPT_UNIT,
    );
    expect(texts(before, after)).toEqual([
      'interrupt 0: removed, 0x00000000000400200000000000310001',
      'interrupt 1: changed, 0x00000000000400200000000000320001 -> 0x00000000000400200000000000330001',
      'interrupt 2: added, 0x00000000000400200000000000340001',
    ]);
  });

  test('says of every page exactly whether it goes elsewhere', () => {
    const pages = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 3 })), {
      selector: ([n]) => n,
      maxLength: 20,
    });
    // Neighbours that go to neighbours are one mapping.
    const mappingsOf = (of: readonly (readonly [number, number])[]) =>
      of.map(([n, shift]) => page(n, 0x9000 + n + 64 * shift));
    fc.assert(
      fc.property(pages, pages, (before, after) => {
        const changed = new Map<number, readonly [bigint | undefined, bigint | undefined]>();
        for (const change of diffTables(unitOf(legacy(mappingsOf(before))), unitOf(legacy(mappingsOf(after))))) {
          if (!('bytes' in change)) throw new Error(changeText(change));
          for (let n = 0; n < change.bytes / 4096; n++) {
            const at = (target?: { output: bigint }) => target && target.output + BigInt(4096 * n);
            changed.set(Number(change.input >> 12n) + n, [at(change.before), at(change.after)]);
          }
        }
        const [old, now] = [new Map(before), new Map(after)];
        for (let n = 0; n <= 24; n++) {
          const target = (shift?: number) => (shift === undefined ? undefined : BigInt(0x9000 + n + 64 * shift) << 12n);
          const expected = [target(old.get(n)), target(now.get(n))];
          expect(changed.get(n)).toEqual(expected[0] === expected[1] ? undefined : expected);
        }
      }),
    );
  });
});
