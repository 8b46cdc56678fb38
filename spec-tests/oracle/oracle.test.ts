import { describe, expect, it } from 'vitest';
import { FaultLog, opinion } from './index.ts';
import { CAP, ECAP, latchedOf, legacyTables, Memory, requestOf, unitOf } from './test-bench.ts';
import type { Latched, MemoryReader, Opinion, Request } from './types.ts';

const UNIT = unitOf();

function ask(memory: MemoryReader, request: Partial<Request> = {}, latched: Partial<Latched> = {}, unit = UNIT) {
  return opinion(unit, latchedOf(latched), memory, requestOf(request));
}

/** Outcome, condition and reason in one word. */
function short(answer: Opinion): string {
  if (answer.fault === undefined) return answer.outcome;
  return `${answer.outcome} ${answer.fault.condition} ${answer.fault.reason.toString(16)}`;
}

const TR = { type: 'translation' } as const;
const TD = { type: 'translated' } as const;

describe('chapter 3, legacy and mode conditions', () => {
  it('3.1: TES=0 ignores the PASID prefix', () => {
    const answer = ask(new Memory(), { pasid: 5, address: 0x1000n }, { tes: false });
    expect(answer).toEqual({ outcome: 'completed', address: 0x1000n, fpd: false, logged: false });
    expect(ask(new Memory(), TR, { tes: false })).toEqual({ outcome: 'UR', fpd: false, logged: false });
  });

  it('3.2: legacy mode refuses a PASID before any table', () => {
    const memory = new Memory();
    expect(short(ask(memory, { pasid: 5 }))).toBe('UR RTA.2 31');
    expect(memory.seen).toEqual([]);
  });

  it('3.3 and 3.4: root absent, root reserved', () => {
    const absent = new Memory();
    expect([ask(absent), ask(absent, TR), ask(absent, TD)].map(short)).toEqual(Array(3).fill('UR LRT.2 1'));
    const dirty = new Memory().put(0x1010n, 0x2003n);
    expect([ask(dirty), ask(dirty, TR)].map(short)).toEqual(['UR LRT.3 a', 'CA LRT.3 a']);
  });

  it('3.5 and 7.1: FPD of an absent context entry silences LCT.2', () => {
    const silent = ask(new Memory().put(0x1010n, 0x2001n).put(0x2100n, 2n));
    expect([short(silent), silent.fpd, silent.logged]).toEqual(['UR LCT.2 2', true, false]);
    const loud = ask(new Memory().put(0x1010n, 0x2001n));
    expect([short(loud), loud.fpd, loud.logged]).toEqual(['UR LCT.2 2', false, true]);
  });

  it('3.6 to 3.9: translation types and widths', () => {
    expect(short(ask(legacyTables(undefined, 0n), TR))).toBe('UR LCT.5 d');
    expect(short(ask(legacyTables(undefined, 2n), TD))).toBe('UR LCT.5 d');
    const noDt = unitOf({ ecap: ECAP & ~(1n << 2n) });
    expect(short(ask(legacyTables(), {}, {}, noDt))).toBe('UR LCT.4.2 3');
    expect(short(ask(legacyTables(), TR, {}, noDt))).toBe('CA LCT.4.2 3');
    expect(short(ask(legacyTables().put(0x2108n, 3n)))).toBe('UR LCT.4.1 3');
  });

  it('3.10: a source-id indexes with its raw bits', () => {
    const memory = new Memory().put(0x1000n + 0x120n, 0x2001n);
    ask(memory, { source: 0x12ff });
    expect(memory.seen).toContain(0x2ff0n);
  });

  it('3.23 to 3.26: abort mode, reserved modes, SSIRWE', () => {
    const none = new Memory();
    const noAdms = unitOf({ ecap: ECAP & ~(1n << 52n) });
    expect(short(ask(none, { ...TR, pasid: 1 }, { rtaddr: 0xc00n }))).toBe('UR RTA.4 33');
    expect(short(ask(none, {}, { rtaddr: 0xc00n }))).toBe('UR RTA.4 33');
    expect(short(ask(none, TR, { rtaddr: 0xc00n }, noAdms))).toBe('CA RTA.1.1 30');
    expect(short(ask(none, { pasid: 1 }, { rtaddr: 0x800n }))).toBe('UR RTA.1.2 30');
    expect(short(ask(none, {}, { rtaddr: 0x80n }))).toBe('UR RTA.1.4 30');
    expect(short(ask(none, { pasid: 1 }, { rtaddr: 0x80n }))).toBe('UR RTA.2 31');
  });

  it('3.45: input limit', () => {
    expect(short(ask(legacyTables(), { address: 1n << 48n }))).toBe('UR LGN.1.1 4');
    const answer = ask(legacyTables(), { ...TR, address: 1n << 48n });
    expect(short(answer)).toBe('translation LGN.1.1 4');
    expect([answer.read, answer.write, answer.logged]).toEqual([false, false, false]);
  });

  it('3.49: a leaf without permissions', () => {
    expect(short(ask(legacyTables(0x7777000n)))).toBe('UR LGN.3 6');
    expect(short(ask(legacyTables(0x7777000n), { access: 'write' }))).toBe('UR LGN.2 5');
    expect(short(ask(legacyTables(0x7777000n), { access: 'atomic' }))).toBe('UR LGN.2 5');
  });

  it('3.63: legacy pass-through above HAW', () => {
    expect(short(ask(legacyTables(undefined, 2n), { address: 1n << 46n }))).toBe('UR LGN.1.3 4');
  });

  it('3.64: snoop', () => {
    const plain = ask(legacyTables(), { noSnoop: true });
    const snp = ask(legacyTables(0x7777803n), { noSnoop: true });
    expect([plain.snoop, snp.snoop]).toEqual([false, true]);
    expect(plain).toEqual({
      outcome: 'completed',
      address: 0x7777678n,
      pageSize: 4096,
      read: true,
      write: true,
      snoop: false,
      memoryType: 'WB',
      fpd: false,
      logged: false,
    });
  });

  it('3.72: zero-length read of a write-only page', () => {
    const zlr = { zeroLength: true };
    expect(short(ask(legacyTables(0x7777002n), zlr))).toBe('completed');
    expect(short(ask(legacyTables(0x7777002n)))).toBe('UR LGN.3 6');
    expect(short(ask(legacyTables(0x7777002n), zlr, {}, unitOf({ cap: CAP & ~(1n << 22n) })))).toBe('UR LGN.3 6');
    expect(short(ask(legacyTables(0x7777000n), zlr))).toBe('UR LGN.3 6');
  });

  it('3.74 to 3.77, 3.80: interrupt range', () => {
    const memory = legacyTables();
    const write = { access: 'write', address: 0xfee01000n } as const;
    expect(short(ask(memory, write))).toBe('interrupt');
    expect(short(ask(memory, { ...write, length: 8 }))).toBe('UR 29h 29');
    expect(short(ask(memory, { address: 0xfee00000n, zeroLength: true }))).toBe('completed');
    expect(ask(memory, { address: 0xfee00000n }).logged).toBe(true);
    expect(memory.seen).toEqual([]);
    expect(short(ask(memory, { ...write, address: 0xfedffffcn }))).toBe('UR LGN.2 5');
    expect(short(ask(memory, { ...write, address: 0xfef00000n }))).toBe('UR LGN.2 5');
  });

  it('3.79 and 4.33: output in the interrupt range', () => {
    expect(short(ask(legacyTables(0xfee00003n)))).toBe('UR LGN.4 e');
    expect(short(ask(legacyTables(0xfee00003n), TR))).toBe('CA LGN.4 e');
  });
});

describe('chapter 4 and protected memory, legacy', () => {
  it('4.21 to 4.25: NW', () => {
    const right = (leaf: bigint, noWrite: boolean, unit = UNIT) => {
      const answer = ask(legacyTables(leaf), { ...TR, noWrite }, {}, unit);
      return [answer.read, answer.write];
    };
    expect(right(0x7777003n, true)).toEqual([true, false]);
    expect(right(0x7777003n, true, unitOf({ ecap: ECAP & ~(1n << 33n) }))).toEqual([true, true]);
    expect(right(0x7777001n, false)).toEqual([true, false]);
    expect(short(ask(legacyTables(0x7777002n), { ...TR, noWrite: true }))).toBe('translation LGN.3 6');
  });

  it('4.29 to 4.31: translation request in the interrupt range', () => {
    const inRange = { ...TR, address: 0xfee01000n };
    const s1 = ask(legacyTables(), inRange);
    expect([s1.read, s1.write, s1.untranslatedOnly, s1.fault]).toEqual([false, true, true, undefined]);
    const s2 = ask(legacyTables(), { ...inRange, noWrite: true });
    expect([s2.read, s2.write, s2.untranslatedOnly]).toEqual([false, false, false]);
    expect(short(ask(legacyTables(undefined, 0n), inRange))).toBe('UR LCT.5 d');
  });

  it('4.36 and 4.37: translated requests', () => {
    expect(short(ask(legacyTables(), { ...TD, address: 0xfee00100n }))).toBe('UR LGN.4 e');
    expect(short(ask(legacyTables(), { ...TD, address: 1n << 46n }))).toBe('UR LGN.1.2 4');
    expect(ask(legacyTables(), TD).address).toBe(0x12345678n);
  });

  it('11.4.8: protected memory stops the host address, unlogged', () => {
    const latched = { pmen: true, plmBase: 0x7700000n, plmLimit: 0x7700000n };
    expect(ask(legacyTables(), {}, latched)).toEqual({ outcome: 'UR', fpd: false, logged: false });
    expect(short(ask(legacyTables(), {}, latched, unitOf({ version: 0x10 })))).toBe('completed');
  });
});

describe('chapter 7, fault log', () => {
  const fault = { condition: 'SGN.5', reason: 0x84, qualified: true };

  it('7.35, 7.39 to 7.43, 7.55: records, overflow, recovery', () => {
    const log = new FaultLog(2);
    log.setMask(false);
    const write = requestOf({ source: 0x0108, access: 'write' });
    log.log(write, fault, UNIT);
    expect(log.records[0]).toBe((1n << 127n) | (0x84n << 96n) | (0x0108n << 64n) | 0x12345000n);
    expect([log.fsts, log.index, log.messages, log.ip]).toEqual([2n, 1, 1, false]);
    log.log(write, fault, UNIT);
    expect([log.fsts, log.index, log.messages]).toEqual([2n, 0, 1]);
    log.log(write, fault, UNIT);
    expect([log.fsts, log.messages]).toEqual([3n, 1]);
    log.clear(0);
    expect(log.log(write, fault, UNIT)).toBe(false);
    log.clear(1);
    expect([log.fsts, log.log(write, fault, UNIT)]).toEqual([1n, false]);
    log.writeStatus(1n);
    expect([log.log(write, fault, UNIT), log.index, log.messages]).toEqual([true, 1, 2]);
    log.clear(0);
    log.log(write, fault, UNIT);
    expect([log.fri, log.ppf]).toEqual([1, true]);
  });

  it('7.36, 7.38, 7.50: fields', () => {
    const log = new FaultLog(4);
    log.log(requestOf({ access: 'atomic', pasid: 0x12345, privileged: true }), fault, UNIT);
    log.log(requestOf(TD), fault, UNIT);
    log.log(requestOf({ address: 0x8000_0000_0000_0000n }), fault, UNIT);
    const field = (i: number, hi: number, lo: number) =>
      ((log.records[i] ?? 0n) >> BigInt(lo)) & ((1n << BigInt(hi - lo + 1)) - 1n);
    expect([field(0, 126, 126), field(0, 92, 92), field(0, 95, 95), field(0, 93, 93)]).toEqual([1n, 1n, 1n, 1n]);
    expect(field(0, 123, 104)).toBe(0x12345n);
    expect([field(1, 126, 126), field(1, 92, 92), field(1, 125, 124)]).toEqual([1n, 0n, 2n]);
    expect(field(2, 63, 12)).toBe(0n);
  });

  it('7.47, 7.56 to 7.60: disabling, masks and pending events', () => {
    const log = new FaultLog(2);
    log.log(requestOf(), fault, UNIT);
    expect([log.ip, log.messages]).toEqual([true, 0]);
    log.raise('IQE');
    log.clear(0);
    expect(log.ip).toBe(true);
    log.writeStatus(0x10n);
    log.setMask(false);
    expect([log.ip, log.messages]).toEqual([false, 0]);
    log.raise('IQE');
    log.log(requestOf(), fault, UNIT);
    expect([log.ppf, log.messages]).toEqual([true, 1]);
    const again = new FaultLog(2);
    again.log(requestOf(), fault, UNIT);
    again.disable();
    again.log(requestOf(), fault, UNIT);
    expect(again.pfo).toBe(true);
  });

  it('7.45, 7.46: compression', () => {
    const unit = unitOf({ choices: { compressFaults: true } });
    const log = new FaultLog(2);
    const from = (source: number) => log.log(requestOf({ source }), fault, unit);
    expect([from(1), from(1), from(2), from(1)]).toEqual([true, false, true, false]);
    expect(log.pfo).toBe(false);
    from(3);
    expect(log.pfo).toBe(true);
  });
});
