import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { viewOf } from '../../src/dma-remapping/view.ts';
import { type CachePolicy, type DmaRequest, Judge, observedAs, type StaleAnswer } from '../../src/index.ts';
import { keyOf } from '../../src/permitted/explore.ts';
import { type Remedy, remediesFor } from '../../src/permitted/remedy.ts';
import { OverlayMemory } from '../../src/platform/overlay-memory.ts';
import { answer, type DmaDoor } from '../../src/unit/dma.ts';
import {
  type Command,
  type History,
  legacyHistory,
  type Operation,
  rawHistory,
  scalableHistory,
} from '../oracle/index.ts';
import { command, type Scene } from '../oracle/random-operations.ts';
import { LONG, runs } from '../properties/runs.ts';
import { HistoryUnit, requestOf } from './history-unit.ts';

const MODES = [
  ['legacy', legacyHistory()],
  ['scalable', scalableHistory()],
] as const;

/** So few entries that one leaves at almost every step, and caches that are not there. */
const POLICIES: readonly (readonly [string, CachePolicy])[] = [
  ['none', 'none'],
  ['full', 'full'],
  ['one entry each', { context: 1, pasid: 1, iotlb: 1, firstStage: 1, secondStage: 1 }],
  ['two entries each', { context: 2, pasid: 2, iotlb: 2, firstStage: 2, secondStage: 2, replacement: 'random' }],
  ['no IOTLB', { iotlb: 0, firstStage: 3, secondStage: 3, replacement: 'round-robin' }],
  ['an IOTLB alone', { context: 0, pasid: 0, iotlb: 5, firstStage: 0, secondStage: 0, replacement: 'random' }],
];

/** Requests of a history that are made again. */
const MOST_ASKED = 8;

const CASES = MODES.flatMap(([mode, histories]) =>
  POLICIES.map(([name, policy]) => [mode, name, histories, policy] as const),
);

describe('What a unit answers is what the judge allows (6.A), whatever it remembers (6.2-M1)', () => {
  test.each(CASES)(
    '%s mode, caches: %s',
    (_mode, _name, histories, policy) => {
      fc.assert(
        fc.property(histories, (history) => {
          const one = new JudgedUnit(history, policy);
          one.play(history, (request) => {
            const { answers, complete } = one.judge.allowed(request);
            const answer = keyOf(one.unit.dma(request));
            // What is not explored to its end says nothing against an answer.
            if (complete) expect(answers.map(({ outcome }) => keyOf(outcome))).toContain(answer);
          });
        }),
        runs(5, 1000),
      );
    },
    LONG,
  );

  test.each(MODES)(
    'a unit that remembers nothing gives fresh answers, %s mode',
    (_mode, histories) => {
      fc.assert(
        fc.property(histories, (history) => {
          const one = new JudgedUnit(history, 'none');
          one.play(history, (request) => {
            const outcome = one.unit.dma(request);
            expect(one.judge.judge(request, observedAs(outcome)).class).toBe('fresh');
            one.judge.dma(request);
          });
          expect(one.judge.takeFindings().filter(({ kind }) => kind === 'stale-answer')).toEqual([]);
        }),
        runs(5, 1000),
      );
    },
    LONG,
  );
});

describe('Once all that is cached was invalidated, and a wait is complete (6.A-R4)', () => {
  test.each(CASES)(
    'every answer is that of the tables: %s mode, caches: %s',
    (mode, _name, histories, policy) => {
      fc.assert(
        fc.property(histories, (history) => {
          const asked = history.operations.filter((operation) => operation.kind === 'request');
          const all = everything(mode, viaOf(history));
          // Before each: two devices of one domain may have tables of their own, and then fill the caches for each other.
          const whole = withOperations(
            history,
            asked.slice(-MOST_ASKED).flatMap((request) => [...all, request]),
          );
          const one = new JudgedUnit(whole, policy);
          const before = countOf(history);
          let count = 0;
          one.play(whole, (request) => {
            count += 1;
            if (count > before) {
              expect(one.judge.allowed(request).answers.every(({ fresh }) => fresh)).toBe(true);
              expect(keyOf(one.unit.dma(request))).toBe(one.tables(request));
            } else one.judge.dma(request);
          });
        }),
        runs(3, 400),
      );
    },
    LONG,
  );
});

describe('More invalidations than needed (6.5.2.3-M1, 6.A-R4)', () => {
  test.each(MODES)(
    'allow no answer that was not allowed without them: %s mode',
    (mode, histories) => {
      const drawn = histories.chain((history) => fc.tuple(fc.constant(history), extras(mode, history)));
      fc.assert(
        fc.property(drawn, ([history, extra]) => {
          const usual = allowedOf(history, 'full');
          const more = allowedOf(withExtras(history, extra), 'full');
          expect(more.length).toBe(usual.length);
          for (const [i, { keys, answer }] of more.entries()) {
            const { keys: without, complete } = usual[i]!;
            if (!complete) continue;
            expect(without).toEqual(expect.arrayContaining([...keys]));
            // Where nothing but one answer was allowed it was the fresh one, and so it stays.
            if (without.length === 1) expect(answer).toBe(without[0]);
          }
        }),
        runs(10, 1500),
      );
    },
    LONG,
  );
});

describe('The remedy of a stale answer (6.5.3.3-S0)', () => {
  test.each(CASES.filter(([, , , policy]) => policy !== 'none'))(
    'makes the next answer that of the tables: %s mode, caches: %s',
    (_mode, _name, histories, policy) => {
      fc.assert(
        fc.property(histories, (history) => {
          const one = new JudgedUnit(history, policy);
          one.play(history, (request) => {
            const { complete } = one.judge.allowed(request);
            one.judge.dma(request);
            for (const finding of one.judge.takeFindings()) {
              if (!complete) continue;
              // With a write in doubt the commands flush it, and what they leave may be old only then (6.8-R1).
              if (finding.kind !== 'stale-answer' || one.unit.memory.inDoubt) continue;
              expect(keyOf(finding.outcome)).not.toBe(one.tables(request));
              one.give(remedyOf(finding, one.unit.rootTable.mode === 0));
              expect(one.judge.allowed(request).answers.every(({ fresh }) => fresh)).toBe(true);
              expect(keyOf(one.unit.dma(request))).toBe(one.tables(request));
            }
          });
        }),
        runs(5, 1000),
      );
    },
    LONG,
  );
});

/** A unit that a judge has watched from the start. */
class JudgedUnit {
  readonly judge: Judge;
  readonly #history: HistoryUnit;

  constructor(history: History, policy: CachePolicy) {
    this.#history = HistoryUnit.of(history, policy);
    this.judge = new Judge(this.unit);
  }

  get unit() {
    return this.#history.unit;
  }

  /** Performs a history; each request goes to `ask`. */
  play(history: History, ask: (request: DmaRequest) => void): void {
    for (const operation of rawHistory(history)) {
      if (operation.kind === 'request') ask(requestOf(operation));
      else this.#history.perform(operation);
    }
  }

  /** What the tables say now, as far as memory shows it. */
  tables(request: DmaRequest): string {
    const memory = new OverlayMemory(this.unit.memory);
    return keyOf(answer(viewOf<DmaDoor>(this.unit, { memory, caches: undefined, faults: undefined }), request));
  }

  /** Software gives these commands and waits for each. */
  give(remedy: Remedy): void {
    for (const one of remedy) {
      one.perform(this.unit.invalidations);
      this.unit.invalidations.complete();
    }
  }
}

interface AllowedAndGiven {
  readonly keys: readonly string[];
  readonly complete: boolean;
  readonly answer: string;
}

/** What each request of a history may get, and gets. */
function allowedOf(history: History, policy: CachePolicy): AllowedAndGiven[] {
  const one = new JudgedUnit(history, policy);
  const all: AllowedAndGiven[] = [];
  one.play(history, (request) => {
    const { answers, complete } = one.judge.allowed(request);
    const keys = answers.map(({ outcome }) => keyOf(outcome));
    all.push({ keys, complete, answer: keyOf(one.unit.dma(request)) });
  });
  return all;
}

/** The commands whose texts a finding has. */
function remedyOf({ request, entries, remedy }: StaleAnswer, legacy: boolean): Remedy {
  const same = (tried: Remedy) => tried.length > 0 && tried.map(({ text }) => text).join() === remedy.join();
  const found = [...remediesFor(request, entries, legacy)].find(same);
  if (found === undefined) throw new Error(`no remedy is ${JSON.stringify(remedy)}`);
  return found;
}

const countOf = ({ operations }: History): number => operations.filter(({ kind }) => kind === 'request').length;

const withOperations = (history: History, behind: readonly Operation[]): History => ({
  ...history,
  operations: [...history.operations, ...behind],
});

/** A history gives its commands in one way. */
function viaOf({ operations }: History): Command['via'] {
  for (const operation of operations) if (operation.kind === 'command') return operation.command.via;
  return 'queue';
}

function everything(mode: string, via: Command['via']): readonly Operation[] {
  const kinds = mode === 'legacy' ? (['context', 'iotlb'] as const) : (['context', 'pasid', 'iotlb'] as const);
  const commands = kinds.map((kind): Operation => ({ kind: 'command', command: { kind, granularity: 'global', via } }));
  return [...commands, ...waitOf(via)];
}

/** A command through the registers is complete when the register says so. */
const waitOf = (via: Command['via']): readonly Operation[] => (via === 'queue' ? [{ kind: 'wait' }] : []);

interface Extra {
  /** In thousandths of the history behind the setup. */
  readonly at: number;
  readonly operations: readonly Operation[];
}

/** Commands of every kind, some with a wait. */
function extras(mode: string, history: History): fc.Arbitrary<readonly Extra[]> {
  const via = viaOf(history);
  const scene: Scene = { scalable: mode === 'scalable', via, buffered: false, unit: history.unit };
  const asked = history.operations.filter((operation) => operation.kind === 'request');
  const focus = { source: 0x0100, address: 0x1000n, pasid: undefined, ...asked[0] };
  const extra = fc.record({
    at: fc.nat(999),
    operations: fc
      .tuple(command(scene, focus), fc.boolean())
      .map(([one, waited]) => (waited ? [one, ...waitOf(via)] : [one])),
  });
  return fc.array(extra, { minLength: 1, maxLength: 8 });
}

function withExtras(history: History, all: readonly Extra[]): History {
  const { operations } = history;
  // Before translation is on, the mode is not latched that the queue goes by.
  const first = operations.findIndex(({ kind }) => kind === 'translation') + 1;
  const places = operations.map(() => [] as Operation[]);
  for (const { at, operations: extra } of all) {
    const place = first + Math.floor((at * (operations.length - first)) / 1000);
    places[place]?.push(...extra);
  }
  return { ...history, operations: operations.flatMap((operation, i) => [...places[i]!, operation]) };
}
