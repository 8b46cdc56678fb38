import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildDmar, type FunctionFacts, type Parts, parseDmar, type RemappingStructure } from '../../src/acpi/index.ts';
import { bridgesAbove, requesterIds, servingUnit, virtualFunctions } from '../../src/topology/index.ts';
import { TABLE_33 } from '../acpi/pieces.ts';
import { ROOT } from '../harness/repository.ts';

const tableOf = (...structures: readonly Parts<RemappingStructure>[]) =>
  parseDmar(buildDmar({ hostAddressWidth: 39, structures })).table!;
const scope = (type: number, ...path: readonly [number, number][]) => ({
  type,
  path: path.map(([device, number]) => ({ device, function: number })),
});
const unit = (n: number, more: object = {}): Parts<RemappingStructure> => ({
  kind: 'DRHD',
  registerBaseAddress: 0xfed9_0000n + BigInt(n) * 0x1000n,
  ...more,
});
const port = (
  sourceId: number,
  secondaryBus: number,
  subordinateBus = secondaryBus,
  more: object = {},
): FunctionFacts => ({
  sourceId,
  bridge: { kind: 'pcie', secondaryBus, subordinateBus },
  ...more,
});

/** How it is served, and which structure of the table does: nothing for none. */
function answer(
  table: Parameters<typeof servingUnit>[0],
  functions: readonly FunctionFacts[],
  sourceId: number,
  segment = 0,
): readonly unknown[] {
  const { by, serves } = servingUnit(table, functions, { segment, sourceId });
  return serves === undefined ? [by] : [by, serves.index];
}

describe('Table 33, with bus 1 and 2 behind 00:07.0', () => {
  const { table } = parseDmar(TABLE_33);
  const functions = [port(0x0038, 1, 2), port(0x0100, 2), { sourceId: 0x0200 }];

  test.each([
    ['00:04.0 is listed by the first unit', 0x0020, ['listed', 0]],
    ['00:05.0 too', 0x0028, ['listed', 0]],
    ['00:07.0, the bridge, is in its own sub-hierarchy', 0x0038, ['sub-hierarchy', 1]],
    ['01:00.0 is below it', 0x0100, ['sub-hierarchy', 1]],
    ['02:00.0 is below a bridge below it', 0x0200, ['sub-hierarchy', 1]],
    ['02:1f.7, which is not known, too', 0x02ff, ['sub-hierarchy', 1]],
    ['00:1e.0 is left to INCLUDE_PCI_ALL', 0x00f0, ['include-pci-all', 2]],
    ['the I/O APIC is 00:1f.7', 0x00ff, ['listed', 2]],
    ['the HPET is 00:1f.6', 0x00fe, ['listed', 2]],
  ])('%s', (_, sourceId, expected) => {
    expect(answer(table!, functions, sourceId)).toEqual(expected);
  });

  test('another segment has no unit', () => {
    expect(answer(table!, functions, 0x0020, 1)).toEqual(['nothing']);
  });

  test('without the bridges nobody can tell who has a bus behind one, and the entry that may is named', () => {
    const { by, serves, doubt } = servingUnit(table!, [], { sourceId: 0x0100 });
    expect([by, serves]).toEqual(['unknown', undefined]);
    expect(doubt).toEqual([{ type: 2, enumerationId: 0, startBusNumber: 0, path: [{ device: 7, function: 0 }] }]);
    expect(answer(table!, [], 0x0020)).toEqual(['listed', 0]);
    expect(answer(table!, [], 0x0038)).toEqual(['sub-hierarchy', 1]);
    expect(answer(table!, [], 0x00f0)).toEqual(['include-pci-all', 2]);
  });

  test('a bus behind a bridge that is known is not behind one that is not', () => {
    expect(answer(table!, [port(0x00e0, 5)], 0x0500)).toEqual(['include-pci-all', 2]);
  });
});

describe('Which unit serves a device', () => {
  test('none without INCLUDE_PCI_ALL', () => {
    const table = tableOf(unit(0, { deviceScope: [scope(1, [2, 0])] }));
    expect(answer(table, [], 0x0018)).toEqual(['nothing']);
  });

  test('without entries for bridges no bridge matters', () => {
    const table = tableOf(unit(0, { deviceScope: [scope(1, [2, 0])] }), unit(1, { INCLUDE_PCI_ALL: 1 }));
    expect(answer(table, [], 0x0500)).toEqual(['include-pci-all', 1]);
  });

  test('an endpoint of one unit below a bridge of another is that of the first', () => {
    const table = tableOf(
      unit(0, { deviceScope: [scope(2, [0x1c, 0])] }),
      unit(1, { deviceScope: [scope(1, [0x1c, 0], [0, 0])] }),
    );
    const functions = [port(0x00e0, 5), { sourceId: 0x0500 }];
    expect(answer(table, functions, 0x0500)).toEqual(['listed', 1]);
    expect(answer(table, functions, 0x0501)).toEqual(['sub-hierarchy', 0]);
  });

  test('of two bridges above a device the deeper one counts, in whatever order they are', () => {
    const upper = unit(0, { deviceScope: [scope(2, [0x1c, 0])] });
    const lower = unit(1, { deviceScope: [scope(2, [0x1c, 0], [1, 0])] });
    const functions = [port(0x0508, 6), port(0x00e0, 5, 6)];
    expect(answer(tableOf(upper, lower), functions, 0x0600)).toEqual(['sub-hierarchy', 1]);
    expect(answer(tableOf(lower, upper), functions, 0x0600)).toEqual(['sub-hierarchy', 0]);
    expect(bridgesAbove(functions, 0, 0x0600).map(({ sourceId }) => sourceId)).toEqual([0x0508, 0x00e0]);
  });

  test('of a path that goes on below a known bridge nobody can tell without the next one', () => {
    const table = tableOf(
      unit(0, { deviceScope: [scope(2, [0x1c, 0], [1, 0], [2, 0])] }),
      unit(1, { INCLUDE_PCI_ALL: 1 }),
    );
    expect(answer(table, [port(0x00e0, 5, 9)], 0x0700)).toEqual(['unknown']);
    const known = [port(0x00e0, 5, 9), port(0x0508, 6, 9), port(0x0610, 7, 8)];
    expect(answer(table, known, 0x0700)).toEqual(['sub-hierarchy', 0]);
    expect(answer(table, known, 0x0900)).toEqual(['include-pci-all', 1]);
  });

  test('other bus numbers, the same unit: an I/O APIC behind a bridge (§8.3.5)', () => {
    const table = tableOf(unit(0, { deviceScope: [{ ...scope(3, [1, 0], [2, 0]), enumerationId: 4 }] }));
    expect(answer(table, [port(0x0008, 5)], 0x0510)).toEqual(['listed', 0]);
    expect(answer(table, [port(0x0008, 7)], 0x0710)).toEqual(['listed', 0]);
    expect(answer(table, [port(0x0008, 7)], 0x0510)).toEqual(['nothing']);
  });

  test('an HPET and an ACPI device are their start bus and their pair (§8.3.1)', () => {
    const hpet = { ...scope(4, [0x1f, 0]), startBusNumber: 0xf0 };
    const uart = { ...scope(5, [0x15, 0]), startBusNumber: 0xf0, enumerationId: 3 };
    const table = tableOf(unit(0, { deviceScope: [hpet] }), unit(1, { deviceScope: [uart] }));
    expect(answer(table, [], 0xf0f8)).toEqual(['listed', 0]);
    expect(answer(table, [], 0xf0a8)).toEqual(['listed', 1]);
  });

  test('a second host bridge begins at a bus of its own', () => {
    const table = tableOf(
      unit(0, { deviceScope: [{ ...scope(2, [1, 0]), startBusNumber: 0x80 }] }),
      unit(1, { INCLUDE_PCI_ALL: 1 }),
    );
    expect(answer(table, [], 0x8010)).toEqual(['include-pci-all', 1]);
    expect(answer(table, [], 0x8008)).toEqual(['sub-hierarchy', 0]);
    expect(answer(table, [], 0x8100)).toEqual(['unknown']);
    expect(answer(table, [], 0x0010)).toEqual(['include-pci-all', 1]);
  });

  test('bridges of another segment are not above it', () => {
    const table = tableOf(unit(0, { segmentNumber: 1, deviceScope: [scope(2, [0x1c, 0])] }));
    expect(answer(table, [port(0x00e0, 5, 5, { segment: 1 })], 0x0500, 1)).toEqual(['sub-hierarchy', 0]);
    expect(answer(table, [port(0x00e0, 5)], 0x0500, 1)).toEqual(['unknown']);
  });
});

describe('Functions that take the unit of another', () => {
  const table = tableOf(
    unit(0, { deviceScope: [scope(1, [5, 0])] }),
    unit(1, { deviceScope: [scope(1, [0x1c, 0], [0, 0])] }),
    unit(2, { INCLUDE_PCI_ALL: 1 }),
  );

  test('virtual functions that of their physical one, also on the next bus (§8.3.3)', () => {
    const physical = { sourceId: 0x0028 };
    const [first, last] = virtualFunctions(physical, { firstOffset: 1, stride: 0xff, count: 2 });
    expect([first?.sourceId, last?.sourceId]).toEqual([0x0029, 0x0128]);
    const functions = [physical, first!, last!];
    expect(answer(table, functions, 0x0029)).toEqual(['listed', 0]);
    expect(answer(table, functions, 0x0128)).toEqual(['listed', 0]);
    expect(servingUnit(table, functions, { sourceId: 0x0128 }).function).toEqual({
      sourceId: 0x0028,
      because: 'virtual function',
    });
  });

  test('ARI functions above 7 that of function 0 (§8.3.2)', () => {
    const ari = (sourceId: number) => ({ sourceId, ari: true });
    const functions = [port(0x00e0, 5), ari(0x0500), ari(0x0501), ari(0x0508)];
    expect(answer(table, functions, 0x0508)).toEqual(['listed', 1]);
    expect(servingUnit(table, functions, { sourceId: 0x0508 }).function.because).toBe('ARI function');
    // Function 1 is a traditional one, and nobody lists it.
    expect(answer(table, functions, 0x0501)).toEqual(['include-pci-all', 2]);
  });

  test('the virtual function of an ARI function above 7 that of function 0', () => {
    const functions = [
      port(0x00e0, 5, 6),
      { sourceId: 0x0500, ari: true },
      { sourceId: 0x0508, ari: true },
      { sourceId: 0x0610, physicalFunction: 0x0508 },
    ];
    expect(answer(table, functions, 0x0610)).toEqual(['listed', 1]);
  });

  test('phantom functions that of their function (§3.12.5)', () => {
    const functions = [{ sourceId: 0x0028, phantomBits: 2 }];
    for (const phantom of [0x0028, 0x002a, 0x002c, 0x002e])
      expect(answer(table, functions, phantom)).toEqual(['listed', 0]);
    expect(answer(table, functions, 0x0029)).toEqual(['include-pci-all', 2]);
  });

  test('facts that name each other in a circle end', () => {
    const functions = [
      { sourceId: 0x0028, physicalFunction: 0x0030 },
      { sourceId: 0x0030, physicalFunction: 0x0028 },
    ];
    expect(answer(table, functions, 0x0028)).toEqual(['include-pci-all', 2]);
  });

  test('what a caller may not do', () => {
    expect(() => servingUnit(table, [], { sourceId: 0x1_0000 })).toThrow('sourceId is an integer from 0 to 0xffff');
    expect(() => servingUnit(table, [], { segment: -1, sourceId: 0 })).toThrow('segment is an integer');
  });
});

describe('The guest of fixtures/linux/legacy48', () => {
  const folder = join(ROOT, 'fixtures/linux/legacy48');
  const table = parseDmar(readFileSync(join(folder, 'dmar.bin'))).table!;
  const translations = JSON.parse(readFileSync(join(folder, 'translations.json'), 'utf8')) as { sid: string }[];
  // e1000e and nvme are behind root ports, virtio-net behind a bridge to PCI.
  const card: FunctionFacts = { sourceId: 0x0310 };
  const functions: readonly FunctionFacts[] = [
    port(0x00e0, 1),
    port(0x00e8, 2),
    { sourceId: 0x00f0, bridge: { kind: 'pcie-to-pci', secondaryBus: 3, subordinateBus: 3 } },
    card,
  ];

  test('every source-id that translated has the one unit', () => {
    const ids = [...new Set(translations.map(({ sid }) => Number(sid)))].sort((a, b) => a - b);
    expect(ids.map((id) => [id, ...answer(table, functions, id)])).toEqual([
      [0x0020, 'listed', 0],
      [0x00fa, 'listed', 0],
      [0x0100, 'sub-hierarchy', 0],
      [0x0200, 'sub-hierarchy', 0],
      [0x0300, 'sub-hierarchy', 0],
    ]);
  });

  test('the card behind the bridge to PCI may use the name that its requests were seen with', () => {
    expect(requesterIds(card, functions)).toEqual([0x0310, 0x0300]);
    expect(translations.some(({ sid }) => Number(sid) === 0x0300)).toBe(true);
  });
});
