import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONG, runs } from '../properties/runs.ts';
import { AllowedAnswers } from './allowed.ts';
import { completed } from './allowed-translation.ts';
import { DEFAULT_CHOICES } from './choices.ts';
import { allowedAnswers, type History, type Operation, perform } from './history.ts';
import { opinion } from './opinion.ts';
import { legacyHistory, scalableHistory } from './random-history.ts';
import { schedules } from './schedules.ts';
import type { Opinion } from './types.ts';

const KINDS = [
  ['legacy mode', legacyHistory()],
  ['scalable mode', scalableHistory()],
] as const;

/** What the opinion without caches says of each request, with all writes seen. */
function opinions(history: History): string[] {
  const words = new Map<bigint, bigint>();
  const latched = {
    rtaddr: 0n,
    tes: false,
    ires: false,
    pmen: false,
    plmBase: 0n,
    plmLimit: 0n,
    phmBase: 0n,
    phmLimit: 0n,
  };
  const memory = { read: (address: bigint) => words.get(address) ?? 0n, write: () => true };
  return history.operations.flatMap((operation) => {
    if (operation.kind === 'write')
      operation.qwords.forEach((word, i) => {
        words.set(operation.address + BigInt(8 * i), word);
      });
    if (operation.kind === 'rootTable') latched.rtaddr = operation.value;
    if (operation.kind === 'translation') latched.tes = operation.on;
    if (operation.kind !== 'request') return [];
    const { kind: _kind, pasid, privileged: _privileged, ...request } = operation;
    const asked = { ...request, ...(pasid === undefined ? {} : { pasid }), length: 4, type: 'untranslated' } as const;
    return [inWords(opinion({ ...history.unit, choices: DEFAULT_CHOICES }, latched, memory, asked))];
  });
}

function inWords({ outcome, fault, address = 0n, pageSize, read, write }: Opinion): string {
  if (outcome !== 'completed') return fault === undefined ? outcome : `${outcome} ${fault.condition}`;
  if (pageSize === undefined) return completed(address);
  return `${completed(address)} ${pageSize} ${read ? 'r' : ''}${write ? 'w' : ''}`;
}

/** Everything out of all caches. */
function flushed({ unit, operations }: History): Operation[] {
  const via = operations.some((one) => one.kind === 'command' && one.command.via === 'register') ? 'register' : 'queue';
  const scalable = operations.some((one) => one.kind === 'rootTable' && (one.value & 0xc00n) === 0x400n);
  const kinds = scalable ? (['context', 'pasid', 'iotlb'] as const) : (['context', 'iotlb'] as const);
  const usable = unit.version < 0x60 ? via : 'queue';
  return [
    { kind: 'flush' },
    ...kinds.map((kind): Operation => ({ kind: 'command', command: { kind, granularity: 'global', via: usable } })),
    { kind: 'wait' },
  ];
}

describe('random histories', { timeout: LONG }, () => {
  test.each(KINDS)(
    '%s: what memory says is always allowed, and after a global invalidation nothing else',
    (_, kind) => {
      fc.assert(
        fc.property(kind, (history) => {
          const answers = allowedAnswers(history);
          opinions(history).forEach((answer, i) => {
            expect(answers[i]).toContain(answer);
          });
          const clean = {
            ...history,
            operations: history.operations.flatMap((one) =>
              one.kind === 'request' ? [...flushed(history), one] : [one],
            ),
          };
          expect(allowedAnswers(clean)).toEqual(opinions(history).map((answer) => [answer]));
        }),
        runs(50, 2_000),
      );
    },
  );

  test.each(KINDS)('%s: fewer commands and later waits allow no less', (_, kind) => {
    const within = (narrow: string[][], wide: string[][]) => {
      narrow.forEach((answers, i) => {
        expect(wide[i]).toEqual(expect.arrayContaining(answers));
      });
    };
    fc.assert(
      fc.property(kind, ({ unit, operations }) => {
        const answers = allowedAnswers({ unit, operations });
        const without = operations.filter(({ kind: what }) => what !== 'command' && what !== 'flush');
        within(answers, allowedAnswers({ unit, operations: without }));
        const prompt = operations.flatMap((one): Operation[] =>
          one.kind === 'command' ? [one, { kind: 'wait' }] : [one],
        );
        within(allowedAnswers({ unit, operations: prompt }), answers);
      }),
      runs(40, 2_000),
    );
  });

  test.each(KINDS)(
    '%s: commands in flight allow what some time at which they are done allows, and no more',
    (_, kind) => {
      let judged = 0;
      fc.assert(
        fc.property(kind, (history) => {
          const all = schedules(history, 60);
          if (all === undefined) return;
          judged += all.length > 1 ? 1 : 0;
          const united = allowedAnswers(history).map(() => new Set<string>());
          for (const schedule of all)
            allowedAnswers(schedule).forEach((answers, i) => {
              for (const answer of answers) united[i]?.add(answer);
            });
          expect(allowedAnswers(history)).toEqual(united.map((answers) => [...answers].sort()));
        }),
        runs(40, 2_000),
      );
      expect(judged).toBeGreaterThan(10);
    },
  );

  test.each(KINDS)('%s: some answers are really in doubt', (_, kind) => {
    const all = fc.sample(kind, { numRuns: 60, seed: 1 }).flatMap((history) => allowedAnswers(history));
    const doubtful = all.filter((answers) => answers.length > 1).length;
    const good = all.filter((answers) => answers.some((answer) => answer.startsWith('completed'))).length;
    expect(doubtful / all.length).toBeGreaterThan(0.2);
    expect(good / all.length).toBeGreaterThan(0.4);
  });

  test('a history is played operation by operation', () => {
    const [history] = fc.sample(legacyHistory(), { numRuns: 1, seed: 1 });
    const unit = new AllowedAnswers(history!.unit);
    const played = history!.operations.flatMap((operation) => {
      const answers = perform(unit, operation);
      return answers === undefined ? [] : [answers];
    });
    expect(played).toEqual(allowedAnswers(history!));
  });
});
