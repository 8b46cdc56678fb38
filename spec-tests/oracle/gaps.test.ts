import { describe, expect, it } from 'vitest';
import { opinion } from './index.ts';
import {
  ask,
  CAP,
  ECAP,
  latchedOf,
  legacyTables,
  type Memory,
  requestOf,
  scalableTables,
  shape,
  short,
  TD,
  TR,
  unitOf,
  without,
} from './test-bench.ts';
import type { Choices, Latched, Request } from './types.ts';

// Fetch errors, capability gates and the choices: what the numbered cases leave out.

const UNIT = unitOf();
const PDE = 0x12000n + 8n * 0x91n;
const PTE = 0x13000n + 8n * 0x145n;

function legacy(memory: Memory, request: Partial<Request> = {}, unit = UNIT, latched: Partial<Latched> = {}) {
  return short(opinion(unit, latchedOf(latched), memory, requestOf(request)));
}

function scalable(memory: Memory, request: Partial<Request> = {}, unit = UNIT) {
  return short(ask(memory, request, unit));
}

const choose = (choices: Partial<Choices>) => unitOf({ choices });

describe('legacy', () => {
  it('fetch errors', () => {
    const refused = (page: bigint, request: Partial<Request> = {}) => legacy(legacyTables().refuse(page), request);
    expect([refused(0x1000n), refused(0x1000n, TR), refused(0x1000n, TD)]).toEqual([
      'UR LRT.1 8',
      'CA LRT.1 8',
      'UR LRT.1 8',
    ]);
    expect([refused(0x2000n), refused(0x2000n, TR)]).toEqual(['UR LCT.1 9', 'CA LCT.1 9']);
    expect([refused(0x10000n), refused(0x10000n, TR)]).toEqual(['UR LCT.4.3 3', 'CA LCT.4.3 3']);
    expect([refused(0x10000n, TD), refused(0x12000n), refused(0x13000n, TR)]).toEqual([
      'completed',
      'UR LSS.1 7',
      'CA LSS.1 7',
    ]);
  });

  it('9.16: domain-id width', () => {
    const narrow = unitOf({ cap: (CAP & ~7n) | 2n });
    expect(legacy(legacyTables().put(0x2108n, 2n | (1n << 16n)), {}, narrow)).toBe('UR LCT.3 b');
    expect(legacy(legacyTables().put(0x2108n, 2n | (1n << 15n)), {}, narrow)).toBe('completed');
  });

  it('pass-through choices and reserved types', () => {
    const high = () => legacyTables(0n, 2n).put(0x2100n, (1n << 46n) | 9n);
    expect(legacy(high())).toBe('completed');
    expect(legacy(high(), {}, choose({ passThroughPointer: 'reserved' }))).toBe('UR LCT.3 b');
    const noWidth = () => legacyTables(0n, 2n).put(0x2108n, 0n);
    expect(legacy(noWidth())).toBe('UR LCT.4.1 3');
    expect(legacy(noWidth(), {}, choose({ passThroughAddressWidth: 'ignored' }))).toBe('completed');
    const narrow = () => legacyTables().put(0x2108n, 0n);
    expect(legacy(narrow(), {}, choose({ passThroughAddressWidth: 'ignored' }))).toBe('UR LCT.4.1 3');
    expect(legacy(legacyTables(0n, 2n), {}, without(6))).toBe('UR LCT.4.2 3');
    expect(legacy(legacyTables(), {}, without(6))).toBe('completed');
    const ur = choose({ reservedTranslationType: 'UR' });
    expect(legacy(legacyTables(0n, 3n), TR)).toBe('CA LCT.4.2 3');
    expect(legacy(legacyTables(0n, 3n), TR, ur)).toBe('UR LCT.4.2 3');
    expect(legacy(legacyTables(0n, 3n), {}, ur)).toBe('UR LCT.4.2 3');
    const through = (noSnoop: boolean) =>
      opinion(UNIT, latchedOf(), legacyTables(0n, 2n), requestOf({ noSnoop })).snoop;
    expect([through(true), through(false)]).toEqual([false, true]);
  });

  it('atomics', () => {
    const atomic = { access: 'atomic' } as const;
    expect(legacy(legacyTables(0x7777001n), atomic)).toBe('UR LGN.2 5');
    expect(legacy(legacyTables(0x7777002n), atomic)).toBe('UR LGN.3 6');
    const other = choose({ atomicWithoutPermission: 'LGN.3' });
    expect(legacy(legacyTables(0x7777000n), atomic, other)).toBe('UR LGN.3 6');
    expect(legacy(legacyTables(0x7777001n), atomic, other)).toBe('UR LGN.2 5');
    expect(legacy(legacyTables(0x7777000n), TR, other)).toBe('translation LGN.3 6');
    expect(legacy(legacyTables(0x7777000n), TR)).toBe('translation LGN.2 5');
  });

  it('4.2.3-G6: what LGN.4 looks at', () => {
    const wide = () => legacyTables().put(0x11000n, 0xc0000083n);
    expect(legacy(wide(), { ...TR, address: 0n })).toBe('CA LGN.4 e');
    const byAddress = choose({ legacyTranslationRange: 'address' });
    expect(legacy(wide(), { ...TR, address: 0n }, byAddress)).toBe('translation');
    expect(legacy(wide(), { ...TR, address: 0x3ee00000n }, byAddress)).toBe('CA LGN.4 e');
    expect(legacy(wide(), { address: 0x3ef00000n })).toBe('completed');
  });

  it('interrupt range choices', () => {
    const read = { address: 0xfee00000n };
    const off = { tes: false };
    expect(legacy(legacyTables(), read, UNIT, off)).toBe('completed');
    expect(legacy(legacyTables(), read, UNIT, { ...off, ires: true })).toBe('UR 29h 29');
    expect(legacy(legacyTables(), read, choose({ interruptRangeChecks: 'always' }), off)).toBe('UR 29h 29');
    const write = (address: bigint, length: number, unit = UNIT) =>
      legacy(legacyTables(), { access: 'write', address, length }, unit, off);
    expect(write(0xfee00000n, 4)).toBe('interrupt');
    expect([write(0xfee00002n, 2), write(0xfee00002n, 4)]).toEqual(['completed', 'completed']);
    const any = choose({ interruptWriteByteEnables: 'any' });
    expect([write(0xfee00002n, 2, any), write(0xfee00002n, 4, any)]).toEqual(['interrupt', 'completed']);
    expect(legacy(legacyTables(), { ...read, access: 'write', pasid: 1 }, UNIT, off)).toBe('interrupt');
  });

  it('11.4.8: protected memory', () => {
    const high = { pmen: true, phmBase: 0x7700000n, phmLimit: 0x7700000n, plmBase: 1n << 20n };
    expect(legacy(legacyTables(), {}, UNIT, high)).toBe('UR');
    expect(legacy(legacyTables(), {}, UNIT, { ...high, pmen: false })).toBe('completed');
    expect(legacy(legacyTables(), {}, unitOf({ cap: CAP & ~(1n << 6n) }), high)).toBe('completed');
    expect(legacy(legacyTables(), TR, UNIT, high)).toBe('translation');
    expect(legacy(legacyTables(), { ...TD, address: 0x77ffffcn }, UNIT, high)).toBe('UR');
    expect(legacy(legacyTables(), { ...TD, address: 0x7800000n }, UNIT, high)).toBe('completed');
    expect(legacy(legacyTables(), { ...TD, address: 0x76ffff8n, length: 8 }, UNIT, high)).toBe('completed');
    expect(legacy(legacyTables(), {}, choose({ protectedMemoryAlignment: 14 }), high)).toBe('completed');
    const never = choose({ protectedMemoryBlocksAll: 'never' });
    expect(legacy(legacyTables(), {}, never, high)).toBe('completed');
    expect(legacy(legacyTables(), { ...TD, address: 0x7777000n }, never, high)).toBe('UR');
    expect(legacy(legacyTables(), { address: 0x7777000n }, never, { ...high, tes: false })).toBe('UR');
    const old = unitOf({ version: 0x10, choices: { protectedMemoryBlocksAll: 'always' } });
    expect(legacy(legacyTables(), {}, old, high)).toBe('UR');
    const all = { pmen: true, plmLimit: 0xfff00000n };
    expect(legacy(legacyTables(), { address: 0xfee00000n, zeroLength: true }, UNIT, all)).toBe('completed');
  });

  it('second-stage page sizes', () => {
    const none = unitOf({ cap: CAP & ~(3n << 34n) });
    const only2M = unitOf({ cap: CAP & ~(2n << 34n) });
    expect(legacy(legacyTables().put(PDE, 0x600083n), {}, none)).toBe('UR LSS.2 c');
    expect(legacy(legacyTables().put(PDE, 0x600083n), {}, only2M)).toBe('completed');
    expect(legacy(legacyTables().put(0x11000n, 0x40000083n), {}, only2M)).toBe('UR LSS.2 c');
    expect(legacy(legacyTables(), {}, none)).toBe('completed');
    expect(legacy(legacyTables().put(PTE, 0x7777083n), {}, none)).toBe('completed');
  });
});

describe('scalable', () => {
  it('fetch errors', () => {
    const refused = (page: bigint, request: Partial<Request> = {}) => scalable(scalableTables().refuse(page), request);
    expect([refused(0x1000n), refused(0x1000n, TR)]).toEqual(['UR SRT.1 38', 'CA SRT.1 38']);
    expect([refused(0x2000n), refused(0x2000n, TD)]).toEqual(['UR SCT.1 40', 'UR SCT.1 40']);
    expect([refused(0x4000n), refused(0x4000n, TR)]).toEqual(['UR SPT.1 58', 'CA SPT.1 58']);
    const answer = opinion(
      UNIT,
      latchedOf({ rtaddr: 0x1400n }),
      scalableTables({ contextFlags: 0xfn }).refuse(0x4000n),
      requestOf(),
    );
    expect(answer.logged).toBe(true);
  });

  it('9.26, 9.27: context fields without their capability', () => {
    const gated: [number, bigint][] = [
      [2, 4n],
      [40, 8n],
      [29, 0x14n],
      [55, 0x20n],
      [56, 0x40n],
    ];
    for (const [capability, flag] of gated) {
      expect([flag, shape({ contextFlags: 1n | flag }, {}, without(capability))]).toEqual([flag, 'UR SCT.3 42']);
      expect(shape({ contextFlags: 1n }, {}, without(capability))).toBe('completed');
    }
    expect(shape({ contextRid: 0x100041n }, {}, without(53))).toBe('UR SCT.3 42');
    expect(shape({}, {}, without(53))).toBe('completed');
    const rps0 = without(49);
    expect(shape({ contextRid: 0n }, { pasid: 0 }, rps0)).toBe('UR SCT.9 48');
  });

  it('9.38, 9.58, 7.7: absent entry, domain-id width', () => {
    const absent = scalableTables();
    absent.put(0x4040n, 0xfffffffffffffffcn);
    expect([scalable(absent), scalable(absent, TR)]).toEqual(['UR SPT.2 59', 'translation SPT.2 59']);
    const silent = opinion(UNIT, latchedOf({ rtaddr: 0x1400n }), absent.put(0x4040n, 2n), requestOf());
    expect([silent.fpd, silent.logged]).toEqual([true, false]);
    const narrow = unitOf({ cap: (CAP & ~7n) | 2n, ecap: ECAP | (1n << 55n) });
    expect(shape({ pgtt: 4n, entry: [0n, 0x100n] }, {}, narrow)).toBe('UR SPT.3 5a');
    expect(shape({ pgtt: 4n, entry: [0n, 0x80n] }, {}, narrow)).toBe('completed');
    expect(shape({ entry: [0n, 0n, 0n, 0n, 0n, 0x100n] }, {}, narrow)).toBe('UR SPT.3 5a');
  });

  it('PGTT, FSPM and AW against the capabilities', () => {
    const noFsts = { cap: CAP & ~(1n << 56n), ecap: ECAP & ~((1n << 47n) | (1n << 26n) | (1n << 34n)) };
    expect(shape({ pgtt: 2n }, {}, unitOf(noFsts))).toBe('completed');
    const entry = (pgtt: bigint) => scalableTables({ pgtt }).put(0x4050n, 0n);
    expect(scalable(entry(1n), {}, unitOf(noFsts))).toBe('UR SPT.4.2 5b');
    const noSsts = unitOf({ ecap: ECAP & ~((1n << 46n) | (1n << 26n) | (1n << 45n) | (1n << 57n)) });
    const bare = (word: bigint) => scalableTables().put(0x4040n, word);
    expect(scalable(bare(0x41n), {}, noSsts)).toBe('completed');
    expect(scalable(bare(0x10041n), {}, noSsts)).toBe('UR SPT.3 5a');
    expect(scalable(bare(0x241n), {}, noSsts)).toBe('UR SPT.3 5a');
    expect(scalable(bare(0x49n), {}, noSsts)).toBe('UR SPT.3 5a');
    expect(scalable(bare(0x81n), {}, noSsts)).toBe('UR SPT.4.2 5b');
    expect(shape({ pgtt: 3n }, {}, without(26))).toBe('UR SPT.4.2 5b');
    expect(shape({ pgtt: 2n }, {}, without(26))).toBe('completed');
    expect(shape({ pgtt: 0n })).toBe('UR SPT.4.2 5b');
    const five = unitOf({ cap: CAP | (1n << 60n) });
    expect([shape({ entry: [0n, 0n, 8n] }, {}, five), shape({ entry: [0n, 0n, 12n] }, {}, five)]).toEqual([
      'UR SPT.4.3 5b',
      'UR SPT.4.3 5b',
    ]);
    const ur = choose({ reservedTranslationType: 'UR' });
    expect([shape({ pgtt: 4n }, TR, ur), shape({ pgtt: 7n }, {}, ur)]).toEqual(['translation', 'UR SPT.4.2 5b']);
    expect(
      shape({ pgtt: 3n }, TR, unitOf({ ecap: ECAP & ~(1n << 26n), choices: { reservedTranslationType: 'UR' } })),
    ).toBe('CA SPT.4.2 5b');
  });

  it('3.6.1-G1: rights while walking', () => {
    const early = choose({ rightsBeforeWalkEnd: true });
    const memory = () =>
      scalableTables()
        .put(0x20000n, 0x21005n)
        .put(0x23000n + 8n * 0x145n, 0n);
    const write = { access: 'write' } as const;
    expect(scalable(memory(), write)).toBe('UR SFS.2 71');
    expect(scalable(memory(), write, early)).toBe('UR SGN.6 85');
    expect(scalable(memory(), {}, early)).toBe('UR SFS.2 71');
    expect(scalable(memory(), TR, early)).toBe('translation SFS.2 71');
  });

  it('3.8.1-G1, G2: nested tables', () => {
    const nested = (entry: readonly bigint[] = [0x200n]) => scalableTables({ pgtt: 3n, entry });
    const readOnly = nested().put(0x13000n + 8n * 0x20n, 0x20001n);
    expect(scalable(readOnly, {}, choose({ nestedTableRead: 'SFS.8' }))).toBe('UR SFS.8 77');
    const preset = nested().put(0x20000n, 0x21027n);
    expect(scalable(preset)).toBe('completed');
    const dirty = (page: bigint) => (preset.words.get(0x13000n + 8n * page) ?? 0n) & 0x300n;
    expect([dirty(0x20n), dirty(0x21n)]).toEqual([0x100n, 0x300n]);
    const writeOnlyLeaf = () => nested([]).put(0x12000n + 8n * 59n, 0x7600082n);
    expect(scalable(writeOnlyLeaf())).toBe('UR SGN.7 86');
    expect(scalable(writeOnlyLeaf(), { zeroLength: true })).toBe('completed');
    expect(scalable(writeOnlyLeaf(), { ...TR, noWrite: true })).toBe('translation SGN.7 86');
    const noWriteAtAll = writeOnlyLeaf().put(0x23000n + 8n * 0x145n, 0x7777005n);
    expect(scalable(noWriteAtAll, TR)).toBe('translation SGN.6 85');
  });

  it('4.2.3-M1: pass-through region', () => {
    const region = (unit = UNIT) =>
      opinion(unit, latchedOf({ rtaddr: 0x1400n }), scalableTables({ pgtt: 4n }), requestOf({ ...TR, noWrite: true }));
    expect([region().size, region().read, region().write]).toEqual([0x40000000, true, false]);
    expect(region(choose({ passThroughRegion: 4096 })).address).toBe(0x12345000n);
    expect(region(unitOf({ cap: CAP & ~((2n << 34n) | (1n << 56n)) })).size).toBe(0x200000);
  });

  it('3.10-R5, 4.2.3-R11: snoop and N', () => {
    const seen = (pgtt: bigint, pgsnp: bigint, snp: bigint) => {
      const make = () => {
        const memory = scalableTables({ pgtt, entry: [0n, pgsnp << 24n] });
        return memory.put(PDE, 0x12200083n | (snp << 11n)).put(0x12000n + 8n * 59n, 0x7600083n | (snp << 11n));
      };
      const go = (request: Partial<Request>) =>
        opinion(UNIT, latchedOf({ rtaddr: 0x1400n }), make(), requestOf(request));
      return [go({}).snoop, go({ noSnoop: false }).snoop, go({ noSnoop: true }).snoop, go(TR).nonSnooped];
    };
    const off = [true, true, false, false];
    const on = [true, true, true, true];
    for (const pgtt of [1n, 2n, 3n, 4n]) {
      expect([pgtt, seen(pgtt, 0n, 0n)]).toEqual([pgtt, off]);
      expect([pgtt, seen(pgtt, 1n, 0n)]).toEqual([pgtt, on]);
    }
    expect([seen(2n, 0n, 1n), seen(3n, 0n, 1n), seen(4n, 0n, 1n), seen(1n, 0n, 1n)]).toEqual([on, on, off, off]);
    const n = (leaf: bigint) => opinion(UNIT, latchedOf(), legacyTables(leaf), requestOf(TR)).nonSnooped;
    expect([n(0x7777003n), n(0x7777803n)]).toEqual([false, true]);
  });
});
