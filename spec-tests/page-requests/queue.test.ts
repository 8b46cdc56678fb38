import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PlatformMessage, pageRequest } from '../../src/index.ts';
import { NaivePageRequests, type NaiveRequest } from './naive-queue.ts';
import { BLOCKED, OTHER, PASID, PASSES, QUEUE, qwordsAt, type Scene, scene } from './scene.ts';

const RUNS = process.env.VTD_LONG === undefined ? 300 : 5_000;

const request: fc.Arbitrary<NaiveRequest> = fc
  .record({
    source: fc.constantFrom(PASSES, PASSES, OTHER, BLOCKED),
    pasid: fc.constantFrom(undefined, BigInt(PASID)),
    page: fc.bigInt({ min: 0n, max: (1n << 52n) - 1n }),
    read: fc.boolean(),
    write: fc.boolean(),
    execute: fc.boolean(),
    privileged: fc.boolean(),
    group: fc.bigInt({ min: 0n, max: 511n }),
    last: fc.boolean(),
  })
  .map((one) => ({ ...one, source: BigInt(one.source), blocked: one.source === BLOCKED }));

/** What software and devices do. Pointers are mostly near each other, so that the ring gets full. */
type Step =
  | { readonly kind: 'request'; readonly one: NaiveRequest }
  | { readonly kind: 'head' | 'tail' | 'status' | 'control' | 'size' | 'translation'; readonly value: bigint }
  /** So many entries are done with. */
  | { readonly kind: 'serve'; readonly value: bigint };

const numbered = (kind: Exclude<Step['kind'], 'request'>, value: fc.Arbitrary<bigint>): fc.Arbitrary<Step> =>
  value.map((one) => ({ kind, value: one }));
const pointer = fc.oneof(
  fc.constantFrom(0n, 0x20n, 0xfc0n, 0xfe0n),
  fc.bigInt({ min: 0n, max: 0x3fffn }).map((index) => index * 32n),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: request.map((one): Step => ({ kind: 'request', one })) },
  { weight: 6, arbitrary: numbered('serve', fc.bigInt({ min: 0n, max: 4n })) },
  { weight: 5, arbitrary: numbered('status', fc.bigInt({ min: 0n, max: 3n })) },
  { weight: 4, arbitrary: numbered('control', fc.constantFrom(0n, 1n << 31n)) },
  { weight: 2, arbitrary: numbered('tail', pointer) },
  { weight: 1, arbitrary: numbered('head', pointer) },
  { weight: 1, arbitrary: numbered('size', fc.bigInt({ min: 0n, max: 7n })) },
  { weight: 1, arbitrary: numbered('translation', fc.constantFrom(0n, 1n, 1n)) },
);

/** Head and tail so near each other that a few requests make the ring full. */
const crowded = fc.tuple(pointer, fc.bigInt({ min: 1n, max: 5n })).map(([head, room]): Step[] => [
  { kind: 'head', value: head % 4096n },
  { kind: 'tail', value: (head + 4096n - 32n * room) % 4096n },
]);
const steps = fc
  .tuple(fc.oneof(crowded, fc.constant([])), fc.array(step, { minLength: 1, maxLength: 60 }))
  .map(([first, rest]) => [...first, ...rest]);

const choices = fc.record({
  pageRequestOrder: fc.constantFrom('tables' as const, 'overflow' as const),
  stopMarkerOverflow: fc.boolean(),
  pageRequestServiced: fc.constantFrom('both' as const, 'PPR' as const),
  pageRequestWithoutTranslation: fc.constantFrom('answered' as const, 'dropped' as const),
});

const ask = ({ unit }: Scene, { source, pasid, page, group, blocked: _, ...flags }: NaiveRequest) =>
  unit.pageRequest(
    pageRequest({
      sourceId: Number(source),
      address: page << 12n,
      group: Number(group),
      ...(pasid === undefined ? {} : { pasid: Number(pasid) }),
      ...flags,
    }),
  );

/** Does a step to both, and compares what a request came to. */
function take(real: Scene, naive: NaivePageRequests, one: Step): void {
  const { unit } = real;
  switch (one.kind) {
    case 'request':
      expect(ask(real, one.one).kind).toBe(naive.request(one.one));
      return;
    case 'head':
    case 'serve':
      naive.PQH = one.kind === 'head' ? one.value : (naive.PQH + 32n * one.value) % (4096n << (naive.PQA & 7n));
      unit.writeRegister(0xc0, 64, naive.PQH);
      return;
    case 'tail':
      naive.PQT = one.value;
      unit.writeRegister(0xc8, 64, one.value);
      return;
    case 'size':
      naive.PQA = QUEUE | one.value;
      unit.writeRegister(0xd0, 64, naive.PQA);
      return;
    case 'status':
      naive.writeStatus(one.value);
      unit.writeRegister(0xdc, 32, one.value);
      return;
    case 'control':
      naive.writeControl(one.value);
      unit.writeRegister(0xe0, 32, one.value);
      return;
    case 'translation':
      naive.TES = one.value;
      unit.writeRegister(0x18, 32, one.value << 31n);
  }
}

function plain(message: PlatformMessage): object {
  if (message.kind === 'page-request-event') {
    expect(message).toMatchObject({ address: 0xfee0_2000n, data: 0x53 });
    return { kind: 'event' };
  }
  if (message.kind !== 'page-group-response') throw new Error(`a ${message.kind} left the unit`);
  const { sourceId, group, code, pasid } = message;
  const name = pasid === undefined ? undefined : BigInt(pasid);
  return { kind: 'response', source: BigInt(sourceId), group: BigInt(group), code: BigInt(code), pasid: name };
}

describe('The page request queue', () => {
  test('is as the rules have it, read naively, after any sequence of requests and of what software does', () => {
    fc.assert(
      fc.property(steps, choices, fc.boolean(), (all, chosen, masked) => {
        const real = scene(chosen);
        const naive = new NaivePageRequests(chosen, true);
        naive.PQA = QUEUE;
        if (!masked) take(real, naive, { kind: 'control', value: 0n });
        for (const one of all) {
          take(real, naive, one);
          const registers = [0xc0, 0xc8].map((offset) => real.unit.readRegister(offset, 64));
          const status = [0xdc, 0xe0].map((offset) => real.unit.readRegister(offset, 32));
          expect([...registers, ...status]).toEqual([
            naive.PQH,
            naive.PQT,
            naive.PPR | (naive.PRO << 1n),
            (naive.IM << 31n) | (naive.IP << 30n),
          ]);
        }
        expect(real.sent.filter(({ kind }) => kind !== 'fault-event').map(plain)).toEqual(naive.sent);
        for (const [at, qword] of naive.memory) expect(qwordsAt(real.memory, at, 1)).toEqual([qword]);
      }),
      { numRuns: RUNS },
    );
  });

  test('neither loses nor doubles a request that it has queued, whatever software does that follows its duties', () => {
    const served = fc.array(
      fc.oneof(
        { weight: 8, arbitrary: request.map((one) => ({ one })) },
        { weight: 2, arbitrary: fc.record({ serve: fc.nat(200) }) },
      ),
      { minLength: 1, maxLength: 400 },
    );
    fc.assert(
      fc.property(served, (all) => {
        const real = scene();
        const queued: bigint[] = [];
        const taken: bigint[] = [];
        let answers = 0;
        for (const [i, one] of all.entries()) {
          if ('serve' in one) {
            taken.push(...serve(real, one.serve));
            continue;
          }
          // The address tells which request it was.
          const named = { ...one.one, page: BigInt(i) };
          const { kind } = ask(real, named);
          if (kind === 'queued') queued.push(named.page);
          if (kind === 'answered') answers += 1;
          // Every last request is with software or was answered; a Stop Marker may be gone.
          const marker = named.pasid !== undefined && !named.read && !named.write;
          if (named.last && !marker) expect(kind).not.toBe('dropped');
          if (!named.last) expect(kind).not.toBe('answered');
        }
        taken.push(...serve(real, 128));
        expect(taken).toEqual(queued);
        expect(real.sent.filter(({ kind }) => kind === 'page-group-response')).toHaveLength(answers);
      }),
      { numRuns: RUNS / 4 },
    );
  });

  test('wakes software for everything: with PPR cleared before the queue is read, an event follows each new request', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(request, fc.constant('serve' as const)), { maxLength: 60 }), (all) => {
        const real = scene();
        real.unit.writeRegister(0xe0, 32, 0n);
        // What software does not know of: queued or overflowed since it last looked.
        let news = false;
        const woken = () => real.sent.splice(0).some(({ kind }) => kind === 'page-request-event');
        for (const one of all) {
          if (one === 'serve') {
            serve(real, 128);
            news = false;
            continue;
          }
          const before = real.unit.readRegister(0xdc, 32);
          ask(real, one);
          const changed = real.unit.readRegister(0xdc, 32) !== before;
          expect(woken()).toBe(changed && !news);
          news ||= changed;
        }
      }),
      { numRuns: RUNS },
    );
  });
});

/** Software: clears PPR and PRO, then takes up to so many descriptors, and returns their pages. */
function serve({ unit, memory }: Scene, most: number): readonly bigint[] {
  unit.writeRegister(0xdc, 32, 1n);
  const tail = unit.readRegister(0xc8, 64);
  let head = unit.readRegister(0xc0, 64);
  const pages: bigint[] = [];
  for (; head !== tail && pages.length < most; head = (head + 32n) % 4096n) {
    const [low = 0n, high = 0n, ...rest] = qwordsAt(memory, QUEUE + head, 4);
    expect([low & 0xffn, ...rest]).toEqual([1n, 0n, 0n]);
    pages.push(high >> 12n);
  }
  unit.writeRegister(0xc0, 64, head);
  unit.writeRegister(0xdc, 32, 2n);
  return pages;
}
