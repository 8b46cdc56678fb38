import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiveUnit } from '../../src/permitted/explore.ts';
import { allowedAnswers, type History, legacyHistory, rawHistory, scalableHistory } from '../oracle/index.ts';
import { HistoryUnit, requestOf, wordsOf } from './history-unit.ts';

describe('The allowed answers of a history, 6.A', () => {
  test.each([
    ['legacy', legacyHistory()],
    ['scalable', scalableHistory()],
  ] as const)('%s', (_, histories) => {
    fc.assert(
      fc.property(histories, (history: History) => {
        const { unit, perform } = (() => {
          const h = new HistoryUnit(history.unit, 'none');
          return { unit: h.unit, perform: (o: never) => h.perform(o) };
        })();
        const live = new LiveUnit(unit);
        unit.watchInvalidations(live.caches);
        const answers: string[][] = [];
        for (const operation of rawHistory(history)) {
          if (operation.kind === 'request')
            answers.push(
              [...new Set(live.explore(requestOf(operation)).answers.map(({ outcome }) => wordsOf(outcome)))].sort(),
            );
          else perform(operation as never);
        }
        expect(answers).toEqual(allowedAnswers(history));
      }),
      { numRuns: 300 },
    );
  });
});
