import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Judge, type ObservedAnswer } from '../../src/index.ts';
import { A, AT, contextEntry, device, X } from '../oracle/allowed-bench.ts';
import { type History, legacyHistory, rawHistory, scalableHistory } from '../oracle/index.ts';
import { runs } from '../properties/runs.ts';
import { HistoryUnit, requestOf, touchesAgain, wordsOf } from './history-unit.ts';
import { JudgeBench } from './judge-bench.ts';

const UR: ObservedAnswer = { outcome: 'UR' };
const NOWHERE: ObservedAnswer = { outcome: 'completed', address: 0xdead_0000n };
const NOT_EVEN_REMOVED = 'neither the tables as they are now nor any entry that may still be cached gives it (6.A-R2)';
const SRTP = 1n << 30n;
const TE = 1n << 31n;
const LEGACY_ROOT = 0x5000_0000n;

/** All that is said of the requests of a history, by the unit and by its judge. */
function said({ perform }: HistoryUnit, judge: Judge, history: History) {
  const words = rawHistory(history).flatMap((operation) => {
    if (operation.kind !== 'request') {
      perform(operation);
      return [];
    }
    const asked = requestOf(operation);
    const verdicts = [UR, NOWHERE].map((observed) => {
      const { class: is, because, allowed } = judge.judge(asked, observed);
      return { is, because, allowed: allowed.map(({ outcome }) => wordsOf(outcome)) };
    });
    return { outcome: wordsOf(judge.dma(asked)), verdicts };
  });
  return { words, findings: judge.takeFindings().map(({ kind }) => kind) };
}

/** What is said of the second history where the first one, and a reset, were before it. */
function saidAfter(first: History, second: History) {
  const bench = HistoryUnit.of(second, 'full');
  const judge = new Judge(bench.unit);
  said(bench, judge, first);
  bench.unit.powerGoodReset();
  bench.memory.clear();
  return said(bench, judge, second);
}

describe('After a reset (§11.3) the judge knows nothing of what was before', () => {
  test.each([
    ['legacy mode after scalable mode', scalableHistory(), legacyHistory()],
    ['scalable mode after legacy mode', legacyHistory(), scalableHistory()],
    ['legacy mode twice', legacyHistory(), legacyHistory()],
  ] as const)('%s: all is as if the unit were new', (_, firsts, seconds) => {
    fc.assert(
      fc.property(firsts, seconds, (first, second) => {
        fc.pre(!touchesAgain(first) && !touchesAgain(second));
        const bench = HistoryUnit.of(second, 'full');
        expect(saidAfter(first, second)).toEqual(said(bench, new Judge(bench.unit), second));
      }),
      runs(8, 500),
    );
  });

  test.each(['powerGoodReset', 'warmReset'] as const)(
    '%s ends an order of commands that was unsafe (6.2.2.1-S1)',
    (reset) => {
      const bench = JudgeBench.legacy();
      bench.invalidate(device(7, A));
      bench.unit[reset]();
      bench.ask({ address: X });
      expect(bench.judge.takeFindings()).toEqual([]);
    },
  );

  test('without the reset that order is found', () => {
    const bench = JudgeBench.legacy();
    bench.invalidate(device(7, A));
    bench.ask({ address: X });
    expect(bench.judge.takeFindings()).toMatchObject([{ kind: 'unsafe-order' }]);
  });
});

describe('The context entry of one mode is not looked for in the other, whose entries have another size (§9.3, §9.4)', () => {
  test.each([
    ['none', false],
    ['none', true],
    ['full', false],
    ['full', true],
  ] as const)('caches %s, ESRTPS=%s', (caches, implicit) => {
    const bench = JudgeBench.scalable(2n, implicit ? 1n << 63n : 0n, caches);
    expect(wordsOf(bench.ask({ address: X }))).toMatch('completed 0xa000');
    // A legacy root and context table elsewhere, to other pages.
    bench.write(LEGACY_ROOT + 0x10n * BigInt(A >> 8), LEGACY_ROOT | 0x1001n, 0n);
    bench.write(LEGACY_ROOT + 0x1000n + 0x10n * BigInt(A & 0xff), ...contextEntry(AT.otherSecond, 9n));
    // §6.6: with ESRTPS=0 the mode may change only while translation is off.
    if (!implicit) bench.unit.writeRegister(0x18, 32, 0n);
    bench.unit.writeRegister(0x20, 64, LEGACY_ROOT);
    bench.unit.writeRegister(0x18, 32, SRTP | (implicit ? TE : 0n));
    bench.unit.writeRegister(0x18, 32, TE);
    expect(wordsOf(bench.ask({ address: X }))).toMatch('completed 0x1a000');
    const { class: is, because } = bench.verdict({ address: X }, NOWHERE);
    expect({ is, because }).toEqual({ is: 'forbidden', because: [NOT_EVEN_REMOVED] });
  });
});
