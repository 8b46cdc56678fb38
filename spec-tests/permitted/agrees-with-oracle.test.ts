import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiveUnit } from '../../src/permitted/explore.ts';
import { allowedAnswers, type History, legacyHistory, rawHistory, scalableHistory } from '../oracle/index.ts';
import { LONG, runs } from '../properties/runs.ts';
import { HistoryUnit, requestOf, touchesAgain, wordsOf } from './history-unit.ts';

/** The answers that each request of a history may get, as the model explores them, and whether it took every way. */
function explored(history: History): { answers: string[]; complete: boolean }[] {
  const { unit, perform } = HistoryUnit.of(history, 'none');
  const live = new LiveUnit(unit);
  unit.watchInvalidations(live.caches);
  return rawHistory(history).flatMap((operation) => {
    if (operation.kind !== 'request') {
      perform(operation);
      return [];
    }
    const { answers, complete } = live.explore(requestOf(operation));
    return [{ answers: [...new Set(answers.map(({ outcome }) => wordsOf(outcome)))].sort(), complete }];
  });
}

describe('The answers that a history allows (6.A) are those of the second opinion', () => {
  test.each([
    ['legacy', legacyHistory()],
    ['scalable', scalableHistory()],
  ] as const)(
    '%s mode',
    (_, histories) => {
      let all = 0;
      let ended = 0;
      fc.assert(
        fc.property(histories, (history) => {
          fc.pre(!touchesAgain(history));
          const model = explored(history);
          // What is not explored to its end may leave fewer entries behind: from there on it can only say less.
          const end = model.findIndex(({ complete }) => !complete);
          const allowed = allowedAnswers(history);
          const compared = end < 0 ? allowed.length : end;
          expect(model.slice(0, compared).map(({ answers }) => answers)).toEqual(allowed.slice(0, compared));
          const beyond = model
            .slice(compared)
            .map(({ answers }, i) => answers.filter((one) => !allowed[compared + i]!.includes(one)));
          expect(beyond.flat()).toEqual([]);
          all += allowed.length;
          ended += allowed.length - compared;
        }),
        runs(50, 3000),
      );
      expect(ended).toBeLessThan(all / 50);
    },
    LONG,
  );
});
