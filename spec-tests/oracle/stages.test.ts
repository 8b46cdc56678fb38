import { describe, expect, it } from 'vitest';
import { opinion } from './index.ts';
import {
  ask,
  CAP,
  latchedOf,
  type Memory,
  requestOf,
  type ScalableShape,
  scalableTables,
  shape,
  short,
  TD,
  TR,
  unitOf,
  without,
} from './test-bench.ts';
import type { Latched, Request } from './types.ts';

const UNIT = unitOf();
const SSIRWE = { rtaddr: 0x1480n };
const SRE = [0n, 0n, 1n];
const WPE = [0n, 0n, 1n << 4n];

describe('first stage', () => {
  it('3.27, 3.28: canonical input', () => {
    expect(shape({}, { address: 0x8000_0000_0000n })).toBe('UR SGN.1 80');
    const five = unitOf({ cap: CAP | (1n << 60n) });
    const memory = scalableTables({ entry: [0n, 0n, 4n] })
      .put(0x20000n, 0x24007n)
      .put(0x24000n + 8n * 256n, 0x21007n);
    expect(short(ask(memory, { address: 0x8000_1234_5678n }, five))).toBe('completed');
  });

  it('3.30 to 3.35: entries', () => {
    const put = (address: bigint, value: bigint, unit = UNIT) =>
      short(ask(scalableTables().put(address, value), {}, unit));
    const pte = 0x23000n + 8n * 0x145n;
    expect(put(0x20000n, 0x21087n)).toBe('UR SFS.3 72');
    expect(put(0x21000n, 0x87n, unitOf({ cap: CAP & ~(1n << 56n) }))).toBe('UR SFS.3 72');
    expect(put(0x21000n, 0x40000087n)).toBe('completed');
    expect(put(0x22000n + 8n * 0x91n, 0x1087n)).toBe('completed');
    expect(put(0x22000n + 8n * 0x91n, 0x2087n)).toBe('UR SFS.3 72');
    expect(put(pte, 0x7777007n | (1n << 63n))).toBe('completed');
    expect(put(pte, 0x7777007n | (1n << 46n))).toBe('UR SFS.3 72');
    expect(put(pte, 0x8000f00007777006n)).toBe('UR SFS.2 71');
    expect(short(ask(scalableTables().refuse(0x20000n)))).toBe('UR SFS.4 73');
    expect(short(ask(scalableTables().refuse(0x23000n), TR))).toBe('translation SFS.1 70');
  });

  it('3.36 to 3.41: rights', () => {
    const pte = 0x23000n + 8n * 0x145n;
    const leaf = (bits: bigint, request: Partial<Request>, entry: readonly bigint[] = []) =>
      short(ask(scalableTables({ entry }).put(pte, 0x7777000n | bits), request));
    expect(leaf(3n, {})).toBe('UR SGN.2 81');
    expect(leaf(3n, TR)).toBe('translation SGN.2 81');
    expect(leaf(5n, { access: 'write' })).toBe('UR SGN.6 85');
    expect(leaf(5n, {})).toBe('completed');
    const supervisor = { pasid: 1, privileged: true, access: 'write' } as const;
    expect(leaf(1n, supervisor, SRE)).toBe('completed');
    expect(leaf(1n, supervisor, [0n, 0n, 0x11n])).toBe('UR SGN.6 85');
    expect(leaf(5n, { access: 'atomic' }, WPE)).toBe('UR SGN.6 85');
    const early = unitOf({ choices: { rightsBeforeWalkEnd: true } });
    const memory = () => scalableTables().put(0x20000n, 0x21003n).put(pte, 0n);
    expect([short(ask(memory())), short(ask(memory(), {}, early))]).toEqual(['UR SFS.2 71', 'UR SGN.2 81']);
  });

  it('3.42 to 3.44, 7.20, 7.21: A, EA, D', () => {
    const tables = [0x20000n, 0x21000n, 0x22000n + 8n * 0x91n, 0x23000n + 8n * 0x145n];
    const flags = (entry: readonly bigint[], request: Partial<Request>) => {
      const memory = scalableTables({ entry });
      ask(memory, request);
      return tables.map((address) => Number((memory.words.get(address) ?? 0n) & 0x460n));
    };
    expect(flags([0n, 0n, 0x80n], {})).toEqual([0x420, 0x420, 0x420, 0x420]);
    expect(flags([0n, 0n, 0x80n], { access: 'write' })).toEqual([0x420, 0x420, 0x420, 0x460]);
    expect(flags([], { ...TR, noWrite: true })).toEqual([0x20, 0x20, 0x20, 0x20]);
    expect(flags([], TR)).toEqual([0x20, 0x20, 0x20, 0x60]);

    const quiet = scalableTables();
    for (let i = 0n; i < 64n; i += 1n) quiet.put(0x4008n + 64n * i, 5n);
    expect(short(ask(quiet))).toBe('UR SFS.9 90');
    expect(short(ask(quiet, TR))).toBe('translation SFS.9 90');
    const readOnly = (memory: Memory, request: Partial<Request>) =>
      opinion(UNIT, latchedOf({ rtaddr: 0x1400n }), { read: (at) => memory.read(at) }, requestOf(request));
    const failed = readOnly(scalableTables(), TR);
    expect([short(failed), failed.logged]).toEqual(['translation SFS.10 91', true]);
    expect(readOnly(scalableTables({ contextFlags: 0xfn }), TR).logged).toBe(false);
  });

  it('3.68: memory types', () => {
    const pte = 0x23000n + 8n * 0x145n;
    const type = (pat: bigint, bits: bigint, more = 0n) =>
      ask(scalableTables({ entry: [0n, (pat << 32n) | more] }).put(pte, 0x7777007n | bits)).memoryType;
    expect(type(1n, 0n)).toBe('WC');
    expect(type(0x10000000n, 0x98n)).toBe('WC');
    expect(type(0x10n, 8n)).toBe('WC');
    expect(type(6n, 0n)).toBe('UC');
    expect(type(1n, 0n, 1n << 25n)).toBe('UC');
    expect(ask(scalableTables(), {}, without(25)).memoryType).toBe('WB');
  });

  it('3.11.2: MTRR ranges', () => {
    const pte = 0x23000n + 8n * 0x145n;
    const fixed = [0x0605040100n, 0x0600n, ...Array<bigint>(8).fill(0n), 6n << 56n];
    const full = (1n << 46n) - 0x1000n;
    const variable = [
      { base: 0x7000004n, mask: (full & ~0xffffffn) | 0x800n },
      { base: 0x7700006n, mask: (full & ~0xfffffn) | 0x800n },
      { base: 0x7750000n, mask: (full & ~0xffffn) | 0x800n },
      { base: 0x9999005n, mask: full },
    ];
    const type = (page: bigint, def: bigint) =>
      ask(scalableTables({ entry: [0n, 6n << 32n] }).put(pte, page | 7n), {}, UNIT, { mtrrs: { def, fixed, variable } })
        .memoryType;
    expect(type(0x7777000n, 0x806n)).toBe('WT'); // WT with WB
    expect(type(0x7755000n, 0x806n)).toBe('UC'); // with a UC range
    expect(type(0x7055000n, 0x806n)).toBe('WT');
    expect(type(0x9999000n, 0x801n)).toBe('WC'); // V=0: the default
    expect(type(0x7777000n, 0x006n)).toBe('UC');
    expect([0x10000n, 0x20000n, 0x30000n, 0x40000n].map((page) => type(page, 0xc00n))).toEqual([
      'WC',
      'WT',
      'WP',
      'WB',
    ]);
    expect([0x84000n, 0x80000n, 0xff000n, 0xfe000n].map((page) => type(page, 0xc00n))).toEqual([
      'WB',
      'UC',
      'WB',
      'UC',
    ]);
    expect(type(0x40000n, 0x801n)).toBe('WC');
    expect(type(0x80000n, 0xc00n)).toBe('UC');
    variable.push(
      { base: 0x9990005n, mask: (full & ~0xffffn) | 0x800n },
      { base: 0x9990006n, mask: (full & ~0xffffn) | 0x800n },
    );
    expect(type(0x9999000n, 0x801n)).toBe('WP'); // undefined overlap: the lowest-numbered
  });
});

describe('second stage', () => {
  const pde = 0x12000n + 8n * 0x91n;
  const two = (value: bigint, request: Partial<Request> = {}, unit = UNIT, latched: Partial<Latched> = {}) =>
    short(ask(scalableTables({ pgtt: 2n }).put(pde, value), request, unit, latched));

  it('3.46 to 3.53: range, absent, reserved, rights', () => {
    const short39 = unitOf({ cap: (CAP & ~(31n << 8n)) | (2n << 8n) });
    expect(shape({ pgtt: 2n, aw: 1n }, { address: 1n << 39n }, short39)).toBe('UR SGN.5 84');
    expect(two(0xfff0000000000ffcn)).toBe('UR SSS.2 79');
    expect(short(ask(scalableTables({ pgtt: 2n }).put(0x11000n, 0x12001n).put(pde, 0x12200082n)))).toBe('UR SSS.2 79');
    expect(two(0x12200083n, {}, UNIT, SSIRWE)).toBe('UR SSS.2 79');
    expect(two(0x12200083n | (1n << 62n))).toBe('UR SSS.3 7a');
    expect(two(0x12200083n | (1n << 61n))).toBe('completed');
    expect(two(0x12200883n)).toBe('completed');
    expect(two(0x12200883n, {}, without(7))).toBe('UR SSS.3 7a');
    expect(two(0x12201083n, TR)).toBe('CA SSS.3 7a');
    expect(two(0x12200081n, { access: 'atomic' })).toBe('UR SGN.6 85');
    expect(short(ask(scalableTables({ pgtt: 2n }).refuse(0x10000n), TR))).toBe('CA SSS.4 7b');
    expect(short(ask(scalableTables({ pgtt: 2n }).refuse(0x12000n)))).toBe('UR SSS.1 78');
  });

  it('3.50: IR and IW', () => {
    const memory = scalableTables({ pgtt: 2n });
    memory.put(0x10000n, 0x11000n | (3n << 61n)).put(0x11000n, 0x12000n | (3n << 61n));
    memory.put(pde, 0x12200080n | (1n << 61n));
    expect(short(ask(memory, {}, UNIT, SSIRWE))).toBe('completed');
    expect(short(ask(memory, { access: 'write' }, UNIT, SSIRWE))).toBe('UR SGN.6 85');
  });

  it('3.54, 3.55: A and D', () => {
    const memory = scalableTables({ pgtt: 2n, entry: [0x200n] });
    ask(memory, { access: 'write' });
    expect([0x10000n, 0x11000n, pde].map((at) => (memory.words.get(at) ?? 0n) & 0x300n)).toEqual([
      0x100n,
      0x100n,
      0x300n,
    ]);
    const untouched = scalableTables({ pgtt: 2n });
    ask(untouched, { access: 'write' });
    expect((untouched.words.get(pde) ?? 0n) & 0x300n).toBe(0n);
    for (let i = 0n; i < 64n; i += 1n) memory.put(0x4008n + 64n * i, 5n);
    memory.put(pde, 0x12200083n);
    expect([short(ask(memory)), short(ask(memory, TR))]).toEqual(['UR SSS.5 7c', 'CA SSS.5 7c']);
  });

  it('3.70, 3.72, 3.73: memory type and zero-length reads', () => {
    expect(ask(scalableTables({ pgtt: 2n })).memoryType).toBe('WB');
    expect(ask(scalableTables({ pgtt: 2n, entry: [0n, 1n << 26n] }).put(pde, 0x122000a3n)).memoryType).toBe('WT');
    expect(two(0x12200082n, { zeroLength: true })).toBe('completed');
    expect(two(0x12200082n)).toBe('UR SGN.7 86');
    expect(two(0x12200082n, { zeroLength: true }, unitOf({ cap: CAP & ~(1n << 22n) }))).toBe('UR SGN.7 86');
    expect(two(0x12200080n, { zeroLength: true })).toBe('UR SSS.2 79');
  });

  it('3.79, 4.34: output in the interrupt range', () => {
    expect(short(ask(scalableTables({ pgtt: 2n }).put(pde, 0xfee00083n), { address: 0x12200100n }))).toBe(
      'UR SGN.8.1 87',
    );
    const wide = scalableTables({ pgtt: 2n }).put(0x11000n, 0xc0000083n);
    expect(short(ask(wide, { ...TR, address: 0n }))).toBe('CA SGN.8.2 87');
  });
});

describe('nested and pass-through', () => {
  it('3.56, 3.57: limits below HAW', () => {
    const short39 = unitOf({ cap: (CAP & ~(31n << 8n)) | (2n << 8n) });
    const nested = { pgtt: 3n, aw: 1n } as const;
    expect(shape({ ...nested, entry: [0n, 0n, 1n << 39n] }, TR, short39)).toBe('CA SPT.4.4 5b');
    expect(short(ask(scalableTables(nested).put(0x4050n, 1n << 39n), {}, short39))).toBe('UR SPT.4.4 5b');
    const memory = scalableTables({ ...nested, entry: [0x1000n] }).put(0x23000n + 8n * 0x145n, (1n << 39n) | 7n);
    expect(short(ask(memory, TR, short39))).toBe('translation SFS.5 74');
  });

  it('3.58 to 3.61: second-stage rights on first-stage tables', () => {
    const page = (n: bigint, rights: bigint, more: ScalableShape = {}, request: Partial<Request> = {}) =>
      short(ask(scalableTables({ pgtt: 3n, ...more }).put(0x13000n + 8n * n, (n << 12n) | rights), request));
    expect(page(0x20n, 2n)).toBe('UR SFS.6 75');
    expect(page(0x23n, 2n)).toBe('UR SFS.7 76');
    expect(page(0x23n, 1n)).toBe('UR SFS.8 77');
    expect(page(0x20n, 1n, { entry: [0x200n] })).toBe('UR SFS.6 75');
    expect(page(0x23n, 0n)).toBe('UR SSS.2 79');
  });

  it('3.61, 4.27, 3.54: sizes and flags', () => {
    const memory = scalableTables({ pgtt: 3n, entry: [0x200n] });
    memory.put(0x22000n + 8n * 0x91n, 0x87n);
    const answer = ask(memory, { ...TR, address: 0x12200000n + 0x5000n });
    expect([answer.address, answer.size]).toEqual([0x5000n, 4096]);
    expect((memory.words.get(0x13000n + 8n * 0x20n) ?? 0n) & 0x300n).toBe(0x300n);
    expect((memory.words.get(0x13000n + 8n * 5n) ?? 0n) & 0x300n).toBe(0x300n);
    expect(short(ask(scalableTables({ pgtt: 3n }).put(0x12000n + 8n * 59n, 0n)))).toBe('UR SSS.2 79');
  });

  it('3.67, 3.69: memory types', () => {
    const emt = (leaf: bigint, more: bigint) =>
      ask(scalableTables({ pgtt: 3n, entry: [0n, (1n << 26n) | more] }).put(0x12000n + 8n * 59n, 0x7600083n | leaf))
        .memoryType;
    expect(emt(0x30n, 1n << 25n)).toBe('UC');
    expect(emt(0x60n, 0n)).toBe('WT');
    expect(emt(0x30n, 5n << 32n)).toBe('WP');
    expect(emt(0x30n, 0n)).toBe('UC');
  });

  it('3.62, 3.65, 4.28, 4.35: pass-through', () => {
    expect(shape({ pgtt: 4n }, { address: 1n << 46n })).toBe('UR SGN.4.2 83');
    expect(shape({ pgtt: 4n }, { ...TR, address: 1n << 46n })).toBe('translation SGN.4.2 83');
    expect(ask(scalableTables({ pgtt: 4n, entry: [0n, 1n << 24n] }), { noSnoop: true }).snoop).toBe(true);
    expect(ask(scalableTables({ pgtt: 4n }), { noSnoop: true }).snoop).toBe(false);
    const answer = ask(scalableTables({ pgtt: 4n }), TR);
    expect([answer.address, answer.size, answer.nonSnooped]).toEqual([0n, 0x40000000, false]);
    expect(shape({ pgtt: 4n }, { ...TR, pasid: 1, address: 0xfee01000n })).toBe('CA SGN.8.2 87');
    expect(shape({ pgtt: 4n }, { pasid: 1, address: 0xfee01000n })).toBe('UR SGN.8.1 87');
  });

  it('4.29 to 4.32, 3.78: the interrupt range', () => {
    expect(ask(scalableTables(), { ...TR, address: 0xfee01000n }).untranslatedOnly).toBe(true);
    expect(shape({ contextFlags: 9n }, { ...TR, address: 0xfee01000n })).toBe('UR SCT.5 44');
    expect(shape({}, { ...TR, pasid: 1, address: 0xfee01000n })).toBe('translation SFS.2 71');
    expect(shape({}, { pasid: 1, access: 'write', address: 0xfee01000n })).toBe('UR SFS.2 71');
    expect(shape({}, { ...TD, address: 0xfee00100n })).toBe('UR SGN.8.3 87');
  });
});
