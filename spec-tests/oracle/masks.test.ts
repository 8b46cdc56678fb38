import { describe, expect, it } from 'vitest';
import { opinion } from './index.ts';
import { CAP, ECAP, latchedOf, legacyTables, type Memory, requestOf, scalableTables, unitOf } from './test-bench.ts';

// The digest's table "Masks for a fully featured unit" (ch09): HAW=46, w=16, every capability present.
const UNIT = unitOf({ cap: CAP | (1n << 60n), ecap: ECAP | (1n << 55n) | (1n << 56n) | (1n << 59n) });

/** Every single bit on top of a good entry: the ones that raise the condition, as words. */
function reservedBits(make: () => Memory, at: bigint, words: number, rtaddr: bigint, condition: string, skip = -1) {
  const found = Array<bigint>(words).fill(0n);
  for (let bit = 0; bit < 64 * words; bit += 1) {
    if (bit === skip) continue;
    const memory = make();
    const address = at + BigInt(8 * Math.floor(bit / 64));
    memory.put(address, (memory.words.get(address) ?? 0n) | (1n << BigInt(bit % 64)));
    const answer = opinion(UNIT, latchedOf({ rtaddr }), memory, requestOf());
    if (answer.fault?.condition !== condition) continue;
    const word = Math.floor(bit / 64);
    found[word] = (found[word] ?? 0n) | (1n << BigInt(bit % 64));
  }
  return found.map((word) => word.toString(16).toUpperCase().padStart(16, '0')).join(' ');
}

describe('9, masks: reserved bits of the tables that are no paging entries', () => {
  it('legacy', () => {
    expect(reservedBits(legacyTables, 0x1010n, 2, 0x1000n, 'LRT.3')).toBe('FFFFC00000000FFE FFFFFFFFFFFFFFFF');
    expect(reservedBits(legacyTables, 0x2100n, 2, 0x1000n, 'LCT.3', 3)).toBe('FFFFC00000000FF0 FFFFFFFFFF000080');
  });

  it('scalable', () => {
    expect(reservedBits(scalableTables, 0x1010n, 2, 0x1400n, 'SRT.3')).toBe('FFFFC00000000FFE 0000000000000000');
    expect(reservedBits(scalableTables, 0x2200n, 4, 0x1400n, 'SCT.3')).toBe(
      'FFFFC00000000180 FFFFFFFFFFE00000 FFFFFFFFFFFFFFFF FFFFFFFFFFFFFFFF',
    );
    expect(reservedBits(scalableTables, 0x3008n, 1, 0x1400n, 'SPD.3')).toBe('FFFFC00000000FFC');
    // with the PAT nibble bits of 9.6-G3 added to word 1
    expect(reservedBits(scalableTables, 0x4040n, 8, 0x1400n, 'SPT.3')).toBe(
      'FFFFC00000000C20 88888888F87F0000 FFFFC00000000F02 FFFFFFFFFFFFFFFF ' +
        'FFFFC00000000FF8 FFFFFFFFFFFF0000 FFFFFFFFFFFFFFFF FFFFFFFFFFFFFFFF',
    );
  });
});

describe('9, masks: reserved bits of paging entries', () => {
  const first = (at: bigint, value: bigint, skip?: number) =>
    reservedBits(() => scalableTables().put(at, value), at, 1, 0x1400n, 'SFS.3', skip);
  const second = (at: bigint, value: bigint, skip?: number) =>
    reservedBits(() => scalableTables({ pgtt: 2n }).put(at, value), at, 1, 0x1400n, 'SSS.3', skip);

  it('first stage', () => {
    expect(first(0x20000n, 0x21007n)).toBe('000FC00000000080');
    expect(first(0x21000n, 0x40000087n)).toBe('000FC0003FFFE000');
    expect(first(0x21000n, 0x22007n, 7)).toBe('000FC00000000000');
    expect(first(0x22000n + 8n * 0x91n, 0x600087n)).toBe('000FC000001FE000');
    expect(first(0x22000n + 8n * 0x91n, 0x23007n, 7)).toBe('000FC00000000000');
    expect(first(0x23000n + 8n * 0x145n, 0x7777007n)).toBe('000FC00000000000');
    const five = () =>
      scalableTables({ entry: [0n, 0n, 4n] })
        .put(0x20000n, 0x24007n)
        .put(0x24000n, 0x21007n);
    expect(reservedBits(five, 0x20000n, 1, 0x1400n, 'SFS.3')).toBe('000FC00000000080');
  });

  it('second stage, bit 62 added for SSIRWE=0', () => {
    expect(second(0x10000n, 0x11003n)).toBe('400FC00000000880');
    expect(second(0x11000n, 0x40000083n)).toBe('400FC0003FFFF000');
    expect(second(0x11000n, 0x12003n, 7)).toBe('400FC00000000800');
    expect(second(0x12000n + 8n * 0x91n, 0x600083n)).toBe('400FC000001FF000');
    const small = () => scalableTables({ pgtt: 2n }).put(0x12000n + 8n * 0x91n, 0x13003n);
    expect(reservedBits(small, 0x12000n + 8n * 0x91n, 1, 0x1400n, 'SSS.3', 7)).toBe('400FC00000000800');
    expect(reservedBits(small, 0x13000n + 8n * 0x145n, 1, 0x1400n, 'SSS.3')).toBe('400FC00000000000');
  });

  it('host permission table', () => {
    const make = () => {
      const memory = scalableTables({ contextFlags: 0x2dn, entry: [0n, 0n, 0n, 0n, 0x30000n] });
      memory.put(0x30000n, 0n, 0x31001n).put(0x31000n, 0n, 0x32001n);
      return memory.put(0x32000n + 16n * 9n, 0n, 0x33001n);
    };
    const ask = (at: bigint) => {
      const found = [0n, 0n];
      for (let bit = 0; bit < 128; bit += 1) {
        const memory = make();
        const address = at + BigInt(8 * Math.floor(bit / 64));
        memory.put(address, (memory.words.get(address) ?? 0n) | (1n << BigInt(bit % 64)));
        const answer = opinion(UNIT, latchedOf({ rtaddr: 0x1400n }), memory, requestOf({ type: 'translated' }));
        const word = Math.floor(bit / 64);
        if (answer.fault?.condition === 'HPT.2') found[word] = (found[word] ?? 0n) | (1n << BigInt(bit % 64));
      }
      return found.map((word) => word.toString(16).toUpperCase().padStart(16, '0')).join(' ');
    };
    expect(ask(0x30000n)).toBe('FFFFFFFFFFFFFFFF 000FC00000000FFE');
    expect(ask(0x31000n)).toBe('FFFFFFFFCCCCCCCC 000FC00000000FFE');
    expect(ask(0x32000n + 16n * 9n)).toBe('CCCCCCCCCCCCCCCC 000FC00000000FFE');
    expect(ask(0x33000n + 16n * 0x1an)).toBe('CCCCCCCCCCCCCCCC CCCCCCCCCCCCCCCC');
  });
});
