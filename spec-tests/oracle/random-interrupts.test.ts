import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONG, runs } from '../properties/runs.ts';
import { bits } from './bits.ts';
import { type InterruptScene, interruptOpinions } from './interrupt-scene.ts';
import type { InterruptOpinion } from './interrupt-types.ts';
import { interruptScene } from './random-interrupts.ts';

const scenes = fc.sample(interruptScene(), { numRuns: 1500, seed: 1 });
const played = scenes.map((scene) => ({ scene, ...interruptOpinions(scene) }));
const opinions = played.flatMap((each) => each.opinions);
const share = (fits: (opinion: InterruptOpinion) => boolean): number => opinions.filter(fits).length / opinions.length;

/** 11.4.3-R1, 11.4.10, and the widths of everything. */
function lawful({ unit, latched, memory, requests }: InterruptScene): void {
  const has = (bit: number) => bits(unit.extendedCapabilities, bit) === 1n;
  expect(has(1) && has(3)).toBe(true);
  expect(has(61) && !has(4)).toBe(false);
  expect(bits(latched.irta, 10, 4)).toBe(0n);
  expect(bits(latched.irta, 11) === 1n && !has(4)).toBe(false);
  for (const { address, qwords } of memory) {
    expect(address % 16n).toBe(0n);
    for (const word of qwords) expect(word).toBe(BigInt.asUintN(64, word));
  }
  for (const { source, address, data } of requests) {
    expect(source).toBe(source & 0xffff);
    expect(address >> 20n).toBe(0xfeen);
    expect(data).toBe(BigInt.asUintN(32, data));
  }
}

describe('random scenes of interrupts', { timeout: LONG }, () => {
  test('they may be', () => {
    fc.assert(fc.property(interruptScene(), lawful), runs(200, 5_000));
  });

  test('they reach every reason, silenced where it can be, and each way to be delivered and posted', () => {
    const reached = new Map<string, number>();
    for (const opinion of opinions) {
      const what =
        opinion.outcome === 'UR'
          ? `${opinion.fault.condition}${opinion.logged ? '' : ' silent'}`
          : opinion.outcome === 'delivered'
            ? `delivered ${opinion.index === undefined ? 'as it is' : opinion.deliveryMode}`
            : `posted ${opinion.notification === null ? 'quietly' : 'with a notification'}`;
      reached.set(what, (reached.get(what) ?? 0) + 1);
    }
    const often = [...reached].filter(([, count]) => count >= 5).map(([what]) => what);
    expect(often.sort()).toEqual(
      [
        ...['20h', '21h', '22h', '22h silent', '23h', '24h', '24h silent', '25h', '26h', '26h silent', '27h'],
        ...['27h silent', '28h', '28h silent', '2Ah', '2Bh', 'delivered as it is'],
        ...[0, 1, 2, 3, 4, 5, 6, 7].map((mode) => `delivered ${mode}`),
        ...['posted quietly', 'posted with a notification'],
      ].sort(),
    );
  });

  test('most requests get through, and not too many', () => {
    expect(share(({ outcome }) => outcome === 'delivered')).toBeGreaterThan(0.2);
    expect(share(({ outcome }) => outcome === 'posted')).toBeGreaterThan(0.1);
    expect(share(({ outcome }) => outcome === 'UR')).toBeGreaterThan(0.3);
  });

  test('each choice matters to some scene', () => {
    const other = {
      interruptEntryOrder: ['26h', '24h'],
      reservedSourceValidation: ['24h', '26h'],
      reservedDeliveryMode: ['24h', 'delivered'],
      postedDestinationCheck: ['always', 'when-notifying'],
    } as const;
    for (const [name, values] of Object.entries(other)) {
      const differs = scenes.some((scene) => {
        const [one, two] = values.map((value) =>
          interruptOpinions({ ...scene, unit: { ...scene.unit, choices: { ...scene.unit.choices, [name]: value } } }),
        );
        return !equal(one?.opinions, two?.opinions);
      });
      expect(differs, name).toBe(true);
    }
  });

  test('memory changes by what was posted and in nothing else', () => {
    fc.assert(
      fc.property(interruptScene(), (scene) => {
        const before = new Map(
          scene.memory.flatMap(({ address, qwords }) => qwords.map((word, i) => [address + BigInt(8 * i), word])),
        );
        const { opinions: all, words } = interruptOpinions(scene);
        for (const opinion of all) {
          if (opinion.outcome !== 'posted') continue;
          const { descriptor, vector, notification } = opinion;
          const set = (at: bigint, bit: bigint) => before.set(at, (before.get(at) ?? 0n) | (1n << bit));
          const on = bits(before.get(descriptor + 32n) ?? 0n, 0);
          expect(on === 1n && notification !== null).toBe(false);
          set(descriptor + BigInt(8 * Math.floor(vector / 64)), BigInt(vector % 64));
          if (notification !== null) set(descriptor + 32n, 0n);
        }
        const set = (all: ReadonlyMap<bigint, bigint>) => new Map([...all].filter(([, word]) => word !== 0n));
        expect(set(words)).toEqual(set(before));
      }),
      runs(200, 5_000),
    );
  });
});

const equal = (one: unknown, two: unknown): boolean => {
  const text = (value: unknown) => JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : each));
  return text(one) === text(two);
};
