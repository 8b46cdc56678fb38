import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DmaRequestParameters,
  dmaRequest,
  type PlatformMessage,
  RemappingUnit,
  SparseMemory,
} from '../../src/index.ts';
import { NO_PASID } from '../../src/messages/dma-request.ts';
import { DeviceTlb, type Misbehaviour } from '../../src/topology/index.ts';
import { translationsIn } from '../../src/topology/translation-cache.ts';
import { unitOf } from './agreement.ts';
import { legacyScene } from './legacy-scene.ts';
import { LONG, runs } from './runs.ts';
import { scalableScene } from './scalable-scene.ts';

describe('A completion grants no more than the tables (§4.2.3)', () => {
  test.each([
    ['legacy mode', legacyScene(), 800],
    ['scalable mode', scalableScene(), 200],
  ])(
    '%s: what it permits an untranslated request may do, at the same host address',
    { timeout: LONG },
    (_, scenes, usual) => {
      let granted = 0;
      fc.assert(
        fc.property(scenes, (scene) => {
          const { unit } = unitOf({ ...scene, choices: { ...scene.choices, translationsPerCompletion: 'several' } });
          for (const grant of scene.requests.flatMap((request) => grantsOf(unit, request))) {
            granted += 1;
            expect(reached(unit, grant)).toEqual(grant);
          }
        }),
        runs(usual, 60_000),
      );
      // About 25 rights: never none, or it would hold of nothing.
      expect(granted).toBeGreaterThan(5);
    },
  );

  /** A right that a completion gives, and where it leads. */
  interface Grant {
    readonly sourceId: number;
    readonly pasid: number | undefined;
    readonly privileged: boolean;
    readonly address: bigint;
    readonly access: 'read' | 'write';
    readonly host: bigint;
  }

  /** What a translation request for the address of a request is given: up to eight translations. */
  function grantsOf(
    unit: RemappingUnit,
    { sourceId, address, pasid, privileged = false }: DmaRequestParameters,
  ): readonly Grant[] {
    if (address + 64n > 1n << 64n) return [];
    const asked = { sourceId, address, privileged, ...(pasid === undefined ? {} : { pasid }) };
    // Looked at only: where tables lead to themselves, a flag that is set may change the next answer.
    const { outcome } = unit.explain(dmaRequest({ ...asked, access: 'read', type: 'translation', length: 64 }));
    if (outcome.kind !== 'translation') return [];
    const page = address >> 12n;
    return translationsIn(outcome.words, Number(page), { pasid: pasid ?? NO_PASID, privileged }).flatMap((found) => {
      const first = BigInt(found.page);
      const at = first <= page && page < first + BigInt(found.pages) ? page : first;
      // Without PASID these are interrupt requests (§3.15), and so is what has U=1.
      if (found.untranslatedOnly || (pasid === undefined && at >> 8n === 0xfeen)) return [];
      const grant = {
        sourceId,
        pasid,
        privileged,
        address: at << 12n,
        host: (BigInt(found.hostPage) + at - first) << 12n,
      };
      return (['read', 'write'] as const)
        .filter((_access, bit) => (found.rights & (1 << bit)) !== 0)
        .map((access): Grant => ({ ...grant, access }));
    });
  }

  /** The grant as an untranslated request finds it: the same, if it is right. */
  function reached(unit: RemappingUnit, { host: _, pasid, ...asked }: Grant): unknown {
    const { outcome } = unit.explain(dmaRequest({ ...asked, ...(pasid === undefined ? {} : { pasid }) }));
    return { ...asked, pasid, host: outcome.kind === 'completed' ? outcome.address : outcome };
  }
});

const DEVICE = 0x0028;
const QUEUE = 0x8000n;
const STATUS = 0x9000n;
const FIRST_PAGE = 0x40200n;
const PAGES = 4;

/** A step of a history: the table changes, the device reads or writes, software invalidates, the endpoint completes. */
type Step =
  | { readonly kind: 'map'; readonly page: number; readonly word: bigint }
  | { readonly kind: 'access'; readonly page: number; readonly access: 'read' | 'write' }
  | { readonly kind: 'invalidate'; readonly page: number; readonly size: number }
  | { readonly kind: 'complete' };

const page = fc.nat(PAGES - 1);
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('map' as const),
      page,
      word: fc
        .tuple(fc.integer({ min: 0x100, max: 0x107 }), fc.constantFrom(0n, 1n, 2n, 3n, 3n))
        .map(([host, rights]) => (BigInt(host) << 12n) | rights),
    }),
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('access' as const),
        page,
        access: fc.constantFrom('read' as const, 'write' as const),
      }),
    },
    fc.record({ kind: fc.constant('invalidate' as const), page, size: fc.nat(2) }),
    fc.record({ kind: fc.constant('complete' as const) }),
  ),
  { minLength: 8, maxLength: 40 },
);

const endpoints = fc.record({
  completes: fc.constantFrom('at-once' as const, 'late' as const),
  messages: fc.integer({ min: 1, max: 8 }),
  capacity: fc.integer({ min: 1, max: 4 }),
  translations: fc.integer({ min: 1, max: 8 }),
  asksReadOnly: fc.boolean(),
});
const caches = fc.constantFrom('none' as const, 'full' as const, { iotlb: 2, secondStage: 1, context: 1 });

describe('A Device-TLB invalidation (§4.3)', () => {
  const holds = (misbehaves: Misbehaviour) =>
    fc.property(steps, endpoints, caches, (history, endpoint, remembered) => {
      const bench = new Bench({ ...endpoint, misbehaves }, remembered);
      for (const step of history) bench.take(step);
    });

  test('once it is complete an endpoint that obeys uses no mapping from before it', { timeout: LONG }, () => {
    fc.assert(holds({}), runs(250, 30_000));
  });

  test('an endpoint that keeps what it should forget is found out', () => {
    expect(fc.check(holds({ keepsInvalidated: true }), { numRuns: 2_000, endOnFailure: true }).failed).toBe(true);
  });

  /** Four pages in legacy mode, and for each the words that an access to it may still go by. */
  class Bench {
    readonly #memory = new SparseMemory();
    readonly #unit: RemappingUnit;
    readonly #device: DeviceTlb;
    /** By page: the words of its entry, in order, and the first of them that may still be used. */
    readonly #words: bigint[][] = Array.from({ length: PAGES }, () => [0n]);
    readonly #oldest = new Array<number>(PAGES).fill(0);
    /** Waits that are pending: what may be used once they are complete. */
    #waits: { readonly status: bigint; readonly from: ReadonlyMap<number, number> }[] = [];
    #tail = 0n;

    constructor(options: object, remembered: NonNullable<ConstructorParameters<typeof RemappingUnit>[0]['caches']>) {
      this.#memory.writeQwords(0x1000n, [0x2001n, 0n]);
      this.#memory.writeQwords(0x2280n, [0x3005n, 0x101n]); // TT=01b, AW=001b, DID=1
      this.#memory.writeQwords(0x3008n, [0x4003n]);
      this.#memory.writeQwords(0x4008n, [0x5003n]);
      this.#unit = new RemappingUnit({
        unit: {
          version: 0x60,
          hostAddressWidth: 46,
          capabilities: 0xd2_078c_226f_0606n,
          extendedCapabilities: 0x93_cf9a_24f0_0fcfn,
        },
        memory: this.#memory,
        choices: { deviceTlbCompletion: 'asked', translationsPerCompletion: 'several' },
        caches: remembered,
        send: (message: PlatformMessage) => this.#device.receive(message),
      });
      this.#device = new DeviceTlb({ unit: this.#unit, sourceId: DEVICE, ...options });
      this.#unit.writeRegister(0x20, 64, 0x1000n);
      this.#unit.writeRegister(0x18, 32, 0x4000_0000n);
      this.#unit.writeRegister(0x90, 64, QUEUE | 1n); // two pages
      this.#unit.writeRegister(0x18, 32, 0x8400_0000n);
    }

    take(step: Step): void {
      if (step.kind === 'map') this.#map(step.page, step.word);
      else if (step.kind === 'access') this.#access(step.page, step.access);
      else if (step.kind === 'invalidate') this.#invalidate(step.page, step.size);
      else this.#device.complete();
      this.#finishWaits();
    }

    #map(at: number, word: bigint): void {
      this.#words[at]!.push(word);
      this.#memory.writeQwords(0x5000n + 8n * BigInt(at), [word]);
    }

    #access(at: number, access: 'read' | 'write'): void {
      const outcome = this.#device.access({ address: (FIRST_PAGE + BigInt(at)) << 12n, access });
      if (outcome.kind !== 'completed') return;
      const right = access === 'read' ? 1n : 2n;
      const usable = this.#words[at]!.slice(this.#oldest[at]!);
      expect(usable.filter((word) => (word & right) !== 0n).map((word) => word & ~0xfffn)).toContain(outcome.address);
    }

    /** iotlb_inv_dsc for the domain, dev_tlb_inv_dsc for 2^size pages, inv_wait_dsc. */
    #invalidate(at: number, size: number): void {
      const pages = 2 ** size;
      const base = at - (at % pages);
      const address = (FIRST_PAGE + BigInt(base) + (size === 0 ? 0n : BigInt(pages / 2 - 1))) << 12n;
      const status = STATUS + 8n * (this.#tail / 48n);
      this.#memory.writeQwords(QUEUE + this.#tail, [
        0x1_0022n,
        0n,
        (BigInt(DEVICE) << 32n) | 3n,
        address | (size === 0 ? 0n : 1n),
        0x1_0000_0025n,
        status,
      ]);
      const reached = Array.from({ length: pages }, (_, n) => base + n);
      const from = new Map(reached.map((one) => [one, this.#words[one]!.length - 1]));
      this.#waits.push({ status, from });
      this.#tail += 48n;
      this.#unit.writeRegister(0x88, 64, this.#tail);
    }

    #finishWaits(): void {
      const isComplete = (status: bigint) => this.#memory.read(status, 1)[0] === 1;
      for (const { status, from } of this.#waits) {
        if (!isComplete(status)) continue;
        for (const [at, oldest] of from) this.#oldest[at] = Math.max(this.#oldest[at]!, oldest);
      }
      this.#waits = this.#waits.filter(({ status }) => !isComplete(status));
    }
  }
});
