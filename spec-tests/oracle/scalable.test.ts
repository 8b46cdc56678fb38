import { describe, expect, it } from 'vitest';
import { ask, ECAP, Memory, scalableTables, shape, short, TD, TR, unitOf, without } from './test-bench.ts';

const SRE = [0n, 0n, 1n];

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
