import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type InterruptOutcome, interruptRequest } from '../../src/index.ts';
import { LiveUnit } from '../../src/permitted/explore.ts';
import { AllowedInterrupts, interruptHistory, performInterrupt } from '../oracle/index.ts';
import { LONG, runs } from '../properties/runs.ts';
import { touchesAgain } from './history-unit.ts';
import { InterruptUnit } from './interrupt-unit.ts';

const hex = (value: bigint | number): string => value.toString(16);

/** An outcome in the second opinion's words. */
function wordsOf(outcome: InterruptOutcome): string {
  switch (outcome.kind) {
    case 'delivered':
      return `delivered ${hex(outcome.address)} ${hex(outcome.data)} to ${hex(outcome.destination)}`;
    case 'posted': {
      const { descriptor, vector, notification } = outcome;
      const posted = `posted ${hex(descriptor)} ${hex(vector)}`;
      if (notification === undefined) return posted;
      return `${posted} ${hex(notification.address)} ${hex(notification.data)} to ${hex(notification.destination)}`;
    }
    case 'blocked': {
      const { condition, notRecorded } = outcome.fault!;
      return `UR ${condition.code}${notRecorded === 'fpd' ? ' silent' : ''}`;
    }
  }
}

/** A device cannot tell whether FPD kept a fault from being recorded. */
const seen = (words: readonly string[]): readonly string[] =>
  [...new Set(words.map((one) => one.replace(' silent', '')))].sort();

/**
 * Whether a post notifies is for ON to say, in memory. Where an entry may only be cached if an earlier request was posted,
 * the second opinion has set ON then; the judge goes by memory, where the unit posted nothing.
 */
const posts = (words: readonly string[]): readonly string[] =>
  words.map((one) => one.replace(/^(posted \S+ \S+) .*/, '$1'));

describe('The answers that a history of interrupts allows (6.A, §6.4) are those of the second opinion', () => {
  test(
    'random histories',
    () => {
      let all = 0;
      let pinned = 0;
      fc.assert(
        fc.property(interruptHistory(), (history) => {
          fc.pre(!touchesAgain(history));
          const model = new InterruptUnit(history.unit);
          const live = new LiveUnit(model.unit);
          model.unit.watchInvalidations(live.caches);
          // One that knows which answer each request got, and one that holds each that it might have got for possible.
          const least = new AllowedInterrupts(history.unit);
          const most = new AllowedInterrupts(history.unit);
          for (const operation of history.operations) {
            const few = performInterrupt(least, operation);
            const many = performInterrupt(most, operation);
            if (operation.kind !== 'interrupt') {
              model.perform(operation);
              continue;
            }
            const { source, address, data } = operation;
            const request = interruptRequest({ sourceId: Number(source), address, data: Number(data) });
            const { answers, complete } = live.exploreInterrupt(request);
            const said = seen(answers.map(({ outcome }) => wordsOf(outcome)));
            expect(complete).toBe(true);
            expect(seen(few!).filter((one) => !said.includes(one))).toEqual([]);
            expect(posts(said).filter((one) => !posts(seen(many!)).includes(one))).toEqual([]);
            all += 1;
            pinned += Number(seen(few!).length === seen(many!).length);
            least.answered(wordsOf(model.unit.interrupt(request)));
          }
        }),
        runs(100, 5000),
      );
      expect(pinned).toBeGreaterThan(all / 2);
    },
    LONG,
  );
});
