import { describe, expect, test } from 'vitest';
import {
  askInterrupt,
  DESCRIPTOR,
  EIME,
  entry5,
  INTERRUPT_ECAP,
  interruptUnit,
  NDST,
  NV,
  ON,
  POSTED,
  SN,
  says,
  TABLE,
  URG,
} from './interrupt-bench.ts';
import type { Memory } from './test-bench.ts';

// The cases of chapters 5 and 9 about posted interrupts.

const SENT = 'posted 20000 50 fee20000 40f2 to 20';
const QUIET = 'posted 20000 50';
const EXTENDED = { latched: { irta: TABLE | EIME | 7n } };
/** Bit 50h of PIR is bit 16 of word 1. */
const BIT_50 = 0x1_0000n;

/** Entry 5 posts; word 4 of the descriptor is this. */
function posting(control: bigint, entry = POSTED, high = 0n): Memory {
  return entry5(entry, high).put(DESCRIPTOR + 32n, control | NV | NDST);
}

const descriptor = (memory: Memory): bigint[] =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((word) => memory.words.get(DESCRIPTOR + BigInt(8 * word)) ?? 0n);

describe('posting', () => {
  test('5.43: the whole opinion and what it leaves', () => {
    const memory = posting(0n);
    expect(askInterrupt(memory)).toEqual({
      outcome: 'posted',
      index: 5,
      descriptor: DESCRIPTOR,
      vector: 0x50,
      notification: { address: 0xfee20000n, data: 0x40f2n, vector: 0xf2, destination: 0x20n },
    });
    expect(descriptor(memory)).toEqual([0n, BIT_50, 0n, 0n, ON | NV | NDST, 0n, 0n, 0n]);
  });

  test.each([
    ['5.43', 0n, 0n, SENT, ON],
    ['5.44', ON, 0n, QUIET, ON],
    ['5.45', SN, 0n, QUIET, SN],
    ['5.46', SN, URG, SENT, SN | ON],
    ['5.47', SN | ON, URG, QUIET, SN | ON],
    ['9.105', 0n, URG, SENT, ON],
    ['5.2.3-R5', SN | ON, 0n, QUIET, SN | ON],
    ['5.2.3-R4', ON, URG, QUIET, ON],
  ])('%s: ON and SN %d, URG %d', (_, control, urgent, answer, after) => {
    const memory = posting(control, POSTED | urgent);
    expect(says(memory)).toBe(answer);
    expect(descriptor(memory).slice(1, 5)).toEqual([BIT_50, 0n, 0n, after | NV | NDST]);
  });

  test('5.48: twice, with ON cleared in between or not', () => {
    const memory = posting(0n);
    expect([says(memory), says(memory)]).toEqual([SENT, QUIET]);
    memory.put(DESCRIPTOR + 32n, NV | NDST);
    expect(says(memory)).toBe(SENT);
    expect(descriptor(memory)[1]).toBe(BIT_50);
  });

  test('5.2.3-R3: each vector has its bit, and others stay', () => {
    for (const [vector, word, bit] of [
      [0x00n, 0, 0n],
      [0x3fn, 0, 63n],
      [0x40n, 1, 0n],
      [0xffn, 3, 63n],
    ] as const) {
      const memory = posting(0n, (POSTED & ~0xff_0000n) | (vector << 16n)).put(DESCRIPTOR, 2n, 4n, 8n, 0x10n);
      expect(says(memory)).toBe(`posted 20000 ${vector.toString(16)} fee20000 40f2 to 20`);
      const expected = [2n, 4n, 8n, 0x10n];
      expected[word] = (expected[word] ?? 0n) | (1n << bit);
      expect(descriptor(memory).slice(0, 4)).toEqual(expected);
    }
  });

  test('9.10-R2: the address, of 64 bytes', () => {
    const memory = entry5((0xffff_ffc0n << 32n) | 0x50_8001n, 0x3fffn << 32n);
    const at = 0x3fff_ffff_ffc0n;
    expect(says(memory.put(at + 32n, NV | NDST))).toBe('posted 3fffffffffc0 50 fee20000 40f2 to 20');
    expect(memory.words.get(at + 8n)).toBe(BIT_50);
  });

  test('5.55: a level source changes nothing', () => {
    expect(says(posting(0n), { data: 0xc000n })).toBe(SENT);
  });
});

describe('what is wrong with a posted entry', () => {
  test.each([2, 3, 4, 5, 6, 7, 12, 13, 24, 31, 32, 37])('5.2.1-R1, 9.102: bit %d', (bit) => {
    const memory = posting(0n, POSTED | (1n << BigInt(bit)));
    expect(says(memory)).toBe('UR 24h');
    expect(descriptor(memory)[1]).toBe(0n);
  });

  test.each([84, 95, 110, 127])('5.51, 5.52, 9.102, 9.103: bit %d', (bit) => {
    expect(says(posting(0n, POSTED, 1n << BigInt(bit - 64)))).toBe('UR 24h');
    expect(says(posting(0n, POSTED | 2n, 1n << BigInt(bit - 64)))).toBe('UR 24h silent');
  });

  test('9.97, 9.103: AVAIL and the last bit below HAW', () => {
    expect(says(posting(0n, POSTED | 0xf00n))).toBe(SENT);
    expect(says(posting(0n, POSTED, 1n << 45n))).toBe('posted 200000020000 50 fee00000 4000 to 0');
    const wide = interruptUnit({ haw: 64 });
    expect(says(posting(0n, POSTED, 1n << 63n), { unit: wide })).toBe('posted 8000000000020000 50 fee00000 4000 to 0');
  });

  test('5.1.4-R8: the source check comes first', () => {
    const other = (1n << 18n) | 0x0100n;
    expect(says(posting(0n, POSTED, other))).toBe('UR 26h');
    expect(says(posting(0n, POSTED | 4n, other))).toBe('UR 26h');
    expect(says(posting(0n, POSTED, other), { source: 0x0100 })).toBe(SENT);
  });
});

describe('what is wrong with a descriptor', () => {
  test('5.50: it cannot be read', () => {
    expect(askInterrupt(posting(0n).refuse(DESCRIPTOR))).toEqual({
      outcome: 'UR',
      fault: { condition: '27h', reason: 0x27, qualified: true, fi: 5n << 48n },
      fpd: false,
      logged: true,
    });
    expect(says(posting(0n, POSTED | 2n).refuse(DESCRIPTOR))).toBe('UR 27h silent');
  });

  test.each([DESCRIPTOR + 8n, DESCRIPTOR + 32n])('5.2.3-R2: it cannot be written at %d, and nothing is', (refused) => {
    const memory = posting(0n);
    const write = memory.write.bind(memory);
    memory.write = (address, value) => address !== refused && write(address, value);
    expect(says(memory)).toBe('UR 27h');
    expect(descriptor(memory)).toEqual([0n, 0n, 0n, 0n, NV | NDST, 0n, 0n, 0n]);
  });

  test.each([258, 260, 271, 280, 287, 320, 383, 384, 448, 511])('5.49, 9.106: bit %d', (bit) => {
    const memory = posting(0n);
    const at = DESCRIPTOR + BigInt(8 * Math.floor(bit / 64));
    memory.put(at, (memory.words.get(at) ?? 0n) | (1n << BigInt(bit % 64)));
    const before = descriptor(memory);
    expect(says(memory)).toBe('UR 28h');
    expect(says(memory, EXTENDED)).toBe('UR 28h');
    expect(descriptor(memory)).toEqual(before);
  });

  test('5.53, 5.54, 9.107: the destination', () => {
    for (const bit of [32, 39, 48, 63]) {
      expect(says(posting(1n << BigInt(bit)))).toBe('UR 28h');
      expect(says(posting(1n << BigInt(bit)), EXTENDED)).toMatch(/^posted 20000 50 fee/);
    }
    expect(says(posting(0x8765_0021n << 32n), EXTENDED)).toBe('posted 20000 50 fee21000 40f2 to 87652021');
  });

  test('9.11-G1: the destination of a notification that is not sent', () => {
    const unit = interruptUnit({ choices: { postedDestinationCheck: 'when-notifying' } });
    const wrong = 1n << 63n;
    expect(says(posting(wrong | ON))).toBe('UR 28h');
    expect(says(posting(wrong | ON), { unit })).toBe(QUIET);
    expect(says(posting(wrong | SN), { unit })).toBe(QUIET);
    expect(says(posting(wrong | SN, POSTED | URG), { unit })).toBe('UR 28h');
    expect(says(posting(wrong), { unit })).toBe('UR 28h');
    expect(says(posting(ON | (1n << 24n)), { unit })).toBe('UR 28h');
  });

  test('5.56: a unit whose table is not snooped posts alike', () => {
    expect(says(posting(0n), { unit: interruptUnit({ ecap: INTERRUPT_ECAP & ~1n }) })).toBe(SENT);
  });
});
