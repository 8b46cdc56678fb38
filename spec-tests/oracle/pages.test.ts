import { describe, expect, it } from 'vitest';
import {
  answer,
  answers,
  ask,
  askWithoutPasid,
  kinds,
  marker,
  notLast,
  PAGES,
  play,
  put,
  QUEUE,
} from './page-bench.ts';
import { ECAP, unitOf } from './test-bench.ts';

const FULL = [put('PQH', 0n), put('PQT', 0xfe0n)];
const EVENT = 'page request event';
const last = <T>(all: readonly T[]): T => all[all.length - 1] as T;

describe('7.4.1, the queue', () => {
  it('67, 68: the first request and those behind it', () => {
    const { views } = play({}, ask(), ask(), put('PRS', 1n), ask());
    expect(answers(views)).toEqual(['queued 0', 'queued 20', 'queued 40']);
    expect(views.map(({ registers }) => registers.PQT)).toEqual([0x20n, 0x40n, 0x40n, 0x60n]);
    expect(views.map(({ registers }) => registers.PRS)).toEqual([1n, 1n, 0n, 1n]);
    expect(kinds(views)).toEqual([[EVENT], [], [], [EVENT]]);
  });

  it('69 to 72: a full ring, PRO, and behind it', () => {
    const { views } = play({}, ...FULL, ask(), put('PQH', 0x40n), ask(), notLast(), put('PRS', 2n), ask());
    expect(answers(views)).toEqual(['answered 0', 'answered 0', 'dropped', 'queued fe0']);
    expect(views.map(({ registers }) => registers.PRS)).toEqual([0n, 0n, 2n, 2n, 2n, 2n, 0n, 1n]);
    expect(kinds(views)).toEqual([[], [], ['response', EVENT], [], ['response'], [], [], [EVENT]]);
    expect(views[2]?.messages[0]).toEqual({ kind: 'response', source: 0x0110, group: 0x1a5, code: 0, pasid: 3 });
    expect(answers(play({}, ...FULL, notLast()).views)).toEqual(['dropped']);
    expect(last(play({}, ...FULL, notLast()).views).registers.PRS).toBe(2n);
  });

  it('73, 74: the ring goes round, and holds one less than it has', () => {
    const round = last(play({}, put('PQT', 0xfe0n), put('PQH', 0x40n), ask()).views);
    expect([round.opinion?.offset, round.registers.PQT]).toEqual([0xfe0n, 0n]);
    const many = play({}, ...Array.from({ length: 128 }, () => ask())).views;
    expect(many.filter(({ opinion }) => opinion?.outcome === 'queued').length).toBe(127);
    expect([last(many).registers.PRS, last(many).registers.PQT]).toEqual([3n, 0xfe0n]);
    const larger = play({}, put('PQA', QUEUE | 1n), ...FULL, ask()).views;
    expect([answers(larger), last(larger).registers.PQT]).toEqual([['queued fe0'], 0x1000n]);
  });

  it('75, 76: a table error, PRO and a full ring', () => {
    const blocked = { shape: { contextFlags: 0xdn } };
    const full = last(play(blocked, ...FULL, ask()).views);
    expect([full.opinion?.code, full.registers.PRS]).toEqual([1, 0n]);
    const overflow = (pageRequestOrder: 'tables' | 'overflow') =>
      play({ unit: unitOf({ choices: { pageRequestOrder } }) }, ...FULL, ask(), ask({ pasid: 0x41 })).views;
    expect(answers(overflow('tables'))).toEqual(['answered 0', 'answered 1 SCT.9 48']);
    expect(answers(overflow('overflow'))).toEqual(['answered 0', 'answered 0']);
    expect(last(overflow('overflow')).registers.FSTS).toBe(0n);
  });

  it('77: the descriptor', () => {
    const request = { source: 0x0300, pasid: 3, privileged: true, write: true, address: 0x7f00_0000_1000n };
    const tables = [
      [0x1030n, 0x2001n],
      [0x2000n, 0x3000n | PAGES],
      [0x2008n, 0x41n],
    ] as const;
    const { words } = play({ memory: tables }, ask(request));
    const descriptor = [0n, 8n, 16n, 24n].map((offset) => words.get(QUEUE + offset));
    expect(descriptor).toEqual([0x0020_0003_0300_0101n, 0x0000_7f00_0000_1d2fn, 0n, 0n]);
  });

  it('80, 68: an event that IM holds is taken back', () => {
    const held = play({}, put('PECTL', 1n << 31n), ask(), put('PRS', 1n), put('PECTL', 0n)).views;
    expect(held.map(({ registers }) => registers.PECTL >> 30n)).toEqual([2n, 3n, 2n, 0n]);
    expect(kinds(held).flat()).toEqual([]);
    const sent = play({}, put('PECTL', 1n << 31n), ask(), put('PECTL', 0n)).views;
    expect(kinds(sent)).toEqual([[], [], [EVENT]]);
    const both = (pageRequestServiced: 'both' | 'PPR') => {
      const unit = unitOf({ choices: { pageRequestServiced } });
      const steps = [put('PECTL', 1n << 31n), put('PQH', 0x40n), ask(), ask(), put('PRS', 1n), put('PRS', 2n)];
      const { views } = play({ unit }, ...steps);
      return views.slice(3).map(({ registers }) => [registers.PRS, registers.PECTL >> 30n]);
    };
    expect(both('both')).toEqual([
      [3n, 3n],
      [2n, 3n],
      [0n, 2n],
    ]);
    expect(both('PPR')).toEqual([
      [3n, 3n],
      [2n, 2n],
      [0n, 2n],
    ]);
  });

  it('82, 83: Stop Markers', () => {
    expect(answers(play({ sms: true }, marker()).views)).toEqual(['queued 0']);
    const full = last(play({ sms: true }, ...FULL, marker()).views);
    expect([full.opinion?.outcome, full.registers.PRS, full.messages]).toEqual(['dropped', 0n, []]);
    const blocked = last(play({ sms: true, shape: { contextFlags: 0xdn } }, marker()).views);
    expect([answers([blocked]), blocked.registers.FSTS]).toEqual([['dropped SCT.8 47 unlogged'], 0n]);
    const unit = unitOf({
      ecap: ECAP | (1n << 58n),
      choices: { stopMarkerOverflow: true, stopMarkerFault: 'recorded' },
    });
    const overflown = last(play({ unit }, ...FULL, marker()).views);
    expect([overflown.opinion?.outcome, overflown.registers.PRS]).toEqual(['dropped', 2n]);
    expect(answer({ unit, shape: { contextFlags: 0xdn } }, marker())).toBe('dropped SCT.8 47');
    expect(answer({}, marker())).toBe('queued 0');
    expect(answer({ shape: { contextFlags: 0xdn } }, marker())).toBe('answered 1 SCT.8 47');
  });

  it('7.4-G1: without translation, and without page requests', () => {
    const off = put('TE', 0n);
    expect(answers(play({}, off, ask(), notLast()).views)).toEqual(['answered 1', 'dropped']);
    const unit = unitOf({ choices: { pageRequestWithoutTranslation: 'dropped' } });
    expect(answers(play({ unit }, off, ask()).views)).toEqual(['dropped']);
    const without = play({ unit: unitOf({ ecap: ECAP & ~(1n << 29n) }) }, ask());
    expect([answers(without.views), without.views[0]?.registers.PQA]).toEqual([['dropped'], 0n]);
  });
});

describe('Table 30, the columns of page requests', () => {
  it('9, 28: FPD; a request that wants no answer', () => {
    expect(answer({ shape: { contextFlags: 0xfn } })).toBe('answered 1 SCT.8 47 unlogged');
    const dropped = play({ memory: [[0x1010n, 0n]] }, notLast()).views[0];
    expect([dropped?.opinion?.outcome, dropped?.opinion?.fault?.condition]).toEqual(['dropped', 'SRT.2']);
    expect([dropped?.registers.FSTS, dropped?.registers.PRS, dropped?.registers.PQT]).toEqual([2n, 0n, 0n]);
    expect(dropped?.messages).toEqual([{ kind: 'fault event' }]); // 102
  });

  it('15, 29 to 33: what counts for a page request and what does not', () => {
    expect(answer({ shape: { contextFlags: 0x9n } })).toBe('answered 1 SCT.8 47');
    expect(answer({ shape: { contextFlags: 0x19n } })).toBe('answered 1 SCT.4.1 43');
    expect(answer({ memory: [[0x20000n, 0n]] })).toBe('queued 0');
    expect(answer({}, ask({ privileged: true }))).toBe('queued 0');
    expect(answer({}, ask({ execute: true }))).toBe('queued 0');
    expect(answer({}, ask({ pasid: 0x41 }))).toBe('answered 1 SCT.9 48');
    expect(answer({}, askWithoutPasid())).toBe('queued 0');
    expect(answer({ shape: { contextFlags: 0x15n } })).toBe('answered 1 SCT.6 45');
    expect(answer({ shape: { contextFlags: 0x15n } }, askWithoutPasid())).toBe('queued 0');
    const withoutNesting = unitOf({ ecap: ECAP & ~(1n << 26n) });
    expect(answer({ unit: withoutNesting, shape: { pgtt: 3n } })).toBe('answered 1 SPT.4.2 5b');
  });

  it('16, 19, 34: modes, and the widths of a PASID', () => {
    expect(answer({ rtaddr: 0x1000n })).toBe('answered 1 RTA.3 32');
    expect(answer({ rtaddr: 0x1080n }, notLast())).toBe('dropped RTA.3 32');
    expect(answer({ rtaddr: 0x1c00n })).toBe('answered 1 RTA.4 33');
    expect(answer({ rtaddr: 0x1c00n, unit: unitOf({ ecap: ECAP & ~(1n << 52n) }) })).toBe('answered 1 RTA.1.1 30');
    expect(answer({ rtaddr: 0x1800n })).toBe('answered 1 RTA.1.2 30');
    const notScalable = unitOf({ ecap: ECAP & ~(1n << 43n) }); // 11.4.3-R1 has no such unit
    expect(answer({ unit: notScalable })).toBe('answered 1 RTA.1.3 30');
    const narrow = unitOf({ ecap: ECAP & ~(0x1fn << 35n) });
    expect(answer({ unit: narrow }, ask({ pasid: 0x2000 }))).toBe('answered 1 SCT.7 46');
    expect(answer({ unit: narrow }, ask({ pasid: 5 }))).toBe('queued 0');
  });

  it('37: the record', () => {
    const blocked = { shape: { contextFlags: 0xdn } };
    const [view] = play(blocked, ask({ pasid: 0x12345, privileged: true, execute: true })).views;
    // T2, PP, PRIV and F; PV, FR=47h, SID, FI
    expect(view?.records[0]).toBe(0x8123_4547_b000_0110_0000_0000_1234_5000n);
    const [other] = play(blocked, askWithoutPasid()).views;
    expect(other?.records[0]).toBe(0x8000_0047_1000_0110_0000_0000_1234_5000n);
  });
});
