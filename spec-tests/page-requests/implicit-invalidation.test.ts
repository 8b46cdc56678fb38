import { beforeEach, describe, expect, test } from 'vitest';
import {
  dmaRequest,
  Judge,
  type Outcome,
  observedAs,
  type PageRequestParameters,
  pageRequest,
  type UnitParameters,
} from '../../src/index.ts';
import { SecondStageEntry, SsPtEntry } from '../../src/structures/index.ts';
import { BLOCKED, OTHER, PASSES, type Scene, scene, setContext, setPasid, UNIT } from './scene.ts';

/** Two pages below one second-stage table, and one below another; where they are mapped first. */
const [NEAR, BESIDE, FAR] = [0x4000_0000n, 0x4000_1000n, 0x80_0000_0000n];
const [WAS, IS] = [0x20_0000n, 0x30_0000n];
const TABLES = { [`${NEAR}`]: 0xb, [`${BESIDE}`]: 0xb, [`${FAR}`]: 0xe } as const;

let real: Scene;
let judge: Judge;

const link = (table: number, index: number, to: number) =>
  real.memory.store(table, index * 8, SecondStageEntry.pack({ R: 1, W: 1, ADDR: to }));

function map(address: bigint, to: bigint): void {
  const entry = SsPtEntry.pack({ R: 1, W: 1, ADDR: Number(to >> 12n) });
  real.memory.store(TABLES[`${address}`]!, Number((address >> 12n) & 0x1ffn) * 8, entry);
}

/** Second-stage tables under 6000h for RID_PASID, in a unit that remembers everything; all three pages are used once. */
function start(unit: UnitParameters = UNIT): void {
  real = scene({}, 'full', unit);
  judge = new Judge(real.unit);
  link(6, 0, 9);
  link(9, 1, 0xa);
  link(0xa, 0, 0xb);
  link(6, 1, 0xc);
  link(0xc, 0, 0xd);
  link(0xd, 0, 0xe);
  for (const address of [NEAR, BESIDE, FAR]) map(address, WAS);
  for (const address of [NEAR, BESIDE, FAR]) expect(use(address)).toBe(WAS);
  for (const address of [NEAR, BESIDE, FAR]) map(address, IS);
}

const dma = (address: bigint, sourceId: number) => dmaRequest({ sourceId, address, access: 'read' });
const use = (address: bigint, source = PASSES) => {
  const outcome = judge.dma(dma(address, source));
  return outcome.kind === 'completed' ? outcome.address : outcome;
};

const ask = (address: bigint, more: Partial<PageRequestParameters> = {}) =>
  judge.pageRequest(pageRequest({ sourceId: PASSES, address, read: true, group: 0, last: true, ...more })).kind;

/** Of the answer that was right before. */
function verdictOnOld(address: bigint, source = PASSES): string {
  const old: Outcome = { kind: 'completed', address: WAS, snooped: true, memoryType: 'WB' };
  return judge.judge(dma(address, source), observedAs(old)).class;
}

beforeEach(() => start());

describe('What the caches of a unit lose to a page request, §6.5.3.1', () => {
  test('by second stage: the page, and nothing else', () => {
    expect(ask(NEAR)).toBe('queued');
    expect([use(NEAR), use(BESIDE), use(FAR)]).toEqual([IS, WAS, WAS]);
  });

  test('without page-selective invalidation: the domain', () => {
    start({ ...UNIT, capabilities: UNIT.capabilities & ~(1n << 39n) });
    expect(ask(NEAR)).toBe('queued');
    expect([use(NEAR), use(BESIDE), use(FAR)]).toEqual([IS, IS, IS]);
  });

  test('nested: the domain', () => {
    setPasid(real.memory, 9, { PGTT: 0b011, AW: 2, SSPTPTR: 6, FSPTPTR: 7, DID: 2 });
    expect(ask(NEAR, { pasid: 9 })).toBe('queued');
    expect([use(NEAR), use(BESIDE), use(FAR)]).toEqual([IS, IS, IS]);
  });

  test('pass-through: the page in its domain', () => {
    setPasid(real.memory, 9, { PGTT: 0b100, DID: 2 });
    expect(ask(BESIDE, { pasid: 9 })).toBe('queued');
    expect([use(NEAR), use(BESIDE), use(FAR)]).toEqual([WAS, IS, WAS]);
  });

  test('of another domain, or by first stage: nothing of these', () => {
    setPasid(real.memory, 9, { PGTT: 0b010, AW: 2, SSPTPTR: 6, DID: 3 });
    setPasid(real.memory, 10, { PGTT: 0b001, FSPTPTR: 7, DID: 2, PWSNP: 1 });
    expect([ask(NEAR, { pasid: 9 }), ask(NEAR, { pasid: 10 })]).toEqual(['queued', 'queued']);
    expect(use(NEAR)).toBe(WAS);
  });

  test('an address beyond MGAW counts without the bits from there up, as in a command', () => {
    expect(ask(NEAR | (1n << 60n))).toBe('queued');
    expect([use(NEAR), use(BESIDE)]).toEqual([IS, WAS]);
  });

  test('another function with the same domain does it too', () => {
    expect(ask(NEAR, { sourceId: OTHER })).toBe('queued');
    expect(use(NEAR)).toBe(IS);
  });

  test('one that is blocked, overflows, or finds PRO set: nothing', () => {
    expect(ask(NEAR, { sourceId: BLOCKED })).toBe('answered');
    real.unit.writeRegister(0xc8, 64, 0xfe0n);
    expect([ask(NEAR), ask(NEAR, { last: false })]).toEqual(['answered', 'dropped']);
    real.unit.writeRegister(0xc8, 64, 0n);
    expect(ask(NEAR)).toBe('answered');
    expect(use(NEAR)).toBe(WAS);
  });

  test('a PASID-table entry that is cached decides, not the one in memory', () => {
    setPasid(real.memory, 0, { PGTT: 0b010, AW: 2, SSPTPTR: 6, DID: 3 });
    expect(ask(NEAR)).toBe('queued');
    expect([use(NEAR), use(BESIDE)]).toEqual([IS, WAS]);
  });

  test('a context entry that is cached decides too: PRE that was taken away lets requests pass still', () => {
    setContext(real.memory, PASSES, { PRE: 0 });
    expect(ask(NEAR)).toBe('queued');
  });

  test('it is no command: what watches invalidations does not hear of it', () => {
    const { asked } = real.unit.invalidations;
    ask(NEAR);
    expect(real.unit.invalidations.asked).toBe(asked);
  });
});

describe('The judge, 6.A', () => {
  test('a stale answer is permitted before a page request is queued, and forbidden behind it', () => {
    expect([verdictOnOld(NEAR), verdictOnOld(BESIDE)]).toEqual(['stale', 'stale']);
    ask(NEAR);
    expect([verdictOnOld(NEAR), verdictOnOld(BESIDE), verdictOnOld(FAR)]).toEqual(['forbidden', 'stale', 'stale']);
    const { because } = judge.judge(
      dma(NEAR, PASSES),
      observedAs({ kind: 'completed', address: WAS, snooped: true, memoryType: 'WB' }),
    );
    expect(because.join()).toMatch(/which a queued page request implies/);
  });

  test('nothing is certain where it is not queued', () => {
    ask(NEAR, { sourceId: BLOCKED });
    real.unit.writeRegister(0xc8, 64, 0xfe0n);
    ask(NEAR);
    expect(verdictOnOld(NEAR)).toBe('stale');
  });

  test('nothing is certain while the PASID-table entry may be an old one', () => {
    setPasid(real.memory, 0, { PGTT: 0b010, AW: 2, SSPTPTR: 6, DID: 3 });
    expect(ask(NEAR)).toBe('queued');
    expect(verdictOnOld(NEAR)).toBe('stale');
  });

  test('what a page request reads may be cached from then on', () => {
    setPasid(real.memory, 9, { PGTT: 0b010, AW: 2, SSPTPTR: 6, DID: 3 });
    ask(NEAR, { pasid: 9 });
    setPasid(real.memory, 9, { PGTT: 0b010, AW: 1, SSPTPTR: 0xf, DID: 3 });
    const request = dmaRequest({ sourceId: PASSES, address: NEAR, access: 'read', pasid: 9 });
    const observed = observedAs({ kind: 'completed', address: IS, snooped: true, memoryType: 'WB' });
    expect(judge.judge(request, observed).class).toBe('stale');
  });

  test('without translation nothing is read', () => {
    real.unit.writeRegister(0x18, 32, 0n);
    expect(ask(NEAR)).toBe('answered');
  });
});
