import { describe, expect, test } from 'vitest';
import { listTables } from '../../src/tables/list.ts';
import { unitWith } from './table-builder.ts';

/** Device 00:00.0 of domain 5: 39 bits, 3 levels, tables at 3000h, 4000h and 5000h. */
const ROOT = { 4096: 0x2001n };
const CONTEXT = { ...ROOT, 8192: 0x3001n, 8200: 0x501n };
const TABLES = { ...CONTEXT, 12288: 0x4003n, 16384: 0x5003n };

function problemsOf(words: Readonly<Record<string, bigint>>) {
  return listTables(unitWith(words)).problems.map(({ condition, format, page, offset, entries, of }) => ({
    code: condition.code,
    at: page * 4096 + offset,
    format: format.title,
    entries,
    of,
  }));
}

describe('Entries on which a request would fault', () => {
  test('LRT.1: a root table that cannot be read is a problem of every bus', () => {
    const problems = problemsOf({ 36864: 0n });
    expect(problems).toHaveLength(256);
    expect(problems[3]).toMatchObject({ code: 'LRT.1', at: 0x1030, of: { kind: 'bus', bus: 3 } });
  });

  test('LRT.3: reserved bits in a root entry', () => {
    expect(problemsOf({ 4112: 0x2003n })).toMatchObject([
      { code: 'LRT.3', at: 0x1010, format: 'Root Entry', of: { kind: 'bus', bus: 1 } },
    ]);
  });

  test('LCT.1: a context table that cannot be read', () => {
    const problems = problemsOf({ 4096: 0x2001n });
    expect(problems).toHaveLength(256);
    expect(problems[8]).toMatchObject({ code: 'LCT.1', at: 0x2080, of: { kind: 'device', sourceId: 8 } });
  });

  test.each<[string, bigint, bigint]>([
    ['LCT.3', 0x3011n, 0x501n],
    ['LCT.4.1', 0x3001n, 0x500n],
    ['LCT.4.2', 0x300dn, 0x501n],
  ])('%s: a context entry that no request gets past', (code, low, high) => {
    expect(problemsOf({ ...ROOT, 8224: low, 8232: high })).toMatchObject([
      { code, at: 0x2020, of: { kind: 'device', sourceId: 2 } },
    ]);
  });

  test('LCT.4.3: a top table that cannot be read is one problem', () => {
    expect(problemsOf({ ...CONTEXT })).toEqual([
      {
        code: 'LCT.4.3',
        at: 0x3000,
        format: 'SS-PDPE (next table)',
        entries: 512,
        of: { kind: 'domain', domainId: 5, input: 0, pages: 2 ** 27 },
      },
    ]);
  });

  test('LSS.1: a lower table that cannot be read', () => {
    expect(problemsOf({ ...CONTEXT, 12296: 0x4003n })).toMatchObject([
      { code: 'LSS.1', at: 0x4000, entries: 512, of: { input: 2 ** 18, pages: 2 ** 18 } },
    ]);
  });

  test('LSS.2: reserved bits, and neighbours are one problem', () => {
    // An address above HAW, twice; SNP without ECAP_REG.SC.
    const words = { ...TABLES, 20496: 0x1_0000_0000_0003n, 20504: 0x2_0000_0000_0003n, 20520: 0x803n };
    expect(problemsOf(words)).toMatchObject([
      { code: 'LSS.2', at: 0x5010, entries: 2, of: { input: 2, pages: 2 } },
      { code: 'LSS.2', at: 0x5028, entries: 1, of: { input: 5, pages: 1 } },
    ]);
  });

  test('LGN.3, LGN.2: a leaf below an entry that takes its rights', () => {
    const words = { ...TABLES, 16384: 0x5002n, 16392: 0x6001n, 20480: 0x9001n, 24576: 0x9002n };
    expect(problemsOf(words)).toMatchObject([
      { code: 'LGN.3', at: 0x5000 },
      { code: 'LGN.2', at: 0x6000 },
    ]);
  });

  test('LGN.4: a page that leads to FEEx_xxxxh', () => {
    expect(problemsOf({ ...TABLES, 20480: 0xfee0_0003n })).toMatchObject([{ code: 'LGN.4', at: 0x5000 }]);
  });

  test('LGN.1.1: what is mapped beyond min(MGAW, AGAW)', () => {
    // MGAW 32 with HAW 32: the first four entries of the top table are within.
    const capabilities = 0x00d2_000c_221f_0206n;
    const unit = unitWith({ ...CONTEXT, 12312: 0x83n, 12320: 0x83n }, { hostAddressWidth: 32, capabilities });
    const { problems, domains } = listTables(unit);
    expect(problems).toMatchObject([{ condition: { code: 'LGN.1.1' }, offset: 0x20, of: { input: 2 ** 20 } }]);
    expect(domains[0]?.mappings).toMatchObject([{ input: 0xc0000 }, { input: 0xfef00 }]);
  });

  test('entries that are not present are no problem', () => {
    expect(problemsOf({ ...TABLES, 4112: 0xffen, 8224: 0xff0n, 20480: 0xffff_ffff_ffff_fffcn })).toEqual([]);
  });
});
