import { describe, expect, test } from 'vitest';
import { type ListOptions, listTables } from '../../src/tables/list.ts';
import { scalableUnitWith } from './table-builder.ts';

type Memory = Readonly<Record<string, bigint>>;

/** Device 00:00.0 with PASIDs: its directory is at 3000h, and the PASID table of PASIDs 0 to 63 at 4000h. */
const DEVICE = { 4096: 0x2001n, 4104: 0n, 8192: 0x3009n, 8200: 0n, 12288: 0x4001n };

const PASS_THROUGH = 4n << 6n;
/** Tables of 39 bits at 5000h. */
const SECOND_STAGE = (2n << 6n) | 0x5000n | (1n << 2n);
const WALKS_SNOOPED = 1n << 23n;
/** A first stage of four levels at 6000h. */
const FIRST_STAGE = 0x6000n;

/** The words of a PASID-table entry. */
function entry(pasid: number, low: bigint, second = 1n, third = 0n): Memory {
  const at = 0x4000 + 64 * pasid;
  return { [at]: low | 1n, [at + 8]: second, [at + 16]: third };
}

/** First-stage tables at 6000h to 9000h that map the first pages with these leaves. */
function firstStage(...leaves: readonly bigint[]): Memory {
  const tables = { 24576: 0x7067n, 28672: 0x8067n, 32768: 0x9067n };
  return { ...tables, ...Object.fromEntries(leaves.map((leaf, n) => [0x9000 + 8 * n, leaf])) };
}

const list = (words: Memory, options: ListOptions = {}) => listTables(scalableUnitWith(words), options);

function problemsOf(words: Memory) {
  return list(words).problems.map(({ condition, page, offset, entries, writesOnly, of }) => {
    return { code: condition.code, at: page * 4096 + offset, entries, writesOnly, of };
  });
}

const ranges = (words: Memory) =>
  list(words).pasidDomains.flatMap(({ mappings }) =>
    mappings.map(({ input, guest, output, pages, permission, supervisor }) => {
      return { input, guest, output, pages, permission, supervisor };
    }),
  );

describe('Devices and PASIDs', () => {
  test('both halves of a root entry lead to devices', () => {
    const words = { 4096: 0x2001n, 4104: 0xa001n, 8192: 0x3001n, 40960: 0x3001n, 41056: 0x3001n };
    const { buses, scalableDevices } = list({ ...words, 12288: 0x4001n, 16384: 0n });
    expect(buses).toMatchObject([
      { bus: 0, half: 'lower', table: 2 },
      { bus: 0, half: 'upper', table: 0xa },
    ]);
    expect(scalableDevices.map(({ sourceId }) => sourceId)).toEqual([0, 0x80, 0x83]);
  });

  test('§3.4.3: the entry of RID_PASID is for requests without PASID, and others for those with one', () => {
    const words = { ...DEVICE, 8200: 3n, ...entry(3, PASS_THROUGH), ...entry(9, PASS_THROUGH, 2n) };
    const [device] = list(words).scalableDevices;
    expect(device?.pasids.map(({ pasid, withoutPasid, domainId }) => [pasid, withoutPasid, domainId])).toEqual([
      [3, true, 1],
      [9, false, 2],
    ]);
  });

  test('SCT.6: with PASIDE=0 the entry of RID_PASID alone is used', () => {
    const words = { ...DEVICE, 8192: 0x3001n, ...entry(0, PASS_THROUGH), ...entry(9, PASS_THROUGH) };
    expect(list(words).scalableDevices[0]?.pasids.map(({ pasid }) => pasid)).toEqual([0]);
  });

  test('SCT.7: PASIDs beyond the directory are not listed, whatever stands there', () => {
    // PDTS=0: 2^13 PASIDs, 128 directory entries.
    const words = { ...DEVICE, 13304: 0x4001n, 13312: 0x4001n, ...entry(9, PASS_THROUGH) };
    expect(list(words).scalableDevices[0]?.pasids.map(({ pasid }) => pasid)).toEqual([9, 127 * 64 + 9]);
  });

  test('entries with one domain-id and the same tables are one domain', () => {
    const words = { ...DEVICE, ...entry(0, SECOND_STAGE), ...entry(1, SECOND_STAGE), ...entry(2, SECOND_STAGE, 2n) };
    const { pasidDomains } = list({ ...words, 20480: 0n });
    expect(pasidDomains.map(({ domainId, users, ambiguous }) => [domainId, users.size, ambiguous])).toEqual([
      [1, 2, false],
      [2, 1, false],
    ]);
  });

  test('§6.2.3: one domain-id with two second stages, or with one and with none, is pointed out', () => {
    const other = (2n << 6n) | 0x6004n;
    const two = list({ ...DEVICE, ...entry(0, SECOND_STAGE), ...entry(1, other), 20480: 0n, 24576: 0n });
    expect(two.pasidDomains.map(({ ambiguous }) => ambiguous)).toEqual([true, true]);
    const mixed = list({ ...DEVICE, ...entry(0, SECOND_STAGE), ...entry(1, PASS_THROUGH), 20480: 0n });
    expect(mixed.pasidDomains.map(({ ambiguous }) => ambiguous)).toEqual([true, true]);
  });

  test('§6.2.3: first stages share a domain-id, but not with the same PASID', () => {
    const low = 1n << 6n;
    const tables = { 24576: 0n, 28672: 0n };
    const shared = { ...DEVICE, ...entry(1, low, 1n, 0x6000n), ...entry(2, low, 1n, 0x7000n), ...tables };
    expect(list(shared).pasidDomains.map(({ ambiguous }) => ambiguous)).toEqual([false, false]);
    // Device 00:00.1 has a directory of its own, in which PASID 1 has other tables.
    const more = { 8224: 0xa009n, 40960: 0xb001n, 45120: low | 1n, 45128: 1n, 45136: 0x7000n };
    const { pasidDomains } = list({ ...DEVICE, ...entry(1, low, 1n, 0x6000n), ...tables, ...more });
    expect(pasidDomains.map(({ ambiguous }) => ambiguous)).toEqual([true, true]);
  });

  test('filters leave one PASID, one device or one domain', () => {
    const words = { ...DEVICE, 8224: 0x3001n, ...entry(0, PASS_THROUGH), ...entry(9, PASS_THROUGH, 2n) };
    const found = (options: ListOptions) => {
      const { scalableDevices, pasidDomains } = list(words, options);
      const pasids = scalableDevices.map(({ sourceId, pasids }) => [sourceId, ...pasids.map(({ pasid }) => pasid)]);
      return [pasids, pasidDomains.map(({ domainId }) => domainId)];
    };
    expect(found({})).toEqual([
      [
        [0, 0, 9],
        [1, 0],
      ],
      [1, 2],
    ]);
    expect(found({ pasid: 9 })).toEqual([[[0, 9]], [2]]);
    expect(found({ domainId: 2 })).toEqual([[[0, 9]], [2]]);
    expect(found({ sourceId: 1 })).toEqual([[[1, 0]], [1]]);
    expect(found({ sourceId: 1, pasid: 9 })).toEqual([[], []]);
  });
});

describe('What PASIDs translate', () => {
  const low = 1n << 6n;

  test('§3.6.1: U/S and R/W as user-level and supervisor-level requests find them', () => {
    const leaves = firstStage(0x2_0067n, 0x2_1065n, 0x2_2063n, 0x2_3061n);
    const bound = { ...DEVICE, ...leaves, ...entry(1, low, 1n, FIRST_STAGE | 0x11n) };
    expect(ranges(bound).map(({ permission, supervisor }) => [permission, supervisor])).toEqual([
      [3, 3],
      [1, 1],
      [0, 3],
      [0, 1],
    ]);
    // Without WPE supervisors write what is read-only.
    const free = { ...DEVICE, ...leaves, ...entry(1, low, 1n, FIRST_STAGE | 1n) };
    expect(ranges(free).map(({ permission, supervisor }) => [permission, supervisor])).toEqual([
      [3, 3],
      [1, 3],
      [0, 3],
    ]);
  });

  test('§3.6.1: with SRE=0 supervisor pages are for nobody', () => {
    const words = { ...DEVICE, ...firstStage(0x2_0067n, 0x2_1063n, 0x2_2063n), ...entry(1, low, 1n, FIRST_STAGE) };
    const [domain] = list(words).pasidDomains;
    expect(domain?.mappings).toMatchObject([{ input: 0, pages: 1, permission: 3 }]);
    expect(domain?.unreachable).toEqual([{ kind: 'unreachable', input: 1, pages: 2, supervisorOnly: true }]);
  });

  test('§3.6: both ends of the address space are listed', () => {
    const words = { ...DEVICE, ...firstStage(0x2_0067n), 28664: 0x7067n, ...entry(1, low, 1n, FIRST_STAGE) };
    expect(ranges(words).map(({ input }) => input)).toEqual([0, 2 ** 52 - 2 ** 27]);
  });

  test('SFS.9: flags that cannot be set are a problem, and D alone one of writes', () => {
    const words = { ...DEVICE, ...firstStage(0x2_0067n, 0x2_1027n, 0x2_2007n), ...entry(1, low, 1n, FIRST_STAGE) };
    expect(problemsOf(words)).toMatchObject([
      { code: 'SFS.9', at: 0x9008, writesOnly: true, of: { input: 1, pages: 1 } },
      { code: 'SFS.9', at: 0x9010, of: { input: 2, pages: 1 } },
    ]);
    expect(ranges(words)).toMatchObject([
      { input: 0, permission: 3 },
      { input: 1, permission: 1 },
    ]);
    const snooped = entry(1, low, 1n | WALKS_SNOOPED, FIRST_STAGE);
    expect(problemsOf({ ...words, ...snooped })).toEqual([]);
  });

  test('SFS.9: the entry that lacks the flag is named, not the leaf', () => {
    const words = { ...DEVICE, ...firstStage(0x2_0067n), 28672: 0x8007n, ...entry(1, low, 1n, FIRST_STAGE) };
    expect(problemsOf(words)).toMatchObject([{ code: 'SFS.9', at: 0x7000 }]);
  });

  test('nothing is written while listing', () => {
    const unit = scalableUnitWith({
      ...DEVICE,
      ...firstStage(0x2_0007n),
      ...entry(1, low, 1n | WALKS_SNOOPED, FIRST_STAGE),
    });
    const first = listTables(unit);
    expect(listTables(unit)).toEqual(first);
    expect(first.pasidDomains[0]?.mappings).toHaveLength(1);
    const leaf = new Uint32Array(2);
    unit.memory.load(9, 0, leaf);
    expect([...leaf]).toEqual([0x2_0007, 0]);
  });

  test('nested: guest and host address, and the smaller of two pages', () => {
    const nested = (3n << 6n) | 0x5000n | (1n << 2n);
    // The second stage maps the first 2 MiB to themselves; the guest has two pages there, and the first has its own host page.
    const secondStage = { 20480: 0xa003n, 40960: 0x83n };
    const words = {
      ...DEVICE,
      ...firstStage(0x2_0067n, 0x2_1067n),
      ...secondStage,
      ...entry(1, nested, 1n, FIRST_STAGE),
    };
    expect(ranges(words)).toMatchObject([{ input: 0, guest: 0x20, output: 0x20, pages: 2, permission: 3 }]);
    expect(list(words).pasidDomains[0]?.mappings[0]?.leaves).toEqual({ '4K': 2, '2M': 0, '1G': 0 });
  });

  test('SSS.2: what the guest maps and its second stage does not is a problem', () => {
    const nested = (3n << 6n) | 0x5000n | (1n << 2n);
    const words = { ...DEVICE, ...firstStage(0x4000_0067n), 20480: 0xa003n, 40960: 0x83n };
    expect(problemsOf({ ...words, ...entry(1, nested, 1n, FIRST_STAGE) })).toMatchObject([
      { code: 'SSS.2', at: 0x5008, of: { kind: 'domain', input: 0, pages: 1 } },
    ]);
  });

  test('pass-through: all of the host but the interrupt address range', () => {
    const words = { ...DEVICE, ...entry(0, PASS_THROUGH) };
    expect(ranges(words)).toMatchObject([
      { input: 0, output: 0, pages: 0xfee00, permission: 3 },
      { input: 0xfef00, output: 0xfef00, pages: 2 ** 34 - 0xfef00, permission: 3 },
    ]);
  });

  test('§3.15: requests with PASID are translated at FEEx_xxxxh, and those without are not', () => {
    const elsewhere = { 20504: 0x1_0000_0083n };
    const [without] = list({ ...DEVICE, ...elsewhere, ...entry(0, SECOND_STAGE) }).pasidDomains;
    expect(without?.unreachable).toMatchObject([{ input: 0xfee00, pages: 256 }]);
    expect(without?.mappings.map(({ input, pages }) => [input, pages])).toEqual([
      [0xc0000, 0x3ee00],
      [0xfef00, 0x1100],
    ]);
    const [withPasid] = list({ ...DEVICE, ...elsewhere, ...entry(1, SECOND_STAGE) }).pasidDomains;
    expect(withPasid?.unreachable).toEqual([]);
    expect(withPasid?.mappings).toMatchObject([{ input: 0xc0000, pages: 2 ** 18 }]);
  });

  test('SGN.8.1: what leads to FEEx_xxxxh is a problem of those who come there', () => {
    const identity = { ...DEVICE, 20504: 0xc000_0083n };
    expect(problemsOf({ ...identity, ...entry(0, SECOND_STAGE) })).toEqual([]);
    expect(problemsOf({ ...identity, ...entry(1, SECOND_STAGE) })).toMatchObject([
      { code: 'SGN.8.1', at: 0x5018, of: { input: 0xfee00, pages: 256 } },
    ]);
  });
});

describe('Entries on which a request would fault', () => {
  test('SRT.1 and SRT.3: a root entry, or half of it', () => {
    expect(problemsOf({ 36864: 0n })).toHaveLength(256);
    expect(problemsOf({ 4096: 0x2003n, 4104: 0n })).toMatchObject([
      { code: 'SRT.3', at: 0x1000, of: { kind: 'bus', bus: 0, half: 'lower' } },
    ]);
  });

  test.each<[string, bigint, bigint]>([
    ['SCT.3', 0x3081n, 0n],
    ['SCT.4.1', 0x3011n, 0n],
    ['SCT.4.2', 0x3001n, 0x2000n],
  ])('%s: a context entry that no request gets past', (code, first, second) => {
    expect(problemsOf({ ...DEVICE, 8256: first, 8264: second, 8192: 0n })).toMatchObject([
      { code, at: 0x2040, of: { kind: 'device', sourceId: 2 } },
    ]);
  });

  test('SPD.3: a directory entry is a problem of its 64 PASIDs, and neighbours are one', () => {
    expect(problemsOf({ ...DEVICE, 12288: 0n, 12296: 0x4005n, 12304: 0x4009n })).toMatchObject([
      { code: 'SPD.3', at: 0x3008, entries: 2, of: { kind: 'pasid', sourceId: 0, pasid: 64, count: 128 } },
    ]);
  });

  test('SPT.1: a PASID table that cannot be read', () => {
    expect(problemsOf({ ...DEVICE, 12288: 0x20_0001n })).toMatchObject([
      { code: 'SPT.1', entries: 1, of: { pasid: 0, count: 1 } },
      { code: 'SPT.1', entries: 63, of: { pasid: 1, count: 63 } },
    ]);
  });

  test.each<[string, bigint, bigint, bigint]>([
    ['SPT.3', PASS_THROUGH | 0x20n, 1n, 0n],
    ['SPT.4.1', (2n << 6n) | 0x5000n, 1n, 0n],
    ['SPT.4.2', 5n << 6n, 1n, 0n],
    ['SPT.4.3', 1n << 6n, 1n, 0x6008n],
  ])('%s: a PASID-table entry', (code, first, second, third) => {
    expect(problemsOf({ ...DEVICE, ...entry(5, first, second, third) })).toMatchObject([
      { code, at: 0x4140, of: { kind: 'pasid', pasid: 5, count: 1 } },
    ]);
  });

  test('SGN.5: what second-stage tables hold above min(MGAW, AGAW)', () => {
    // MGAW 46, and tables of 48 bits, the upper three quarters of which no request reaches.
    const words = { ...DEVICE, ...entry(1, (2n << 6n) | 0x5008n), 20480: 0n, 21512: 0x6003n, 24576: 0x83n };
    const { problems, pasidDomains } = listTables(scalableUnitWith(words, { capabilities: 0x11d2_000c_222d_0e06n }));
    expect(problems.map(({ condition, of }) => [condition.code, of])).toEqual([
      ['SGN.5', { kind: 'domain', domainId: 1, input: 129 * 2 ** 27, pages: 2 ** 18 }],
    ]);
    expect(pasidDomains[0]?.mappings).toEqual([]);
  });
});

describe('Tables without end', () => {
  test('a directory of 2^20 PASIDs that is full and shared stops at the limit, and domains follow', () => {
    const pages = Array.from({ length: 32 }, (_, n) => 0x10_0000 + 0x1000 * n);
    const directory = pages.flatMap((page) => Array.from({ length: 512 }, (_, n) => [page + 8 * n, 0x4001n]));
    const devices = Array.from({ length: 128 }, (_, n): [number, bigint] => [0x2000 + 32 * n, 0x10_0e09n]);
    const words = { 4096: 0x2001n, 4104: 0x2001n, ...Object.fromEntries(directory), ...Object.fromEntries(devices) };
    const listing = list({ ...words, ...entry(7, PASS_THROUGH) }, { limit: 20_000 });
    expect(listing.stoppedAfter).toBe(20_000);
    expect(listing.scalableDevices).toHaveLength(1);
    expect(listing.scalableDevices[0]?.pasids).toHaveLength(Math.ceil(20_000 / 64));
    expect(listing.pasidDomains).toHaveLength(1);
    expect(listing.pasidDomains[0]?.mappings).toHaveLength(2);
  });

  test('five levels of both stages that lead to themselves stop at the limit', () => {
    const nested = (3n << 6n) | 0x5000n | (3n << 2n);
    const fill = (page: number, value: bigint) =>
      Object.fromEntries(Array.from({ length: 512 }, (_, n) => [page + 8 * n, value]));
    const words = { ...fill(0x5000, 0x5003n), ...fill(0x6000, 0x6067n), 20528: 0x6003n };
    const { stoppedAfter, pasidDomains } = list(
      { ...DEVICE, ...words, ...entry(1, nested, 1n, FIRST_STAGE | 4n) },
      { limit: 5_000 },
    );
    expect(stoppedAfter).toBe(5_000);
    expect(pasidDomains).toHaveLength(1);
  });
});
