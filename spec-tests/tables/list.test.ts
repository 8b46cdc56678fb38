import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openImage } from '../../src/images/image.ts';
import { unitOf } from '../../src/images/unit.ts';
import { listTables, walkTables, whyNotListed } from '../../src/tables/list.ts';
import { image } from '../cli/vtd.ts';
import { unitWith } from './table-builder.ts';

/** What the rig's own tool found in the same memory. */
interface Summary {
  readonly contexts: readonly {
    sid: string;
    tt: number;
    did: number;
    second_stage: { ptr: string; levels: number };
  }[];
  readonly page_tables: readonly { ptr: string; levels: number; leaves: Readonly<Record<string, number>> }[];
}

const LEGACY = ['legacy48', 'legacy48-lazy', 'v10-legacy-eim'];

/** Device 00:00.0 of domain 5: 39 bits, 3 levels, tables at 3000h. */
const ONE_DEVICE = { 4096: 0x2001n, 8192: 0x3001n, 8200: 0x501n };

describe.each(LEGACY)('The listing of %s against the summary of another tool', (name) => {
  const { summary }: { summary: Summary } = JSON.parse(readFileSync(join(image(name), 'dump.json'), 'utf8'));
  const listing = listTables(unitOf(openImage(image(name))));

  test('has the same context entries', () => {
    const found = listing.devices.map(({ sourceId, type, domainId, table, levels }) => ({
      sid: `0x${sourceId.toString(16)}`,
      tt: type,
      did: domainId,
      second_stage: { ptr: `0x${table.toString(16)}000`, levels },
    }));
    expect(found).toEqual(summary.contexts);
  });

  test('has the same tables with the same leaves', () => {
    const found = listing.domains.map(({ table, levels, mappings }) => {
      const count = mappings.reduce((sum, { leaves }) => sum + leaves['4K'], 0);
      return { ptr: `0x${table.toString(16)}000`, levels, leaves: count === 0 ? {} : { '4k': count } };
    });
    expect(found).toEqual(summary.page_tables);
  });

  test('has no problems and a mapping of 4 KiB for each leaf', () => {
    expect(listing.problems).toEqual([]);
    for (const { pages, leaves } of listing.domains.flatMap(({ mappings }) => mappings)) {
      expect(pages).toBe(leaves['4K']);
    }
  });
});

/** The same of the images in scalable mode: one PASID-table entry a device, for requests without PASID. */
interface ScalableSummary {
  readonly contexts: readonly unknown[];
  readonly page_tables: readonly { ptr: string; levels: number; leaves: Readonly<Record<string, number>> }[];
}

describe.each(['v10-first-stage', 'v11-scalable-ss'])(
  'The listing of %s against the summary of another tool',
  (name) => {
    const { summary }: { summary: ScalableSummary } = JSON.parse(readFileSync(join(image(name), 'dump.json'), 'utf8'));
    const listing = listTables(unitOf(openImage(image(name))));
    const addressText = (page: number) => `0x${page.toString(16)}000`;

    test('has the same context entries and PASIDs', () => {
      const found = listing.scalableDevices.flatMap(({ sourceId, fields, pasids }) =>
        pasids.map(({ pasid, domainId, stages: { type, firstStage, secondStage } }) => ({
          sid: `0x${sourceId.toString(16)}`,
          pasid: `0x${pasid.toString(16)}`,
          rid_pasid: `0x${fields.RID_PASID.toString(16)}`,
          pgtt: type,
          did: domainId,
          ...(firstStage && { first_stage: { ptr: addressText(firstStage.table), levels: firstStage.levels } }),
          ...(secondStage && { second_stage: { ptr: addressText(secondStage.table), levels: secondStage.levels } }),
        })),
      );
      expect(found).toEqual(summary.contexts);
    });

    test('has the same tables with the same leaves', () => {
      const found = listing.pasidDomains.map(({ stages: { firstStage, secondStage }, mappings }) => {
        const { table, levels } = firstStage ?? secondStage ?? { table: 0, levels: 0 };
        const count = (size: '4K' | '2M') => mappings.reduce((sum, { leaves }) => sum + leaves[size], 0);
        const leaves = { ...(count('2M') > 0 && { '2m': count('2M') }), ...(count('4K') > 0 && { '4k': count('4K') }) };
        return { ptr: addressText(table), levels, leaves };
      });
      expect(found).toEqual(summary.page_tables);
    });

    test('has no problems', () => {
      expect(listing.problems).toEqual([]);
    });
  },
);

describe('Mappings', () => {
  test('neighbours in input and output with equal rights are one range', () => {
    const unit = unitWith({
      ...ONE_DEVICE,
      12288: 0x4003n,
      16384: 0x5003n,
      20480: 0x7_0003n,
      20488: 0x7_1003n,
      20496: 0x7_2001n,
      20504: 0x7_4001n,
      20512: 0x7_5001n,
      20528: 0x7_7001n,
    });
    const ranges = listTables(unit).domains[0]?.mappings.map(({ input, output, pages, permission }) => [
      input,
      output,
      pages,
      permission,
    ]);
    expect(ranges).toEqual([
      [0, 0x70, 2, 3],
      [2, 0x72, 1, 1],
      [3, 0x74, 2, 1],
      [6, 0x77, 1, 1],
    ]);
  });

  test('a range may be made of pages of different sizes, which are counted', () => {
    const unit = unitWith({
      ...ONE_DEVICE,
      12288: 0x4003n,
      12296: 0x4000_0083n,
      // The last 2 MiB below 1 GiB, and the 4 KiB before it.
      20464: 0x5003n,
      20472: 0x3fe0_0083n,
      24568: 0x3fdf_f003n,
    });
    const [range, ...more] = listTables(unit).domains[0]?.mappings ?? [];
    expect(more).toEqual([]);
    expect(range).toMatchObject({ input: 0x3fdff, output: 0x3fdff, leaves: { '4K': 1, '2M': 1, '1G': 1 } });
    expect(range?.pages).toBe(1 + 512 + 262144);
  });

  test('rights are the AND along the way', () => {
    const unit = unitWith({ ...ONE_DEVICE, 12288: 0x4001n, 16384: 0x5003n, 20480: 0x7_0003n });
    expect(listTables(unit).domains[0]?.mappings).toMatchObject([{ input: 0, permission: 1 }]);
  });

  test('§3.15: what is mapped at FEEx_xxxxh is never looked up, and the rest of the large page is mapped', () => {
    const unit = unitWith({ ...ONE_DEVICE, 12312: 0x1_0000_0083n });
    const [domain] = listTables(unit).domains;
    expect(domain?.unreachable).toEqual([{ kind: 'unreachable', input: 0xfee00, pages: 256 }]);
    expect(domain?.mappings.map(({ input, pages }) => [input, pages])).toEqual([
      [0xc0000, 0x3ee00],
      [0xfef00, 0x1100],
    ]);
  });
});

describe('Devices and domains', () => {
  test('devices with one domain-id and one table share a domain', () => {
    const unit = unitWith({ ...ONE_DEVICE, 8208: 0x3001n, 8216: 0x501n, 12288: 0n });
    expect(listTables(unit).domains).toMatchObject([{ domainId: 5, devices: [0, 1], ambiguous: false }]);
  });

  test('one domain-id with two tables is pointed out', () => {
    const unit = unitWith({ ...ONE_DEVICE, 8208: 0x4001n, 8216: 0x501n, 12288: 0n, 16384: 0n });
    expect(listTables(unit).domains).toMatchObject([
      { domainId: 5, table: 3, ambiguous: true },
      { domainId: 5, table: 4, ambiguous: true },
    ]);
  });

  test('a pass-through device has no tables', () => {
    const unit = unitWith({ 4096: 0x2001n, 8192: 0x9n, 8200: 0x702n });
    const { devices, domains } = listTables(unit);
    expect(devices).toMatchObject([{ sourceId: 0, type: 2, domainId: 7, levels: 0 }]);
    expect(domains).toEqual([]);
  });

  test('a filter lists one device and its domain', () => {
    const unit = unitOf(openImage(image('legacy48')));
    const { buses, devices, domains } = listTables(unit, { sourceId: 0xfa });
    expect(buses.map(({ bus }) => bus)).toEqual([0]);
    expect(devices.map(({ sourceId }) => sourceId)).toEqual([0xfa]);
    expect(domains.map(({ domainId }) => domainId)).toEqual([7]);
  });

  test('a filter lists one domain and its devices', () => {
    const unit = unitOf(openImage(image('legacy48')));
    const { devices, domains } = listTables(unit, { domainId: 6 });
    expect(devices.map(({ sourceId }) => sourceId)).toEqual([0xf0, 0x300, 0x310]);
    expect(domains.map(({ domainId }) => domainId)).toEqual([6]);
  });
});

describe('Units that look at no tables', () => {
  test.each<[string, bigint, RegExp]>([
    ['abort-dma mode', 0x1c00n, /abort-dma mode/],
    ['a reserved mode', 0x1800n, /reserved/],
    ['scalable mode where the unit has none', 0x1400n, /RTA\.1\.3/],
  ])('%s is answered with a sentence', (_, root, sentence) => {
    const unit = unitWith({ 4096: 0n });
    unit.writeRegister(0x20, 64, root);
    unit.writeRegister(0x18, 32, 0x4000_0000n);
    expect(whyNotListed(unit)).toMatch(sentence);
    expect(() => [...walkTables(unit)]).toThrow(RangeError);
  });
});
