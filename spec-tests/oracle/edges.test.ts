import { describe, expect, it } from 'vitest';
import { FaultLog, opinion } from './index.ts';
import { ECAP, latchedOf, legacyTables, requestOf, scalableTables, unitOf } from './test-bench.ts';
import type { Latched, Request } from './types.ts';

// Borders of ranges, whole answers, and the log's other causes.

const UNIT = unitOf();
const TR = { type: 'translation' } as const;
const TD = { type: 'translated' } as const;
const fault = { condition: 'SGN.5', reason: 0x84, qualified: true };

function scalable(request: Partial<Request>, unit = UNIT, shape = {}) {
  return opinion(unit, latchedOf({ rtaddr: 0x1400n }), scalableTables(shape), requestOf(request));
}

describe('borders', () => {
  it('TD and pass-through at 2^HAW', () => {
    const limit = 1n << 46n;
    expect(scalable({ ...TD, address: limit }).fault).toEqual({ condition: 'SGN.4.1', reason: 0x83, qualified: true });
    expect(scalable({ ...TD, address: limit - 4n }).outcome).toBe('completed');
    expect(scalable({ address: limit - 4n }, UNIT, { pgtt: 4n }).address).toBe(limit - 4n);
  });

  it('TTM=01b without SMTS', () => {
    const unit = unitOf({ ecap: ECAP & ~(1n << 43n) });
    expect(scalable({ pasid: 1 }, unit)).toEqual({
      outcome: 'UR',
      fault: { condition: 'RTA.1.3', reason: 0x30, qualified: false },
      fpd: false,
      logged: true,
    });
    expect(scalable(TR, unit).outcome).toBe('CA');
    expect(opinion(unit, latchedOf(), legacyTables(), requestOf()).outcome).toBe('completed');
  });

  it('ends of the interrupt range', () => {
    const at = (address: bigint) => opinion(UNIT, latchedOf(), legacyTables(), requestOf({ address })).fault?.reason;
    expect([0xfedfffffn, 0xfee00000n, 0xfeefffffn, 0xfef00000n].map(at)).toEqual([6, 0x29, 0x29, 6]);
  });

  it('ends of a protected region', () => {
    const ask = (address: bigint, length: number, latched: Partial<Latched>, unit = UNIT) =>
      opinion(unit, latchedOf({ pmen: true, tes: false, plmBase: 0x100000n, ...latched }), legacyTables(), {
        ...requestOf({ address, length }),
      }).outcome;
    const low = { plmBase: 0x300000n, plmLimit: 0x3fffffn };
    expect([ask(0x2ffffcn, 4, low), ask(0x2ffffcn, 5, low), ask(0x300000n, 4, low)]).toEqual(['completed', 'UR', 'UR']);
    expect([ask(0x3fffffn, 1, low), ask(0x400000n, 1, low)]).toEqual(['UR', 'completed']);
    expect(ask(0x300000n, 4, { plmBase: 0x400000n, plmLimit: 0x3fffffn })).toBe('completed');
    expect(ask(0x300000n, 4, { plmBase: 0x300000n, plmLimit: 0x300000n })).toBe('UR');
    const two = unitOf({ version: 0x20 });
    const hit = { pmen: true, plmBase: 0x7700000n, plmLimit: 0x7700000n };
    expect(opinion(two, latchedOf(hit), legacyTables(), requestOf()).outcome).toBe('UR');
    const nested = { ...hit, rtaddr: 0x1400n };
    expect(opinion(unitOf({ version: 0x10 }), latchedOf(nested), scalableTables(), requestOf()).outcome).toBe(
      'completed',
    );
  });
});

describe('whole answers', () => {
  it('scalable completion', () => {
    expect(scalable({})).toEqual({
      outcome: 'completed',
      address: 0x7777678n,
      pageSize: 4096,
      read: true,
      write: true,
      snoop: true,
      memoryType: 'UC',
      fpd: false,
      logged: false,
    });
  });

  it('translation completions', () => {
    expect(scalable({ ...TR, pasid: 1, privileged: true }, UNIT, { entry: [0n, 0n, 1n] })).toEqual({
      outcome: 'translation',
      address: 0x7777000n,
      size: 4096,
      read: true,
      write: true,
      nonSnooped: false,
      untranslatedOnly: false,
      privileged: true,
      fpd: false,
      logged: false,
    });
    expect(scalable({ ...TR, pasid: 1, address: 0n })).toEqual({
      outcome: 'translation',
      size: 4096,
      read: false,
      write: false,
      untranslatedOnly: false,
      privileged: false,
      fault: { condition: 'SFS.2', reason: 0x71, qualified: true },
      fpd: false,
      logged: false,
    });
  });
});

describe('fault log', () => {
  it('29h: only F, FR and SID', () => {
    const answer = opinion(UNIT, latchedOf(), legacyTables(), requestOf({ address: 0xfee00000n }));
    expect(answer.fault).toEqual({ condition: '29h', reason: 0x29, qualified: false });
    const log = new FaultLog(1);
    for (const reason of [0x20, 0x29, 0x2f]) {
      log.log(requestOf({ address: 0xfee00000n }), { condition: '', reason, qualified: false }, UNIT);
      expect(log.records[0]).toBe((1n << 127n) | (BigInt(reason) << 96n) | (0x110n << 64n));
      log.clear(0);
    }
  });

  it('7.53, 7.99: fields without DT or PASID; translation requests', () => {
    const log = new FaultLog(3);
    const request = requestOf({ ...TR, pasid: 7, privileged: true, execute: true, access: 'read' });
    log.log(request, fault, UNIT);
    const rest = (1n << 127n) | (1n << 126n) | (0x84n << 96n) | (0x110n << 64n) | 0x12345000n;
    expect(log.records[0]).toBe(rest | (1n << 124n) | (7n << 104n) | (7n << 93n));
    log.log(request, fault, unitOf({ ecap: 0n }));
    expect(log.records[1]).toBe(rest);
    const wide = { ...request, address: 0xffff_8000_0000_0000n };
    log.log(wide, fault, unitOf({ ecap: 0n, choices: { faultAddressWidth: 'untruncated' } }));
    expect((log.records[2] ?? 0n) & ((1n << 64n) - 1n)).toBe(0xffff_8000_0000_0000n);
  });

  it('7.61 to 7.63: ICE, ITE and PFO as pending bits', () => {
    const log = new FaultLog(1);
    log.setMask(false);
    log.raise('ICE');
    expect([log.fsts, log.messages]).toEqual([0x20n, 1]);
    log.raise('ITE');
    expect([log.fsts, log.messages]).toEqual([0x60n, 1]);
    log.writeStatus(0x20n);
    expect(log.fsts).toBe(0x40n);
    log.log(requestOf(), fault, UNIT);
    log.log(requestOf(), fault, UNIT);
    expect([log.fsts, log.messages]).toEqual([0x43n, 1]);
    log.writeStatus(0x40n);
    log.clear(0);
    expect(log.fsts).toBe(1n);
    log.raise('ICE');
    expect([log.fsts, log.messages]).toEqual([0x21n, 1]);
    log.writeStatus(0x02n);
    expect(log.fsts).toBe(0x21n);
    log.writeStatus(0x21n);
    log.raise('ITE');
    log.raise('IQE');
    expect([log.fsts, log.messages]).toEqual([0x50n, 2]);
  });

  it('7.2.1-G3: widths', () => {
    const recorded = (cap: bigint, ecap: bigint) => {
      const log = new FaultLog(1);
      log.log(requestOf({ address: (1n << 64n) - 4096n }), fault, unitOf({ cap, ecap }));
      return (log.records[0] ?? 0n) & ((1n << 64n) - 1n);
    };
    const below = (width: bigint) => (1n << width) - 4096n;
    expect(recorded(2n << 8n, 0n)).toBe(below(39n));
    expect(recorded(6n << 8n, 0n)).toBe(below(48n));
    expect(recorded(8n << 8n, 0n)).toBe(below(57n));
    expect(recorded(2n << 8n, 1n << 47n)).toBe(below(48n));
    expect(recorded(1n << 60n, 1n << 47n)).toBe(below(57n));
    expect(recorded(0n, 0n)).toBe(below(64n));
  });
});
