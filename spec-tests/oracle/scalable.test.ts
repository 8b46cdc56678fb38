import { describe, expect, it } from 'vitest';
import { opinion } from './index.ts';
import { CAP, ECAP, latchedOf, Memory, requestOf, type ScalableShape, scalableTables, unitOf } from './test-bench.ts';
import type { Latched, Opinion, Request } from './types.ts';

const UNIT = unitOf();
const SSIRWE = { rtaddr: 0x1480n };
const TR = { type: 'translation' } as const;
const TD = { type: 'translated' } as const;
const SRE = [0n, 0n, 1n];
const WPE = [0n, 0n, 1n << 4n];

function ask(memory: Memory, request: Partial<Request> = {}, unit = UNIT, latched: Partial<Latched> = {}) {
  return opinion(unit, latchedOf({ rtaddr: 0x1400n, ...latched }), memory, requestOf(request));
}

function short(answer: Opinion): string {
  if (answer.fault === undefined) return answer.outcome;
  return `${answer.outcome} ${answer.fault.condition} ${answer.fault.reason.toString(16)}`;
}

function shape(changes: ScalableShape, request: Partial<Request> = {}, unit = UNIT, latched: Partial<Latched> = {}) {
  return short(ask(scalableTables(changes), request, unit, latched));
}

function without(...bits: number[]) {
  return unitOf({ ecap: bits.reduce((value, bit) => value & ~(1n << BigInt(bit)), ECAP) });
}

describe('root and context', () => {
  it('3.11, 3.12: halves of the root entry', () => {
    const memory = new Memory().put(0x1010n, 0x2001n, 0xfffffffffffffffen);
    ask(memory, { source: 0x017f });
    expect(memory.seen).toContain(0x2000n + 0x7fn * 32n);
    expect(short(ask(memory, { source: 0x0180 }))).toBe('UR SRT.2 39');
    expect(short(ask(memory, { source: 0x017f }))).toBe('UR SCT.2 41');
    const dirty = new Memory().put(0x1010n, 0x2001n, 0x2003n);
    expect(short(ask(dirty))).toBe('UR SCT.2 41');
    expect(short(ask(dirty, {}, unitOf({ choices: { scalableRootHalf: 'both' } })))).toBe('UR SRT.3 3a');
    expect(short(ask(dirty, { ...TR, source: 0x0180 }))).toBe('CA SRT.3 3a');
  });

  it('3.13, 3.14: RID_PASID', () => {
    const memory = scalableTables();
    ask(memory);
    expect(memory.seen).toContain(0x3008n);
    expect(memory.seen).toContain(0x4040n);
    expect(shape({}, {}, without(49))).toBe('UR SCT.3 42');
  });

  it('3.15 to 3.17: PASID limits', () => {
    expect(shape({}, { pasid: 0x2000 })).toBe('UR SCT.7 46');
    expect(shape({ contextRid: 0x2000n })).toBe('UR SCT.4.2 43');
    expect(shape({ contextRid: 0x2000n }, TR)).toBe('CA SCT.4.2 43');
    expect(shape({}, { pasid: 0x41 })).toBe('UR SCT.9 48');
    expect(shape({}, { pasid: 0x40 })).toBe('completed');
    const narrow = unitOf({ ecap: (ECAP & ~(0x1fn << 35n)) | (7n << 35n) });
    expect(shape({}, { pasid: 0x100 }, narrow)).toBe('UR SGN.10 89');
  });

  it('3.18, 3.19, 7.15: enables', () => {
    expect(shape({ contextFlags: 5n }, { pasid: 1 })).toBe('UR SCT.6 45');
    expect(shape({ contextFlags: 5n })).toBe('completed');
    expect(shape({ contextFlags: 0x19n })).toBe('UR SCT.4.1 43');
    expect(shape({ contextFlags: 9n }, TR)).toBe('UR SCT.5 44');
  });

  it('7.14: EPTR without PASIDE, per class', () => {
    const ptrs = unitOf({ ecap: ECAP | (1n << 56n) });
    const all = [{}, { pasid: 1 }, TR, { ...TR, pasid: 1 }, TD, { ...TD, pasid: 1 }];
    expect(all.map((request) => shape({ contextFlags: 0x45n }, request, ptrs))).toEqual([
      'UR SCT.4.3 43',
      'UR SCT.6 45',
      'CA SCT.4.3 43',
      'UR SCT.6 45',
      'UR SCT.4.3 43',
      'UR SCT.4.3 43',
    ]);
    expect(shape({}, { ...TD, pasid: 1 }, ptrs)).toBe('UR SCT.10 49');
    expect(shape({ contextFlags: 0x4dn }, { ...TD, pasid: 1 }, ptrs)).toBe('completed');
    expect(shape({}, { ...TD, pasid: 1 })).toBe('UR');
  });
});

describe('PASID structures', () => {
  it('3.20, 7.2 to 7.4: directory and FPD', () => {
    const absent = () => scalableTables().put(0x3008n, 0n);
    expect(short(ask(absent()))).toBe('UR SPD.2 51');
    const answer = ask(absent(), TR);
    expect([short(answer), answer.logged, answer.size]).toEqual(['translation SPD.2 51', false, 4096]);
    expect(short(ask(absent(), TD))).toBe('completed');
    const unreadable = ask(scalableTables({ contextFlags: 0xfn }).refuse(0x3000n));
    expect([short(unreadable), unreadable.fpd, unreadable.logged]).toEqual(['UR SPD.1 50', true, true]);
    const silent = ask(scalableTables().put(0x3008n, 2n));
    expect([silent.fpd, silent.logged]).toEqual([true, false]);
    expect(short(ask(scalableTables().put(0x3008n, 0x4005n), TR))).toBe('CA SPD.3 52');
  });

  it('9.38 to 9.56: reserved bits of the PASID-table entry', () => {
    const reserved = [5, 10, 11, 46, 80, 86, 91, 95, 99, 127, 129, 136, 139, 174, 192, 255, 259, 267, 302, 336, 511];
    for (const bit of reserved) {
      const entry = Array<bigint>(8).fill(0n);
      entry[Math.floor(bit / 64)] = 1n << BigInt(bit % 64);
      expect([bit, shape({ entry })]).toEqual([bit, 'UR SPT.3 5a']);
    }
    const gated: [number, number][] = [
      [46, 3],
      [46, 12],
      [45, 9],
      [25, 90],
      [25, 89],
      [25, 98],
      [7, 88],
      [48, 87],
      [34, 135],
      [31, 128],
      [47, 132],
      [47, 140],
      [55, 256],
      [55, 268],
      [55, 320],
    ];
    for (const [capability, bit] of gated) {
      const entry = Array<bigint>(8).fill(0n);
      entry[Math.floor(bit / 64)] = 1n << BigInt(bit % 64);
      expect([bit, shape({ entry, aw: 0n, pgtt: 4n }, {}, without(capability))]).toEqual([bit, 'UR SPT.3 5a']);
    }
    expect(shape({ entry: [0n, 0n, 0x60n] })).toBe('completed');
  });

  it('3.21, 3.22, 3.29, 9.46 to 9.49: field values', () => {
    expect(shape({ pgtt: 4n }, { ...TR, pasid: 1 }, without(6))).toBe('CA SPT.4.2 5b');
    expect(shape({ pgtt: 5n }, TR, unitOf({ choices: { reservedTranslationType: 'UR' } }))).toBe('UR SPT.4.2 5b');
    expect(shape({ aw: 0n })).toBe('completed');
    expect(shape({ pgtt: 2n, aw: 1n })).toBe('UR SPT.4.1 5b');
    expect(shape({ entry: [0n, 0n, 4n] })).toBe('UR SPT.4.3 5b');
    expect(shape({ pgtt: 4n, entry: [0n, 0n, 12n] })).toBe('UR SPT.4.3 5b');
  });

  it('7.18, 3.40, 4.19: execute and supervisor', () => {
    expect(shape({}, { pasid: 1, execute: true })).toBe('UR SPT.5 5c');
    expect(shape({}, { ...TR, pasid: 1, execute: true })).toBe('translation SPT.5 5c');
    const v8 = unitOf({ version: 0x80 });
    expect(shape({}, { pasid: 1, execute: true }, v8)).toBe('UR RTA.5 34');
    expect(shape({ contextRid: 0x100041n })).toBe('UR SPT.6 5d');
    const answer = ask(scalableTables(), { ...TR, pasid: 1, privileged: true });
    expect([short(answer), answer.privileged]).toEqual(['translation SPT.6 5d', true]);
    expect(ask(scalableTables({ contextRid: 0x100041n, entry: SRE }), TR).privileged).toBe(false);
  });
});

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

  it('4.39 to 4.50: host permission table', () => {
    const hpt = unitOf({ ecap: ECAP | (1n << 55n) | (1n << 59n) });
    const table = (third: bigint, av = 1n) => {
      const memory = scalableTables({ contextFlags: 0x2dn, entry: [0n, 0n, 0n, 0n, 0x30000n] });
      return memory.put(0x30000n, 0n, 0x31000n | av).put(0x31000n, third, 0n);
    };
    const td = (memory: Memory, access: Request['access'], zeroLength = false) =>
      short(ask(memory, { ...TD, access, zeroLength }, hpt));
    expect(td(table(3n), 'atomic')).toBe('completed');
    expect([td(table(0n, 0n), 'write'), td(table(0n, 0n), 'read')]).toEqual(['UR HPT.5 a4', 'UR HPT.6 a5']);
    expect(td(table(0n, 0n), 'read', true)).toBe('UR HPT.4 a3');
    expect([td(table(1n), 'read'), td(table(1n), 'atomic')]).toEqual(['completed', 'UR HPT.5 a4']);
    expect([td(table(2n), 'read', true), td(table(2n), 'read')]).toEqual(['completed', 'UR HPT.6 a5']);
    expect(td(table(7n), 'read')).toBe('CA HPT.2 a1');
    expect(td(table(3n).refuse(0x30000n), 'read')).toBe('CA HPT.3 a2');
    expect(td(table(3n).refuse(0x31000n), 'read')).toBe('CA HPT.1 a0');
    expect(td(table(3n).put(0x3008n, 0n), 'read')).toBe('UR SPD.2 51');
  });
});
