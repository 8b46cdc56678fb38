import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiveUnit } from '../../src/permitted/explore.ts';
import { allowedAnswers, type History, legacyHistory, rawHistory, scalableHistory } from '../oracle/index.ts';
import { LONG, runs } from '../properties/runs.ts';
import { HistoryUnit, requestOf, touchesAgain, wordsOf } from './history-unit.ts';

/** The answers that each request of a history may get, as the model explores them. */
function explored(history: History): string[][] {
  const { unit, perform } = HistoryUnit.of(history, 'none');
  const live = new LiveUnit(unit);
  unit.watchInvalidations(live.caches);
  return rawHistory(history).flatMap((operation) => {
    if (operation.kind !== 'request') {
      perform(operation);
      return [];
    }
    const { answers, complete } = live.explore(requestOf(operation));
    expect(complete).toBe(true);
    return [[...new Set(answers.map(({ outcome }) => wordsOf(outcome)))].sort()];
  });
}

describe('The answers that a history allows (6.A) are those of the second opinion', () => {
  test.each([
    ['legacy', legacyHistory()],
    ['scalable', scalableHistory()],
  ] as const)(
    '%s mode',
    (_, histories) => {
      fc.assert(
        fc.property(histories, (history) => {
          fc.pre(!touchesAgain(history));
          expect(explored(history)).toEqual(allowedAnswers(history));
        }),
        runs(100, 3000),
      );
    },
    LONG,
  );
});
