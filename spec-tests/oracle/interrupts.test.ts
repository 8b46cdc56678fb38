import { describe, expect, test } from 'vitest';
import { FaultLog } from './fault-log.ts';
import {
  asked,
  askInterrupt,
  EIME,
  EIMER,
  entry5,
  GOOD,
  handle,
  INTERRUPT_CAP,
  INTERRUPT_ECAP,
  IRREQ,
  interruptUnit,
  POSTED,
  says,
  TABLE,
} from './interrupt-bench.ts';
import { Memory } from './test-bench.ts';

// The cases of chapters 5 and 9 about requests. What is expected was worked out from the digest's rules.

const SENT = 'delivered fee12000 4031 to 12';
const COMPATIBILITY = 0xfee01004n;

/** Bit 64 + n is bit n of the upper word. */
const high = (bit: number): bigint => 1n << BigInt(bit - 64);
const low = (bit: number): bigint => 1n << BigInt(bit);
const svt = (value: bigint, sq: bigint, sid: bigint): bigint => (value << 18n) | (sq << 16n) | sid;

describe('whether the table is used', () => {
  const none = new Memory();

  test('5.1, 5.2: interrupt remapping off, whatever bit 4 says', () => {
    const off = { latched: { ires: false } };
    expect(askInterrupt(none, { ...off, address: COMPATIBILITY, data: 0x0041n })).toEqual({
      outcome: 'delivered',
      address: 0xfee01004n,
      data: 0x41n,
      destination: 1n,
      vector: 0x41,
      deliveryMode: 0,
      destinationMode: 1,
      redirectionHint: 0,
      triggerMode: 0,
    });
    expect(says(none, { ...off, address: 0xfee00010n })).toBe('delivered fee00010 0 to 0');
    const extended = { latched: { ires: false, irta: TABLE | EIME | 7n } };
    const unit = interruptUnit({ ecap: INTERRUPT_ECAP | EIMER });
    expect(says(none, { ...extended, unit, address: COMPATIBILITY })).toBe('delivered fee01004 0 to 1');
    expect(says(none, { ...off, unit, address: COMPATIBILITY })).toBe('delivered fee01004 0 to 1');
    expect(none.seen).toEqual([]);
  });

  test('5.3: IRREQ, only while interrupt remapping is off', () => {
    const unit = interruptUnit({ ecap: INTERRUPT_ECAP | IRREQ });
    for (const address of [COMPATIBILITY, handle(5)])
      expect(says(none, { unit, address, latched: { ires: false } })).toBe('UR 2Bh');
    expect(says(entry5(GOOD), { unit })).toBe(SENT);
  });

  test('5.4, 5.5: EIMER without EIME', () => {
    const unit = interruptUnit({ ecap: INTERRUPT_ECAP | EIMER });
    for (const address of [COMPATIBILITY, handle(5)]) {
      expect(says(entry5(GOOD), { unit, address })).toBe('UR 2Ah');
      expect(says(entry5(GOOD), { unit, address, latched: { cfis: true } })).toBe('UR 2Ah');
    }
    expect(says(entry5(0x1200_0031_0001n), { unit, latched: { irta: TABLE | EIME | 7n } })).toBe(
      'delivered fee00000 4031 to 1200',
    );
  });

  test('5.6 to 5.8: compatibility requests', () => {
    const request = { address: COMPATIBILITY, data: 0xffff_ff41n };
    expect(says(none, { ...request, latched: { cfis: true, irta: TABLE | EIME | 7n } })).toBe('UR 25h');
    expect(says(none, request)).toBe('UR 25h');
    expect(askInterrupt(none, { ...request, address: 0xfeeabfefn, latched: { cfis: true } })).toEqual({
      outcome: 'delivered',
      address: 0xfeeabfefn,
      data: 0xffff_ff41n,
      destination: 0xabn,
      vector: 0x41,
      deliveryMode: 7,
      destinationMode: 1,
      redirectionHint: 1,
      triggerMode: 1,
    });
    expect(none.seen).toEqual([]);
  });

  test('11.4.10-R3: a unit without EIM has no EIME', () => {
    const unit = interruptUnit({ ecap: INTERRUPT_ECAP & ~low(4) });
    expect(says(entry5(GOOD), { unit, latched: { irta: TABLE | EIME | 7n } })).toBe(SENT);
  });
});

describe('which entry', () => {
  const where = (address: bigint, data = 0n, irta = TABLE | 15n) => {
    const memory = new Memory();
    const answer = askInterrupt(memory, { address, data, latched: { irta } });
    return answer.outcome === 'UR' && answer.fault.condition === '22h' ? memory.seen[0] : answer;
  };

  test('5.9, 5.10: data with and without SHV', () => {
    expect(says(entry5(GOOD), { data: 0xffff_0000n })).toBe(SENT);
    expect(says(entry5(GOOD), { data: 0xffff_ffffn })).toBe(SENT);
    for (const bit of [16, 31]) expect(says(entry5(GOOD), { address: handle(5) | 8n, data: low(bit) })).toBe('UR 20h');
  });

  test('5.10 before 5.14: reserved bits before the index', () => {
    expect(says(new Memory(), { address: handle(256) | 8n, data: 0x1_0000n })).toBe('UR 20h');
  });

  test('5.11 to 5.13, 5.42: handle and subhandle', () => {
    expect(where(handle(3) | 8n, 4n)).toBe(TABLE + 0x70n);
    expect(where(0xfee00000n | (0x7fffn << 5n) | 0x14n)).toBe(TABLE + 0xffff0n);
    expect(where(0xfee00014n)).toBe(TABLE + 0x80000n);
    expect(where(handle(5) | 3n)).toBe(TABLE + 0x50n);
    expect(where(handle(0x40) | 8n, 5n)).toBe(TABLE + 0x450n);
    expect(where(handle(0) | 8n, 0xffffn)).toBe(TABLE + 0xffff0n);
  });

  test('5.41: what an I/OxAPIC makes of index 8001h', () => {
    expect(where(0xfee00000n | (1n << 5n) | 0x14n)).toBe(TABLE + 0x8001n * 16n);
  });

  test('5.14, 5.15: the end of the table', () => {
    expect(where(handle(255), 0n, TABLE | 7n)).toBe(TABLE + 0xff0n);
    expect(where(handle(256), 0n, TABLE | 7n)).toMatchObject({ fault: { condition: '21h', fi: 0x100n << 48n } });
    expect(where(handle(2), 0n, TABLE)).toMatchObject({ fault: { condition: '21h' } });
    expect(where(handle(1), 0n, TABLE)).toBe(TABLE + 0x10n);
    const beyond = 0xfee00000n | (0x7fffn << 5n) | 0x1cn;
    expect(where(beyond, 0n)).toBe(TABLE + 0xffff0n);
    expect(where(beyond, 1n)).toMatchObject({ fault: { condition: '21h', fi: 0n } });
    expect(where(beyond, 0xffffn)).toMatchObject({ fault: { condition: '21h', fi: 0xfffen << 48n } });
  });

  test('5.16: a table above HAW, or that reaches above it', () => {
    expect(where(handle(0), 0n, (1n << 46n) | 7n)).toMatchObject({ fault: { condition: '21h' } });
    const last = (1n << 46n) - 0x1000n;
    expect(where(handle(255), 0n, last | 8n)).toBe((1n << 46n) - 0x10n);
    expect(where(handle(256), 0n, last | 8n)).toMatchObject({ fault: { condition: '21h', fi: 0x100n << 48n } });
  });

  test('5.17: a table that cannot be read, in one access of 16 bytes', () => {
    const memory = entry5(GOOD | 2n).refuse(TABLE);
    expect(askInterrupt(memory)).toEqual({
      outcome: 'UR',
      fault: { condition: '23h', reason: 0x23, qualified: false, fi: 5n << 48n },
      fpd: false,
      logged: true,
    });
    const half = entry5(GOOD);
    const read = half.read.bind(half);
    half.read = (address) => (address === TABLE + 0x58n ? undefined : read(address));
    expect(says(half)).toBe('UR 23h');
  });
});

describe('the entry', () => {
  test('5.18, 5.19, 9.94: absent', () => {
    expect(askInterrupt(entry5(0n))).toEqual({
      outcome: 'UR',
      fault: { condition: '22h', reason: 0x22, qualified: true, fi: 5n << 48n },
      fpd: false,
      logged: true,
    });
    expect(askInterrupt(entry5(2n))).toMatchObject({ fault: { condition: '22h' }, fpd: true, logged: false });
    const ones = (1n << 64n) - 1n;
    expect(says(entry5(ones - 1n, ones))).toBe('UR 22h silent');
    expect(says(entry5(ones - 3n, ones))).toBe('UR 22h');
  });

  test('5.20 to 5.23: a source-id compared', () => {
    const from = (source: number, sq: bigint) => says(entry5(GOOD, svt(1n, sq, 0x0100n)), { source });
    const passing = [0n, 1n, 2n, 3n].map((sq) =>
      [0, 1, 2, 3, 4, 5, 6, 7].filter((low3) => from(0x0100 | low3, sq) === SENT),
    );
    expect(passing).toEqual([[0], [0, 4], [0, 2, 4, 6], [0, 1, 2, 3, 4, 5, 6, 7]]);
    for (const bit of [3, 7, 8, 15]) expect(from(0x0100 ^ (1 << bit), 3n)).toBe('UR 26h');
    expect(says(entry5(GOOD, svt(1n, 3n, 0x0107n)), { source: 0x0100 })).toBe(SENT);
  });

  test('5.24, 9.98, 9.99: a bus in a range', () => {
    const from = (bus: number, sid: bigint, sq = 0n) => says(entry5(GOOD, svt(2n, sq, sid)), { source: bus << 8 });
    expect([3, 4, 6, 8, 9].map((bus) => from(bus, 0x0408n))).toEqual(['UR 26h', SENT, SENT, SENT, 'UR 26h']);
    expect(from(4, 0x0408n, 3n)).toBe(SENT);
    expect(from(9, 0x0408n, 3n)).toBe('UR 26h');
    for (const bus of [0, 4, 6, 8, 255]) expect(from(bus, 0x0804n)).toBe('UR 26h');
    expect(from(255, 0x00ffn)).toBe(SENT);
  });

  test('5.26, 9.98: any source', () => {
    for (const source of [0, 0xffff]) expect(says(entry5(GOOD, svt(0n, 3n, 0x1234n)), { source })).toBe(SENT);
  });

  test('5.25, 9.100: SVT=11b', () => {
    expect(says(entry5(GOOD, svt(3n, 0n, 0n)))).toBe('UR 24h');
    const unit = interruptUnit({ choices: { reservedSourceValidation: '26h' } });
    expect(says(entry5(GOOD, svt(3n, 0n, 0n)), { unit })).toBe('UR 26h');
  });

  test('5.27: two faults in one entry', () => {
    const both = () => entry5(GOOD, svt(1n, 0n, 0x0100n) | high(127));
    const order = (interruptEntryOrder: '24h' | '26h') => ({
      unit: interruptUnit({ choices: { interruptEntryOrder } }),
    });
    expect(says(both())).toBe('UR 26h');
    expect(says(both(), order('26h'))).toBe('UR 26h');
    expect(says(both(), order('24h'))).toBe('UR 24h');
    expect(says(both(), { ...order('24h'), source: 0x0100 })).toBe('UR 24h');
    expect(says(entry5(GOOD, svt(1n, 0n, 0x0100n)), order('24h'))).toBe('UR 26h');
  });

  test('5.37: FPD silences what is qualified', () => {
    expect(says(entry5(GOOD | 2n, high(127)))).toBe('UR 24h silent');
    expect(says(entry5(GOOD | 2n, svt(1n, 0n, 0x0100n)))).toBe('UR 26h silent');
    expect(says(entry5(GOOD | 2n), { address: handle(5) | 8n, data: 0x1_0000n })).toBe('UR 20h');
    expect(says(entry5(GOOD | 2n), { address: handle(256) })).toBe('UR 21h');
    expect(says(entry5(GOOD | 2n), { address: COMPATIBILITY })).toBe('UR 25h');
    expect(says(entry5(GOOD | 2n))).toBe(SENT);
  });
});

describe('the remapped format', () => {
  test('5.28: the message', () => {
    expect(askInterrupt(entry5(0x1200_0031_0019n))).toEqual({
      outcome: 'delivered',
      index: 5,
      address: 0xfee12008n,
      data: 0xc031n,
      destination: 0x12n,
      vector: 0x31,
      deliveryMode: 0,
      destinationMode: 0,
      redirectionHint: 1,
      triggerMode: 1,
    });
    expect(askInterrupt(entry5(0xff00_00fe_0025n))).toMatchObject({
      address: 0xfeeff004n,
      data: 0x41fen,
      deliveryMode: 1,
      destinationMode: 1,
      redirectionHint: 0,
      triggerMode: 0,
    });
  });

  test('5.29, 9.96: destinations', () => {
    const extended = { latched: { irta: TABLE | EIME | 7n } };
    for (const bit of [32, 39, 48, 63]) {
      expect(says(entry5(GOOD | low(bit)))).toBe('UR 24h');
      expect(says(entry5(GOOD | low(bit)), extended)).toMatch(/^delivered/);
    }
    expect(says(entry5(0x8765_4321_0031_0001n), extended)).toBe('delivered fee21000 4031 to 87654321');
  });

  test('5.30, 9.100: DLM=3 and 6', () => {
    const unit = interruptUnit({ choices: { reservedDeliveryMode: 'delivered' } });
    for (const mode of [3n, 6n]) {
      expect(says(entry5(GOOD | (mode << 5n)))).toBe('UR 24h');
      expect(askInterrupt(entry5(GOOD | (mode << 5n)), { unit })).toMatchObject({
        outcome: 'delivered',
        deliveryMode: Number(mode),
        data: 0x4031n | (mode << 8n),
      });
    }
  });

  test('5.31, 9.101: SMI, NMI, INIT and ExtINT are edge whatever TM', () => {
    const modes = [0n, 1n, 2n, 4n, 5n, 7n].map((mode) => {
      const answer = askInterrupt(entry5(GOOD | 0x10n | (mode << 5n)));
      return answer.outcome === 'delivered' ? [answer.triggerMode, answer.data, answer.vector] : answer;
    });
    expect(modes).toEqual([
      [1, 0xc031n, 0x31],
      [1, 0xc131n, 0x31],
      [0, 0x4231n, 0x31],
      [0, 0x4431n, 0x31],
      [0, 0x4531n, 0x31],
      [0, 0x4731n, 0x31],
    ]);
  });

  test('5.33, 9.95, 9.105: reserved bits', () => {
    for (const bit of [12, 13, 14, 24, 31]) expect(says(entry5(GOOD | low(bit)))).toBe('UR 24h');
    for (const bit of [84, 95, 96, 110, 127]) expect(says(entry5(GOOD, high(bit)))).toBe('UR 24h');
  });

  test('5.34, 9.97: AVAIL', () => {
    expect(says(entry5(GOOD | 0xf00n))).toBe(SENT);
  });

  test('5.32, 9.104: a unit without posting', () => {
    const unit = interruptUnit({ cap: INTERRUPT_CAP & ~low(59) });
    expect(says(entry5(POSTED), { unit })).toBe('UR 24h');
    expect(says(entry5(GOOD | low(14)), { unit })).toBe('UR 24h');
    expect(says(entry5(GOOD), { unit })).toBe(SENT);
  });
});

describe('the record', () => {
  test('5.35, 5.36, 9.115: index and source, nothing else', () => {
    const log = new FaultLog(4);
    const address = handle(5);
    const put = (memory: Memory, source: number, at = address) => {
      const answer = askInterrupt(memory, { source, address: at });
      if (answer.outcome === 'UR' && answer.logged) log.log(asked(at, source), answer.fault, interruptUnit());
    };
    put(entry5(GOOD, svt(1n, 0n, 0x0100n)), 0x0101);
    put(entry5(GOOD), 0x0102, COMPATIBILITY);
    put(entry5(2n), 0x0103);
    put(entry5(0n), 0x0104);
    expect(log.records.map((record) => record.toString(16))).toEqual([
      '80000026000001010005000000000000',
      '80000025000001020000000000000000',
      '80000022000001040005000000000000',
      '0',
    ]);
  });
});
