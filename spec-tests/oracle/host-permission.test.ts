import { describe, expect, it } from 'vitest';
import { opinion } from './index.ts';
import { CAP, ECAP, latchedOf, type Memory, requestOf, scalableTables, unitOf } from './test-bench.ts';
import type { Opinion, Request } from './types.ts';

const UNIT = unitOf();
const TD = { type: 'translated' } as const;

function ask(memory: Memory, request: Partial<Request> = {}, unit = UNIT) {
  return opinion(unit, latchedOf({ rtaddr: 0x1400n }), memory, requestOf(request));
}

function short(answer: Opinion): string {
  if (answer.fault === undefined) return answer.outcome;
  return `${answer.outcome} ${answer.fault.condition} ${answer.fault.reason.toString(16)}`;
}

describe('host permission table', () => {
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
    const no1G = unitOf({ ecap: ECAP | (1n << 55n) });
    expect(short(ask(table(3n), TD, no1G))).toBe('CA HPT.2 a1');
    expect(short(ask(table(0n), TD, no1G))).toBe('UR HPT.6 a5');
    const deep = (fourK: bigint) => table(0n).put(0x31008n, 0x32001n).put(0x32098n, 0x33001n).put(0x331a8n, fourK);
    // 12345678h: fields 32:25=9, 24:21=1, 24:17=1Ah, 16:12=5
    expect([td(deep(0n), 'read'), td(deep(0n).put(0x331a0n, 3n << 20n), 'write')]).toEqual([
      'UR HPT.6 a5',
      'completed',
    ]);
    expect(td(deep(0n).put(0x32090n, 1n << 4n), 'read')).toBe('completed');
  });

  it('4.40: the limit of HPTSZ', () => {
    const wide = unitOf({ haw: 52, cap: (CAP & ~(63n << 16n)) | (56n << 16n), ecap: ECAP | (1n << 55n) | (1n << 59n) });
    const sized = (size: bigint) => scalableTables({ contextFlags: 0x2dn, entry: [0n, 0n, 0n, 0n, 0x30000n | size] });
    const at = (address: bigint, size: bigint) =>
      short(ask(sized(size).put(0x31008n, 0x32001n).put(0x32000n, 3n), { ...TD, address }, wide));
    expect([at(1n << 49n, 0n), at((1n << 49n) - 4n, 0n)]).toEqual(['UR SPT.9 60', 'UR HPT.6 a5']);
    expect([at(1n << 49n, 1n), at(1n << 50n, 1n)]).toEqual(['completed', 'UR SPT.9 60']);
  });
});
