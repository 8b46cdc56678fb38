import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dmaRequest,
  interruptRequest,
  newTranslation,
  PRESETS,
  RemappingUnit,
  remappableRequest,
  SparseMemory,
  type UnitParameters,
} from '../../src/index.ts';
import { lint } from '../../src/lint/lint.ts';
import {
  buildTables,
  type DomainDescription,
  type MappingDescription,
  type TablesDescription,
  turnOn,
} from '../../src/tables/index.ts';
import { listTables } from '../../src/tables/list.ts';
import { INTERRUPT_UNIT, LEGACY_UNIT, SCALABLE_UNIT } from './units.ts';

const GIB = 2n ** 30n;
const DEVICE = 0x20;

function built(unit: UnitParameters, description: TablesDescription): RemappingUnit {
  const tables = buildTables(unit, description);
  const made = new RemappingUnit({ unit, memory: tables.memory });
  turnOn(made, tables);
  return made;
}

/** Where a description sends an address, and what may be done there; read by hand and not by the builder. */
function expected(mappings: readonly MappingDescription[], address: bigint) {
  const mapping = mappings.find(({ input, size }) => address >= input && address < input + size);
  if (mapping === undefined) return undefined;
  return { address: mapping.output + (address - mapping.input), access: mapping.access ?? 'rw' };
}

/** What the model answers, of the same form; `pasid` undefined is a request without one. */
function answered(unit: RemappingUnit, address: bigint, pasid?: number) {
  const reach = (access: 'read' | 'write') => {
    const translation = newTranslation();
    const request = dmaRequest({ sourceId: DEVICE, address, access, ...(pasid === undefined ? {} : { pasid }) });
    return unit.translate(request, translation) === undefined ? BigInt(translation.page) << 12n : undefined;
  };
  const [read, write] = [reach('read'), reach('write')];
  if (read === undefined && write === undefined) return undefined;
  if (read !== undefined && write !== undefined) expect(read).toBe(write);
  return { address: (read ?? write)!, access: read === undefined ? 'w' : write === undefined ? 'r' : 'rw' };
}

/** First and last page of each mapping, those beside it, and one within. */
const probes = (mappings: readonly MappingDescription[]): readonly bigint[] =>
  mappings.flatMap(({ input, size }) => {
    const middle = input + ((size / 2n) & ~0xfffn);
    return [input, input + size - 4096n, middle, input + size, input === 0n ? input : input - 4096n];
  });

const clean = (unit: RemappingUnit): readonly string[] =>
  lint(unit)
    .filter(({ severity }) => severity !== 'note')
    .map(({ rule, says }) => `${rule}: ${says}`);

/** Mappings within a gibibyte each, at inputs and outputs of their own; the fourth gibibyte has the interrupts. */
function mappingsWithin(
  gibibytes: { readonly input: number; readonly output: number },
  accesses: readonly ('r' | 'w' | 'rw')[],
) {
  const chunk = (most: number) => fc.integer({ min: 4, max: most });
  const within = fc.oneof(
    fc.record({ from: fc.integer({ min: 0, max: 600 }), pages: fc.integer({ min: 1, max: 1200 }) }),
    fc.record({ from: fc.constantFrom(0, 512, 1024), pages: fc.constantFrom(512, 513, 1024, 2 ** 18 - 1024) }),
    fc.constant({ from: 0, pages: 2 ** 18 }),
  );
  const one = fc.record({
    inputChunk: chunk(gibibytes.input),
    outputChunk: chunk(gibibytes.output),
    within,
    aligned: fc.boolean(),
    access: fc.constantFrom(...accesses),
    pageSize: fc.constantFrom<('4K' | '2M' | '1G' | undefined)[]>('4K', '2M', '1G', undefined),
  });
  return fc.uniqueArray(one, { selector: ({ inputChunk }) => inputChunk, maxLength: 4 }).map((all) =>
    all.map(({ inputChunk, outputChunk, within: { from, pages }, aligned, access, pageSize }): MappingDescription => {
      // Of small pages a gibibyte is too much for a test.
      const count = pageSize === '4K' ? Math.min(pages, 2000) : pages;
      const shift = aligned || from + count >= 2 ** 18 ? 0 : 1;
      return {
        input: BigInt(inputChunk) * GIB + BigInt(from) * 4096n,
        output: BigInt(outputChunk) * GIB + BigInt(from + (count > 2000 ? 0 : shift)) * 4096n,
        size: BigInt(count) * 4096n,
        access,
        ...(pageSize === undefined ? {} : { pageSize }),
      };
    }),
  );
}

describe('Tables that are built', () => {
  test('legacy mode: they translate exactly as described, and nothing is wrong with them', () => {
    const levels = fc.constantFrom<(3 | 4 | undefined)[]>(3, 4, undefined);
    fc.assert(
      fc.property(mappingsWithin({ input: 500, output: 4000 }, ['r', 'rw']), levels, (mappings, count) => {
        const domain: DomainDescription = { id: 7, mappings, ...(count === undefined ? {} : { levels: count }) };
        const unit = built(LEGACY_UNIT, { domains: [domain], devices: [{ device: DEVICE, domain: 7 }] });
        for (const address of probes(mappings)) expect(answered(unit, address)).toEqual(expected(mappings, address));
        expect(clean(unit)).toEqual([]);
      }),
    );
  });

  test('scalable mode: so do a second and a first stage, for a device and for a PASID', () => {
    const two = fc.tuple(
      mappingsWithin({ input: 500, output: 4000 }, ['r', 'rw']),
      mappingsWithin({ input: 500, output: 4000 }, ['r', 'rw']),
      fc.integer({ min: 1, max: 2 ** 20 - 1 }),
    );
    fc.assert(
      fc.property(two, ([second, first, pasid]) => {
        const unit = built(SCALABLE_UNIT, {
          mode: 'scalable',
          domains: [
            { id: 1, mappings: second },
            { id: 2, kind: 'first-stage', mappings: first },
          ],
          devices: [{ device: DEVICE, domain: 1, pasids: { [pasid]: 2 } }],
        });
        for (const address of probes(second)) expect(answered(unit, address)).toEqual(expected(second, address));
        for (const address of probes(first)) expect(answered(unit, address, pasid)).toEqual(expected(first, address));
        expect(clean(unit)).toEqual([]);
      }),
      // With five levels the page of 2 MB would read as one of 1 GB, which says nothing.
      { numRuns: 20, examples: [[[[], [{ input: 4n * GIB, output: 4n * GIB, size: 2n ** 21n, access: 'r' }], 1]]] },
    );
  });

  test('nested: what the first stage maps is what the second makes of it', () => {
    const guest: MappingDescription = { input: 0n, output: 64n * GIB, size: 2n * GIB };
    const pages = fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 19 - 1 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pages, (targets) => {
        const guestMappings = targets.map(
          (page, n): MappingDescription => ({
            input: BigInt(5 + 3 * n) * 2n ** 21n,
            output: BigInt(page) * 4096n,
            size: 4096n,
            access: n % 2 === 0 ? 'rw' : 'r',
          }),
        );
        const unit = built(SCALABLE_UNIT, {
          mode: 'scalable',
          domains: [{ id: 3, kind: 'nested', mappings: [guest], guestMappings, guestTables: 4n * GIB }],
          devices: [{ device: DEVICE, domain: 3 }],
        });
        for (const address of probes(guestMappings)) {
          const found = expected(guestMappings, address);
          const host = found && { address: found.address + 64n * GIB, access: found.access };
          expect(answered(unit, address)).toEqual(host);
        }
        expect(clean(unit)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  test('pass-through, in both modes', () => {
    for (const [mode, parameters] of [
      ['legacy', LEGACY_UNIT],
      ['scalable', SCALABLE_UNIT],
    ] as const) {
      const description = {
        mode,
        domains: [{ id: 1, kind: 'pass-through' as const }],
        devices: [{ device: DEVICE, domain: 1 }],
      };
      const unit = built(parameters, description);
      expect(answered(unit, 0x1234_5000n)).toEqual({ address: 0x1234_5000n, access: 'rw' });
      expect(clean(unit)).toEqual([]);
    }
  });

  test('the largest pages that fit are used', () => {
    const mappings = [{ input: GIB - 2n ** 21n, output: 5n * GIB - 2n ** 21n, size: GIB + 2n ** 22n + 4096n }];
    const unit = built(LEGACY_UNIT, { domains: [{ id: 1, mappings }], devices: [{ device: DEVICE, domain: 1 }] });
    const [domain] = listTables(unit).domains;
    expect(domain!.mappings.map(({ leaves }) => leaves)).toEqual([{ '4K': 1, '2M': 2, '1G': 1 }]);
  });

  test('an image has whatever allocator is given', () => {
    const memory = new SparseMemory({ unwritten: 'zero' });
    const given: bigint[] = [];
    let next = 0x7000_0000n;
    const allocator = {
      allocate: (pages: number) => {
        given.push(next);
        next += BigInt(pages) * 0x1_0000n;
        return given.at(-1)!;
      },
    };
    const description = {
      domains: [{ id: 1, mappings: [{ input: 0n, output: GIB, size: 4096n }] }],
      devices: [{ device: '00:04.0', domain: 1 }],
    };
    const tables = buildTables(LEGACY_UNIT, description, { memory, allocator });
    expect(tables.memory).toBe(memory);
    // Four levels, root, context.
    expect(given).toHaveLength(6);
    expect(given).toContain(tables.rootTable);
  });

  test('interrupts: each entry delivers or posts what is described, to whom may ask', () => {
    const entries = [
      { index: 0, vector: 0x31, destination: 2, source: '00:04.0' },
      {
        index: 1,
        vector: 0x40,
        destination: 3,
        source: { firstBus: 0, lastBus: 1 },
        redirectionHint: true,
        deliveryMode: 1,
      },
      { index: 255, vector: 0x50, destination: 1, source: '00:04.0', posted: { notificationVector: 0xf2 } },
    ];
    for (const extended of [false, true]) {
      const unit = built(INTERRUPT_UNIT, { interrupts: { entries, extended } });
      const ask = (index: number, sourceId: number) => {
        const { address, data } = remappableRequest({ handle: index });
        return unit.interrupt(interruptRequest({ sourceId, address: BigInt(address), data }));
      };
      expect(ask(0, DEVICE)).toMatchObject({ kind: 'delivered', vector: 0x31, destination: 2 });
      expect(ask(0, DEVICE + 1)).toMatchObject({ kind: 'blocked', fault: { condition: { code: '26h' } } });
      expect(ask(1, 0x1ff)).toMatchObject({ kind: 'delivered', vector: 0x40, destination: 3 });
      expect(ask(255, DEVICE)).toMatchObject({ kind: 'posted', vector: 0x50 });
      expect(ask(2, DEVICE)).toMatchObject({ kind: 'blocked', fault: { condition: { code: '22h' } } });
      expect(clean(unit)).toEqual([]);
    }
  });
});

describe('Descriptions that no unit can do', () => {
  const mapping: MappingDescription = { input: 0n, output: GIB, size: 4096n };
  const second = (more: Partial<DomainDescription>): TablesDescription => ({
    domains: [{ id: 1, mappings: [mapping], ...more }],
  });
  test.each<readonly [string, UnitParameters, TablesDescription]>([
    ['scalable mode needs ECAP_REG.SMTS', LEGACY_UNIT, { mode: 'scalable' }],
    ['domain 1 is described twice', LEGACY_UNIT, { domains: [{ id: 1 }, { id: 1 }] }],
    ['domain 65536: a domain-id of this unit is below 65536', LEGACY_UNIT, { domains: [{ id: 65536 }] }],
    ['domain 1: a second stage of 5 levels is not in CAP_REG.SAGAW', LEGACY_UNIT, second({ levels: 5 })],
    [
      'domain 1: the mapping of 0x8000000000 ends beyond min(MGAW, AGAW)',
      LEGACY_UNIT,
      second({ levels: 3, mappings: [{ ...mapping, input: 2n ** 39n }] }),
    ],
    [
      'domain 1: the mapping of 0x0 leads beyond the host address width',
      LEGACY_UNIT,
      second({ mappings: [{ ...mapping, output: 2n ** 50n }] }),
    ],
    ['domain 1: the mapping of 0x0 overlaps another one', LEGACY_UNIT, second({ mappings: [mapping, mapping] })],
    [
      'domain 1: the mapping of 0x1000 overlaps another one',
      LEGACY_UNIT,
      second({
        mappings: [
          { ...mapping, size: GIB },
          { ...mapping, input: 4096n },
        ],
      }),
    ],
    [
      'domain 1: the mapping of 0x0 overlaps another one',
      LEGACY_UNIT,
      second({
        mappings: [
          { ...mapping, input: 4096n },
          { ...mapping, size: GIB },
        ],
      }),
    ],
    [
      'domain 1: the mapping of 0x1: input is a multiple of 4 KiB, got 0x1',
      LEGACY_UNIT,
      second({ mappings: [{ ...mapping, input: 1n }] }),
    ],
    [
      'domain 1: the mapping of 0x0 has no page, or ends above 2^64',
      LEGACY_UNIT,
      second({ mappings: [{ ...mapping, size: 0n }] }),
    ],
    ['domain 1: snooped needs ECAP_REG.SC', LEGACY_UNIT, second({ mappings: [{ ...mapping, snooped: true }] })],
    ['domain 1: a first stage needs ECAP_REG.FSTS', LEGACY_UNIT, second({ kind: 'first-stage' })],
    [
      'domain 1: a first stage has no mapping for writes alone',
      SCALABLE_UNIT,
      second({ kind: 'first-stage', mappings: [{ ...mapping, access: 'w' }] }),
    ],
    [
      'domain 1: the mapping of 0x800000000000 is not canonical for 4 levels',
      SCALABLE_UNIT,
      second({ kind: 'first-stage', mappings: [{ ...mapping, input: 2n ** 47n }] }),
    ],
    ['domain 1: nested translation needs guestTables', SCALABLE_UNIT, second({ kind: 'nested' })],
    ['domain 1: pass-through maps nothing', LEGACY_UNIT, second({ kind: 'pass-through' })],
    [
      'the device 32 needs a domain that is described, got 9',
      LEGACY_UNIT,
      { devices: [{ device: DEVICE, domain: 9 }] },
    ],
    [
      'the device 0x20 is described twice',
      LEGACY_UNIT,
      {
        ...second({}),
        devices: [
          { device: DEVICE, domain: 1 },
          { device: '0x20', domain: 1 },
        ],
      },
    ],
    [
      'the device 32 has PASIDs, and legacy mode has none',
      LEGACY_UNIT,
      { devices: [{ device: DEVICE, pasids: { 1: 1 } }] },
    ],
    [
      'the device 32 has PASID 0, which stands for no PASID',
      SCALABLE_UNIT,
      { ...second({}), mode: 'scalable', devices: [{ device: DEVICE, pasids: { 0: 1 } }] },
    ],
    [
      'interrupt 256: an index is below 256 and used once',
      INTERRUPT_UNIT,
      { interrupts: { entries: [{ index: 256, vector: 0x30, source: 'any' }] } },
    ],
    [
      'interrupt 0: an APIC id has 8 bits, got 256',
      INTERRUPT_UNIT,
      { interrupts: { entries: [{ index: 0, vector: 0x30, source: 'any', destination: 256 }] } },
    ],
    [
      'an interrupt remapping table has 2 to 65536 entries, a power of two, got 3',
      INTERRUPT_UNIT,
      { interrupts: { size: 3, entries: [] } },
    ],
  ])('%s', (says, unit, description) => {
    expect(() => buildTables(unit, description)).toThrow(new RangeError(says));
  });

  test('a preset is a unit like any other', () => {
    const description = { domains: [{ id: 1, mappings: [mapping] }], devices: [{ device: DEVICE, domain: 1 }] };
    for (const { unit } of Object.values(PRESETS)) {
      if ((unit.capabilities & 0x1f00n) === 0n) continue;
      const tables = buildTables(unit, description);
      const made = new RemappingUnit({ unit, memory: tables.memory });
      turnOn(made, tables);
      expect(answered(made, 0n)).toEqual({ address: GIB, access: 'rw' });
    }
  });
});
