import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DmaRequestParameters,
  dmaRequest,
  type Memory,
  type Outcome,
  PRESETS,
  RemappingUnit,
  SparseMemory,
} from '../../src/index.ts';
import { unitOf } from './agreement.ts';
import { legacyScene } from './legacy-scene.ts';
import { LONG, runs } from './runs.ts';
import { scalableScene } from './scalable-scene.ts';
import type { Scene } from './scene.ts';

const WORD = 0xffff_ffff_ffff_ffffn;

describe('Arbitrary memory (§3.5): a walk ends, and nothing throws', () => {
  /** Words made from where they stand, so that all memory is full of entries. */
  class Noise implements Memory {
    readonly #seed: number;
    readonly #ones: number;
    readonly #zeros: number;
    reads = 0;

    constructor(seed: number, ones: number, zeros: number) {
      this.#seed = seed;
      this.#ones = ones;
      this.#zeros = zeros;
    }

    load(page: number, offset: number, words: Uint32Array): boolean {
      this.reads += 1;
      for (let i = 0; i < words.length; i++) {
        const mixed = Math.imul((page % 2 ** 32) ^ (offset + 4 * i) ^ this.#seed, 0x9e37_79b1);
        const word = mixed ^ (mixed >>> 15);
        words[i] = i % 2 === 0 ? (word | this.#ones) & ~this.#zeros : word & 0xf;
      }
      return this.#seed % 7 !== 0 || page % 5 !== 0;
    }

    store(): boolean {
      return this.#seed % 3 !== 0;
    }

    compareAndSwap(): 'swapped' | 'changed' | 'refused' {
      return (['swapped', 'changed', 'refused'] as const)[this.#seed % 3]!;
    }
  }

  test('with any seed, in every mode, the entries that are read can be counted', { timeout: LONG }, () => {
    const request = fc.record({
      sourceId: fc.nat(0xffff),
      address: fc.bigInt({ min: 0n, max: WORD - 0x1000n }),
      access: fc.constantFrom<DmaRequestParameters['access'][]>('read', 'write', 'atomic'),
      type: fc.constantFrom<NonNullable<DmaRequestParameters['type']>[]>('untranslated', 'translation', 'translated'),
      pasid: fc.option(fc.nat(0xf_ffff), { nil: undefined }),
    });
    const ones = fc.constantFrom(0, 1, 3, 7, 0xe07);
    const zeros = fc.constantFrom(0, 0xff8, 0x80, 0xff8 ^ 0x40);
    fc.assert(
      fc.property(fc.nat(), ones, zeros, fc.nat(3), request, (seed, set, clear, mode, { pasid, ...rest }) => {
        const memory = new Noise(seed, set, clear);
        const unit = new RemappingUnit({ memory, unit: PRESETS['xeon-2023'].unit });
        unit.writeRegister(0x20, 64, 0x1000n | (BigInt(mode) << 10n));
        unit.writeRegister(0x18, 32, 0x4000_0000n);
        unit.writeRegister(0x18, 32, 0x8000_0000n);
        // Other translation requests do not come to the tables, §4.2.1.
        const asked =
          rest.type === 'translation' ? { ...rest, access: 'read' as const, length: 8 } : { ...rest, length: 1 };
        unit.dma(dmaRequest({ ...asked, ...(pasid === undefined ? {} : { pasid }) }));
        // Root, context, directory, PASID entry and 30 + 5 of two nested 5-level walks, and one read a flag update.
        expect(memory.reads).toBeLessThanOrEqual(40 + 35 * 18);
      }),
      runs(700, 200_000),
    );
  });

  test('tables that point at themselves are read once a level', () => {
    const memory = new SparseMemory();
    memory.writeQwords(0x1000n, [0x1001n, 0n]);
    memory.writeQwords(0x1080n, [0x1001n, 0x103n]);
    memory.writeQwords(0x1008n, [0n]);
    const unit = new RemappingUnit({ memory, unit: PRESETS['xeon-2023'].unit });
    unit.writeRegister(0x20, 64, 0x1000n);
    unit.writeRegister(0x18, 32, 0x4000_0000n);
    unit.writeRegister(0x18, 32, 0x8000_0000n);
    const { steps } = unit.explain(dmaRequest({ sourceId: 8, address: 0n, access: 'read' }));
    expect(steps.length).toBeLessThanOrEqual(7);
  });
});

describe('Flags (§3.6.2, §3.7.2)', () => {
  test.each([
    ['legacy mode', legacyScene()],
    ['scalable mode', scalableScene()],
  ])('%s: no request clears a bit, and a blocked one sets no dirty flag', { timeout: LONG }, (_, scenes) => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const { unit, memory } = unitOf(scene);
        for (const parameters of scene.requests) {
          const before = wordsOf(scene, memory);
          const outcome = unit.dma(dmaRequest(parameters));
          const after = [...wordsOf(scene, memory)].map(([address, word]) => ({ word, was: before.get(address)! }));
          // One expectation a request: thousands of them would take most of the time.
          expect(after.filter(({ word, was }) => (was & ~word) !== 0n)).toEqual([]);
          if (granted(outcome) || stoppedWhileSetting(outcome)) continue;
          expect(after.filter(({ word, was }) => (word & ~was & (DIRTY_FIRST | DIRTY_SECOND)) !== 0n)).toEqual([]);
        }
      }),
      runs(300, 50_000),
    );
  });

  const DIRTY_FIRST = 1n << 6n;
  const DIRTY_SECOND = 1n << 9n;

  /** Updates come last and one by one: where one is refused, those before it have been made. */
  const SETTING = new Set(['SFS.8', 'SFS.9', 'SFS.10', 'SSS.5', 'SSS.6']);
  const stoppedWhileSetting = (outcome: Outcome): boolean =>
    'fault' in outcome && outcome.fault !== undefined && SETTING.has(outcome.fault.condition.code);

  const granted = (outcome: Outcome): boolean =>
    outcome.kind === 'completed' || (outcome.kind === 'translation' && outcome.fault === undefined);

  function wordsOf(scene: Scene, memory: SparseMemory): Map<bigint, bigint> {
    const word = (address: bigint) => new DataView(memory.read(address, 8).buffer).getBigUint64(0, true);
    return new Map([...scene.memory.keys()].map((address) => [address, word(address)]));
  }
});
