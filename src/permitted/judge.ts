import { wordsText } from '../bits/words-text.ts';
import { CACHE_TITLES } from '../caches/caches.ts';
import type { DmaRequest } from '../messages/dma-request.ts';
import type { InterruptRequest } from '../messages/interrupt-request.ts';
import type { InterruptOutcome, Outcome, PageRequestOutcome } from '../messages/outcome.ts';
import type { PageRequest } from '../messages/page-request.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { type Change, changesSince } from './changes.ts';
import { type AllowedAnswer, type Explored, keyOf, LiveUnit, MOST_WAYS } from './explore.ts';
import type { LiveEntry } from './live-entries.ts';
import { canBe, canBeInterrupt, type ObservedAnswer, type ObservedInterrupt } from './observed.ts';
import { OrderWatch, type UnsafeOrder } from './order-watch.ts';
import { dmaQuestion, interruptQuestion, type Question } from './question.ts';
import { mayAnswer, wordsOf } from './words.ts';

/** What an answer is: that of the tables now; that of an entry which may still be cached; or neither. */
export type AnswerClass = 'fresh' | 'stale' | 'forbidden';

export interface Verdict<Result = Outcome> {
  readonly permitted: boolean;
  readonly class: AnswerClass;
  /** Every answer that a legal unit may give. */
  readonly allowed: readonly AllowedAnswer<Result>[];
  /** Sentences with the rules that they rest on. */
  readonly because: readonly string[];
}

/** An answer that came from an entry which an invalidation should have removed. */
interface Stale<Kind, Request, Result> {
  readonly kind: Kind;
  /** Which step of the history it is; requests and invalidations count, from 1. */
  readonly step: number;
  readonly request: Request;
  readonly outcome: Result;
  /** What the tables give now. */
  readonly fresh: readonly Result[];
  /** The cached entries that answered in place of memory, and the steps that made them. */
  readonly entries: readonly LiveEntry[];
  readonly changed: readonly Change[];
  /** The smallest invalidations, in their order, after which the answer is that of the tables. */
  readonly remedy: readonly string[];
}

/** What is the same whatever was asked. */
type Found<Result> = Omit<Stale<unknown, unknown, Result>, 'kind' | 'request'>;

/** A stale answer to a memory request, §6.2. */
export type StaleAnswer = Stale<'stale-answer', DmaRequest, Outcome>;

/** A stale answer to an interrupt request, §6.4. */
export type StaleInterrupt = Stale<'stale-interrupt', InterruptRequest, InterruptOutcome>;

/** A request whose answer depends on writes that are not known to have reached memory, 6.A-R7. */
export interface UnflushedWrite {
  readonly kind: 'unflushed-write';
  readonly step: number;
  readonly request: DmaRequest | InterruptRequest;
  /** What the tables may say, in words. */
  readonly answers: readonly string[];
  readonly because: string;
}

export interface JudgeOptions {
  /**
   * Find what any legal unit might have answered from a stale entry, though this one did not: an invalidation that is
   * too narrow for some of them is the software's mistake all the same. Default false.
   */
  readonly ofAnyUnit?: boolean;
}

export type Finding = StaleAnswer | StaleInterrupt | UnflushedWrite | UnsafeOrder;

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
  readonly #ofAnyUnit: boolean;
  #findings: Finding[] = [];

  constructor(unit: RemappingUnit, { ofAnyUnit = false }: JudgeOptions = {}) {
    this.#unit = unit;
    this.#ofAnyUnit = ofAnyUnit;
    this.#live = new LiveUnit(unit);
    unit.watchInvalidations(this.#live.caches);
    unit.watchInvalidations(this.#order);
  }

  /**
   * The answers that a request may get now; what it may leave in caches counts from now on (6.A-R3). There may be more
   * unless it is `complete`.
   */
  allowed(request: DmaRequest): Explored {
    this.#watchOrder();
    return this.#live.explore(request);
  }

  /** The same for an interrupt request. Nothing is posted. */
  allowedInterrupts(request: InterruptRequest): Explored<InterruptOutcome> {
    return this.#live.exploreInterrupt(request);
  }

  /**
   * Whether an answer that was observed somewhere is one that the specification allows, 6.A. The request counts as made.
   */
  judge(request: DmaRequest, observed: ObservedAnswer): Verdict {
    this.#watchOrder();
    return this.#verdict(dmaQuestion(request), (outcome) => canBe(observed, outcome));
  }

  /** The same for an interrupt request. Nothing is posted: who saw it posted writes the descriptor as it is then. */
  judgeInterrupt(request: InterruptRequest, observed: ObservedInterrupt): Verdict<InterruptOutcome> {
    return this.#verdict(interruptQuestion(request), (outcome) => canBeInterrupt(observed, outcome));
  }

  /** The unit answers a request; an answer that came from a stale entry becomes a finding. */
  dma(request: DmaRequest): Outcome {
    this.#watchOrder();
    return this.#answer(dmaQuestion(request), request, (found) => ({ kind: 'stale-answer', ...found, request }));
  }

  /** The same for an interrupt request. */
  interrupt(request: InterruptRequest): InterruptOutcome {
    const asFinding = (found: Found<InterruptOutcome>): Finding => ({ kind: 'stale-interrupt', ...found, request });
    return this.#answer(interruptQuestion(request), request, asFinding);
  }

  /**
   * The unit handles a page request. What it may leave in caches counts from now on, and what it invalidates is gone,
   * §6.5.3.1, if every legal unit queues it by the same entries.
   */
  pageRequest(request: PageRequest): PageRequestOutcome {
    const { translationEnabled, pageRequests } = this.#unit;
    const reads = translationEnabled && pageRequests !== undefined;
    const entries = reads ? this.#live.explorePageRequest(request) : undefined;
    const outcome = this.#unit.pageRequest(request);
    if (outcome.kind === 'queued' && entries !== undefined) this.#live.invalidateFor(request, entries);
    return outcome;
  }

  /** The step that came last, 0 before the first: requests, judged ones too, and invalidations count. */
  get step(): number {
    return this.#live.caches.step;
  }

  /** Stale answers, unsafe orders and writes that were not flushed since the last call. */
  takeFindings(): readonly Finding[] {
    const taken = this.#findings;
    this.#findings = [];
    return taken;
  }

  /** §6.5.2.12: a memory request makes what the commands before it have left. */
  #watchOrder(): void {
    const unsafe = this.#order.take(this.#unit.rootTable.mode === 1);
    if (unsafe !== undefined) this.#keep(unsafe);
  }

  #verdict<Result extends Outcome | InterruptOutcome>(
    question: Question<Result>,
    isObserved: (outcome: Result) => boolean,
  ): Verdict<Result> {
    const { answers: allowed, complete } = question.explore(this.#live);
    const matching = allowed.filter(({ outcome }) => isObserved(outcome));
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
    return { permitted: false, class: 'forbidden', allowed, because: this.#whyForbidden(question, isObserved) };
  }

  #answer<Result extends Outcome | InterruptOutcome>(
    question: Question<Result>,
    request: DmaRequest | InterruptRequest,
    asFinding: (found: Found<Result>) => Finding,
  ): Result {
    const { answers } = question.explore(this.#live);
    if (this.#unit.memory.inDoubt) this.#findUnflushed(request, answers);
    const outcome = question.ask(this.#unit);
    // As nearly always. To tell answers apart costs more than the walk.
    if (answers.every(({ fresh }) => fresh)) return outcome;
    const key = keyOf(outcome);
    const own = answers.find((one) => keyOf(one.outcome) === key);
    const stale = own?.fresh === true && this.#ofAnyUnit ? answers.find(isForgotten) : own;
    if (stale?.fresh === false) this.#keep(asFinding(this.#findingOf(question, stale, answers)));
    return outcome;
  }

  /** §6.8, 6.A-R7: the tables give more than one answer, as long as nobody knows what memory holds. */
  #findUnflushed(request: UnflushedWrite['request'], answers: readonly AllowedAnswer<Outcome | InterruptOutcome>[]) {
    const fresh = answers.filter((answer) => answer.fresh).map(({ outcome }) => wordsOf(outcome));
    if (fresh.length < 2) return;
    const because =
      'what was written has not reached memory for certain: flush the cache lines where ECAP_REG.C is 0, the write buffer where CAP_REG.RWBF is 1 (6.A-R7)';
    this.#keep({ kind: 'unflushed-write', step: this.#live.caches.step, request, answers: fresh, because });
  }

  #keep(finding: Finding): void {
    this.#findings.push(finding);
    if (this.#findings.length > MOST_FINDINGS) this.#findings.shift();
  }

  #findingOf<Result extends Outcome | InterruptOutcome>(
    question: Question<Result>,
    { outcome, from }: AllowedAnswer<Result>,
    answers: readonly AllowedAnswer<Result>[],
  ): Found<Result> {
    const helps = firstOf(question.remedies(this.#unit, from), (remedy) => {
      const tried = new LiveUnit(this.#unit, this.#live.caches.entries.copy());
      // The wait behind the remedy completes what is under way.
      tried.caches.entries.remove(({ doomedBy }) => doomedBy.size > 0, 0, '');
      for (const command of remedy) {
        command.perform(tried.caches);
        tried.caches.complete();
      }
      return question.explore(tried).answers.every(({ fresh }) => fresh);
    });
    return {
      step: this.#live.caches.step,
      outcome,
      fresh: answers.filter(({ fresh }) => fresh).map((answer) => answer.outcome),
      entries: from,
      changed: changesSince(from, this.#unit.memory),
      remedy: helps?.map(({ text }) => text) ?? [],
    };
  }

  #whyStale<Result extends Outcome | InterruptOutcome>(
    { from }: AllowedAnswer<Result>,
    allowed: readonly AllowedAnswer<Result>[],
  ): readonly string[] {
    const changed = changesSince(from, this.#unit.memory).map(textOfChange);
    const fresh = allowed.filter((answer) => answer.fresh).map(({ outcome }) => wordsOf(outcome));
    return [...from.map(mayAnswer), ...changed, `the tables as they are now say: ${fresh.join(', or ')}`];
  }

  /** What had to go, if it would have given the answer. */
  #whyForbidden<Result>(question: Question<Result>, isObserved: (outcome: Result) => boolean): readonly string[] {
    const none = 'neither the tables as they are now nor any entry that may still be cached gives it (6.A-R2)';
    const removed = this.#live.caches.entries.removed;
    const before = this.#live.caches.entries.copy();
    for (const { tag, entry } of removed) before.add(tag, { ...entry, doomedBy: new Set() });
    const { answers } = question.explore(new LiveUnit(this.#unit, before));
    const answer = answers.find(({ outcome }) => isObserved(outcome));
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

/** Whether it comes from an entry that no command under way removes. */
const isForgotten = <Result>({ fresh, from }: AllowedAnswer<Result>): boolean =>
  !fresh && from.some(({ doomedBy }) => doomedBy.size === 0);

/** The first that is `good`; those behind it are not made. */
function firstOf<T>(all: Iterable<T>, good: (one: T) => boolean): T | undefined {
  for (const one of all) if (good(one)) return one;
  return undefined;
}

const textOfChange = ({ format, address, was, is }: Change): string =>
  `${format.title} at 0x${address.toString(16)} was ${wordsText(was)} and is ${wordsText(is)}`;
