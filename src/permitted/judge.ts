import { wordsText } from '../bits/words-text.ts';
import { CACHE_TITLES } from '../caches/caches.ts';
import type { DmaRequest } from '../messages/dma-request.ts';
import type { Outcome } from '../messages/outcome.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { type Change, changesSince } from './changes.ts';
import { type AllowedAnswer, type Explored, keyOf, LiveUnit, MOST_WAYS } from './explore.ts';
import type { LiveEntry } from './live-entries.ts';
import { canBe, type ObservedAnswer } from './observed.ts';
import { OrderWatch, type UnsafeOrder } from './order-watch.ts';
import { remediesFor } from './remedy.ts';
import { mayAnswer, wordsOf } from './words.ts';

/** What an answer is: that of the tables now; that of an entry which may still be cached; or neither. */
export type AnswerClass = 'fresh' | 'stale' | 'forbidden';

export interface Verdict {
  readonly permitted: boolean;
  readonly class: AnswerClass;
  /** Every answer that a legal unit may give. */
  readonly allowed: readonly AllowedAnswer[];
  /** Sentences with the rules that they rest on. */
  readonly because: readonly string[];
}

/** An answer that came from an entry which an invalidation should have removed. */
export interface StaleAnswer {
  readonly kind: 'stale-answer';
  /** Which step of the history it is; requests and invalidations count, from 1. */
  readonly step: number;
  readonly request: DmaRequest;
  readonly outcome: Outcome;
  /** What the tables give now. */
  readonly fresh: readonly Outcome[];
  /** The cached entries that answered in place of memory, and the steps that made them. */
  readonly entries: readonly LiveEntry[];
  readonly changed: readonly Change[];
  /** The smallest invalidations, in their order, after which the answer is that of the tables. */
  readonly remedy: readonly string[];
}

export type Finding = StaleAnswer | UnsafeOrder;

/** Findings are kept until they are taken, the oldest go beyond these. */
const MOST_FINDINGS = 4096;

/**
 * The judge of stale answers, 6.A. It follows a unit from the moment that it is made: invalidations that reach the unit
 * reach it too, and requests are told to it. It remembers every entry that any legal unit may have cached by then.
 */
export class Judge {
  readonly #unit: RemappingUnit;
  readonly #live: LiveUnit;
  readonly #order = new OrderWatch();
  #findings: Finding[] = [];

  constructor(unit: RemappingUnit) {
    this.#unit = unit;
    this.#live = new LiveUnit(unit);
    unit.watchInvalidations(this.#live.caches);
    unit.watchInvalidations(this.#order);
  }

  /**
   * The answers that a request may get now; what it may leave in caches counts from now on (6.A-R3). There may be more
   * unless it is `complete`.
   */
  allowed(request: DmaRequest): Explored {
    return this.#explore(request);
  }

  /**
   * Whether an answer that was observed somewhere is one that the specification allows, 6.A. The request counts as made.
   */
  judge(request: DmaRequest, observed: ObservedAnswer): Verdict {
    const { answers: allowed, complete } = this.#explore(request);
    const matching = allowed.filter(({ outcome }) => canBe(observed, outcome));
    if (matching.some(({ fresh }) => fresh)) {
      const why = this.#unit.memory.inDoubt
        ? 'the tables give it as they are now, or as they may be: some writes have not reached memory for certain (6.A-R2, 6.A-R7)'
        : 'the tables as they are now give it (6.A-R2)';
      return { permitted: true, class: 'fresh', allowed, because: [why] };
    }
    const [stale] = matching;
    if (stale !== undefined)
      return { permitted: true, class: 'stale', allowed, because: this.#whyStale(stale, allowed) };
    if (!complete) {
      const why = `more than ${MOST_WAYS} ways led through this request or one before: not all were tried, so that nothing is said against it`;
      return { permitted: true, class: 'stale', allowed, because: [why] };
    }
    return { permitted: false, class: 'forbidden', allowed, because: this.#whyForbidden(request, observed) };
  }

  /** The unit answers a request; an answer that came from a stale entry becomes a finding. */
  dma(request: DmaRequest): Outcome {
    const { answers } = this.#explore(request);
    const outcome = this.#unit.dma(request);
    const key = keyOf(outcome);
    const answer = answers.find((one) => keyOf(one.outcome) === key);
    if (answer !== undefined && !answer.fresh) this.#keep(this.#findingOf(request, answer, answers));
    return outcome;
  }

  /** Stale answers and unsafe orders since the last call. */
  takeFindings(): readonly Finding[] {
    const taken = this.#findings;
    this.#findings = [];
    return taken;
  }

  #explore(request: DmaRequest): Explored {
    const unsafe = this.#order.take(this.#unit.rootTable.mode === 1);
    if (unsafe !== undefined) this.#keep(unsafe);
    return this.#live.explore(request);
  }

  #keep(finding: Finding): void {
    this.#findings.push(finding);
    if (this.#findings.length > MOST_FINDINGS) this.#findings.shift();
  }

  #findingOf(request: DmaRequest, { outcome, from }: AllowedAnswer, answers: readonly AllowedAnswer[]): StaleAnswer {
    const legacy = this.#unit.rootTable.mode === 0;
    const helps = [...remediesFor(request, from, legacy)].find((remedy) => {
      const tried = new LiveUnit(this.#unit, this.#live.caches.entries.copy());
      // The wait behind the remedy completes what is under way.
      tried.caches.entries.remove(({ doomedBy }) => doomedBy.size > 0, 0, '');
      for (const command of remedy) {
        command.perform(tried.caches);
        tried.caches.complete();
      }
      return tried.explore(request).answers.every(({ fresh }) => fresh);
    });
    return {
      kind: 'stale-answer',
      step: this.#live.caches.step,
      request,
      outcome,
      fresh: answers.filter(({ fresh }) => fresh).map((answer) => answer.outcome),
      entries: from,
      changed: changesSince(from, this.#unit.memory),
      remedy: helps?.map(({ text }) => text) ?? [],
    };
  }

  #whyStale({ from }: AllowedAnswer, allowed: readonly AllowedAnswer[]): readonly string[] {
    const changed = changesSince(from, this.#unit.memory).map(textOfChange);
    const fresh = allowed.filter((answer) => answer.fresh).map(({ outcome }) => wordsOf(outcome));
    return [...from.map(mayAnswer), ...changed, `the tables as they are now say: ${fresh.join(', or ')}`];
  }

  /** What had to go, if it would have given the answer. */
  #whyForbidden(request: DmaRequest, observed: ObservedAnswer): readonly string[] {
    const none = 'neither the tables as they are now nor any entry that may still be cached gives it (6.A-R2)';
    const removed = this.#live.caches.entries.removed;
    const before = this.#live.caches.entries.copy();
    for (const { tag, entry } of removed) before.add(tag, { ...entry, doomedBy: new Set() });
    const { answers } = new LiveUnit(this.#unit, before).explore(request);
    const answer = answers.find(({ outcome }) => canBe(observed, outcome));
    if (answer === undefined) return [none];
    const gone = answer.from.flatMap(({ key }) => removed.findLast(({ entry }) => entry.key === key) ?? []);
    return [
      none,
      ...gone.map(
        ({ entry, command, step }) =>
          `what the ${CACHE_TITLES[entry.cache]} held from step ${entry.step} gave it, and had to go with ${command}, complete at step ${step} (6.A-R4)`,
      ),
    ];
  }
}

const textOfChange = ({ format, address, was, is }: Change): string =>
  `${format.title} at 0x${address.toString(16)} was ${wordsText(was)} and is ${wordsText(is)}`;
