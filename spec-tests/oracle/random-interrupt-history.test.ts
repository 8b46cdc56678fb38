import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONG, runs } from '../properties/runs.ts';
import { AllowedInterrupts } from './allowed-interrupt.ts';
import { DEFAULT_CHOICES } from './choices.ts';
import { interruptAnswer } from './interrupt-answer.ts';
import {
  allowedInterrupts,
  type InterruptHistory,
  type InterruptOperation,
  performInterrupt,
} from './interrupt-history.ts';
import type { InterruptLatched } from './interrupt-types.ts';
import { interruptOpinion } from './interrupts.ts';
import { interruptHistory } from './random-interrupt-history.ts';

/** What the opinion without caches says of each request, with all writes seen. */
function opinions(history: InterruptHistory): string[] {
  const words = new Map<bigint, bigint>();
  const latched: InterruptLatched = { irta: 0n, ires: false, cfis: false };
  const memory = {
    read: (address: bigint) => words.get(address) ?? 0n,
    write: (address: bigint, value: bigint) => words.set(address, value) === words,
  };
  const unit = { ...history.unit, choices: DEFAULT_CHOICES };
  return history.operations.flatMap((operation) => {
    if (operation.kind === 'write')
      operation.qwords.forEach((word, i) => {
        words.set(operation.address + BigInt(8 * i), word);
      });
    if (operation.kind === 'table') latched.irta = operation.irta;
    if (operation.kind === 'remapping') latched.ires = operation.on;
    if (operation.kind === 'compatibility') latched.cfis = operation.on;
    if (operation.kind !== 'interrupt') return [];
    return [interruptAnswer(interruptOpinion(unit, latched, memory, operation))];
  });
}

const FLUSHED: readonly InterruptOperation[] = [
  { kind: 'flush' },
  { kind: 'invalidation', command: { granularity: 'global' } },
  { kind: 'wait' },
];

const within = (narrow: string[][], wide: string[][]): void => {
  narrow.forEach((answers, i) => {
    expect(wide[i]).toEqual(expect.arrayContaining(answers));
  });
};

describe('random histories of interrupts', { timeout: LONG }, () => {
  test('what memory says is always allowed, and after a global invalidation nothing else', () => {
    fc.assert(
      fc.property(interruptHistory(), (history) => {
        const said = opinions(history).map((answer) => [answer]);
        within(said, allowedInterrupts(history));
        const clean = history.operations.flatMap((one) => (one.kind === 'interrupt' ? [...FLUSHED, one] : [one]));
        expect(allowedInterrupts({ ...history, operations: clean })).toEqual(said);
      }),
      runs(100, 2_000),
    );
  });

  test('fewer commands and later waits allow no less', () => {
    fc.assert(
      fc.property(interruptHistory(), ({ unit, operations }) => {
        const answers = allowedInterrupts({ unit, operations });
        const without = operations.filter(({ kind }) => kind !== 'invalidation' && kind !== 'flush');
        within(answers, allowedInterrupts({ unit, operations: without }));
        const prompt = operations.flatMap((one): InterruptOperation[] =>
          one.kind === 'invalidation' ? [one, { kind: 'wait' }] : [one],
        );
        within(allowedInterrupts({ unit, operations: prompt }), answers);
      }),
      runs(80, 2_000),
    );
  });

  test('some way through all answers goes on to the end, and knowing the answers allows no more', () => {
    fc.assert(
      fc.property(interruptHistory(), fc.infiniteStream(fc.nat(7)), ({ unit, operations }, picks) => {
        const known = new AllowedInterrupts(unit);
        const unknown = new AllowedInterrupts(unit);
        for (const operation of operations) {
          const answers = performInterrupt(known, operation);
          const all = performInterrupt(unknown, operation);
          if (answers === undefined) continue;
          expect(answers.length).toBeGreaterThan(0);
          expect(all).toEqual(expect.arrayContaining(answers));
          known.answered(answers[(picks.next().value ?? 0) % answers.length] ?? '');
        }
      }),
      runs(80, 2_000),
    );
  });

  test('some answers are really in doubt, of every kind', () => {
    const all = fc.sample(interruptHistory(), { numRuns: 60, seed: 1 }).flatMap((each) => allowedInterrupts(each));
    const doubtful = all.filter((answers) => answers.length > 1);
    expect(doubtful.length / all.length).toBeGreaterThan(0.2);
    const good = all.filter((answers) => answers.some((answer) => !answer.startsWith('UR')));
    expect(good.length / all.length).toBeGreaterThan(0.5);
    const kinds = new Set(doubtful.flat().map((answer) => /^(?:UR .*|\w+)/.exec(answer)?.[0]));
    const faults = ['22h', '24h', '26h'].flatMap((code) => [`UR ${code}`, `UR ${code} silent`]);
    expect([...kinds].sort()).toEqual([...faults, 'delivered', 'posted']);
  });
});
