import { KNOWN_WAY } from '../dma-remapping/nested.ts';
import { viewOf } from '../dma-remapping/view.ts';
import { type DmaRequest, isSameRequest } from '../messages/dma-request.ts';
import { type InterruptRequest, isSameInterrupt } from '../messages/interrupt-request.ts';
import type { InterruptOutcome, Outcome, ReportedFault } from '../messages/outcome.ts';
import type { PageRequest } from '../messages/page-request.ts';
import { invalidateForPageRequest, type PassedEntries } from '../page-requests/implicit-invalidation.ts';
import type { Trace } from '../platform/trace.ts';
import { PostedInterruptDescriptor } from '../structures/posted-interrupt-descriptor.ts';
import { answer, crossesPages, type DmaDoor, partsOf } from '../unit/dma.ts';
import { answerInterrupt } from '../unit/interrupt.ts';
import { entriesOf } from '../unit/page-request.ts';
import { Branches } from './branches.ts';
import { LiveCaches } from './live-caches.ts';
import type { LiveEntries, LiveEntry, Source } from './live-entries.ts';
import { PathMemory } from './path-memory.ts';
import { Remembered } from './remembered.ts';

/** An answer that a legal unit may give. */
export interface AllowedAnswer<Result = Outcome> {
  readonly outcome: Result;
  /** The tables as they are now give it. */
  readonly fresh: boolean;
  /** The cached entries on one way to it, those of a fresh answer being none. */
  readonly from: readonly LiveEntry[];
}

/** What became of an exploration. */
export interface Explored<Result = Outcome> {
  readonly answers: readonly AllowedAnswer<Result>[];
  /** Every way was taken, and so it was for all requests before. If not, there may be more answers. */
  readonly complete: boolean;
}

/**
 * Ways through one request that are tried, 6.A-R2: the bound on what a judgement may cost, each way being one walk. Each
 * stale entry that a walk can meet may double them; where nothing is stale there are two.
 */
export const MOST_WAYS = 1024;

/** A unit whose caches may hold anything that the history allows, §6.2. */
export class LiveUnit {
  readonly caches: LiveCaches;
  readonly #unit: DmaDoor;
  #branches = new Branches();
  #reads: Source[] = [];
  /** What was explored since anything changed: it would come out the same again. */
  readonly #explored = new Remembered<DmaRequest, Explored>(isSameRequest);
  readonly #interrupts = new Remembered<InterruptRequest, Explored<InterruptOutcome>>(isSameInterrupt);
  #state: readonly unknown[] = [];
  /** A way was not taken, so that an entry which it would have left may be missing. */
  #lossy = false;

  constructor(unit: DmaDoor, entries?: LiveEntries) {
    this.#unit = unit;
    this.caches = new LiveCaches(
      () => this.#branches,
      () => this.#reads,
      () => unit.memory.flushes ?? 0,
      entries,
    );
  }

  /** Takes every way through a request; what the ways may leave in the caches is there afterwards. */
  explore(request: DmaRequest): Explored {
    return this.#remember(this.#explored, request, hashOf(request), () => {
      const whole = !crossesPages(request) || this.#unit.choices.pageCrossing === 'blocked';
      return whole ? this.#explorePart(request) : this.#exploreParts(request);
    });
  }

  /** The same for an interrupt request, §6.4. What a way posts is not written to memory. */
  exploreInterrupt(request: InterruptRequest): Explored<InterruptOutcome> {
    const hash = request.address ^ request.data ^ (request.sourceId << 8);
    return this.#remember(this.#interrupts, request, hash, () =>
      this.#exploreWays((view) => answerInterrupt(view, request)),
    );
  }

  /**
   * Takes every way on which a page request may go by the entries up to that of its PASID; what these may leave in the caches
   * is there afterwards. What they say if every way says the same: of what else a unit invalidates nothing is certain.
   */
  explorePageRequest(request: PageRequest): PassedEntries | undefined {
    this.caches.step += 1;
    const { answers, complete } = this.#explore(() => this.#exploreWays((view) => entriesOf(view, request)));
    const [first, ...others] = answers;
    if (first === undefined || others.length > 0 || !complete || 'condition' in first.outcome) return undefined;
    return first.outcome;
  }

  /** A page request was queued: what it invalidates is gone, §6.5.3.1. */
  invalidateFor({ page }: PageRequest, entries: PassedEntries): void {
    invalidateForPageRequest(this.caches.atOnce, this.#unit.configuration, entries, page);
  }

  #remember<Request, Result>(
    explored: Remembered<Request, Explored<Result>>,
    request: Request,
    hash: number,
    take: () => Explored<Result>,
  ): Explored<Result> {
    this.caches.step += 1;
    const { memory, protectedMemory } = this.#unit;
    // The bounds of protected memory are registers, which nobody counts.
    if (memory.changes === undefined || protectedMemory.enabled) return this.#explore(take);
    if (this.#hasChanged()) this.#forget();
    const known = explored.find(request, hash);
    if (known !== undefined) return known;
    const found = this.#explore(take);
    // What it left in the caches may show it more the next time.
    if (this.#hasChanged()) this.#forget();
    else explored.keep(request, hash, found);
    return found;
  }

  #forget(): void {
    this.#explored.clear();
    this.#interrupts.clear();
  }

  /** Whether anything that an exploration depends on is not what it was at the last call. */
  #hasChanged(): boolean {
    const { memory, rootTable, translationEnabled, protectedMemory, memoryTypes } = this.#unit;
    const { interruptTable, interruptRemappingEnabled, compatibilityFormatPasses } = this.#unit;
    const interrupts = [interruptTable, interruptRemappingEnabled, compatibilityFormatPasses];
    const known = [rootTable, translationEnabled, protectedMemory.enabled, ...interrupts];
    const state = [memory.changes, this.caches.entries.changes, memoryTypes.changes, ...known];
    const before = this.#state;
    this.#state = state;
    // A loop: this stands before every request, and a call for each of them costs three times as much (measured).
    for (let i = 0; i < state.length; i++) if (state[i] !== before[i]) return true;
    return false;
  }

  #explore<Result>(take: () => Explored<Result>): Explored<Result> {
    // With nothing cached nothing is missing.
    if (this.caches.entries.size === 0) this.#lossy = false;
    const explored = take();
    this.#lossy ||= !explored.complete;
    return this.#lossy ? { ...explored, complete: false } : explored;
  }

  /** §3.13: the answer is that of the first part that fails, else of the first part. */
  #exploreParts(request: DmaRequest): Explored {
    const answers: AllowedAnswer[] = [];
    let first: readonly AllowedAnswer[] | undefined;
    let complete = true;
    // Whether all parts so far may have gone through, and may have done so by the tables as they are.
    let passed = true;
    let passedFresh = true;
    for (const part of partsOf(request)) {
      const explored = this.#explorePart(part);
      complete &&= explored.complete;
      const through = explored.answers.filter(({ outcome }) => outcome.kind !== 'blocked');
      first ??= through;
      if (passed) {
        const blocked = explored.answers.filter(({ outcome }) => outcome.kind === 'blocked');
        answers.push(...blocked.map((answer) => ({ ...answer, fresh: answer.fresh && passedFresh })));
      }
      passed &&= through.length > 0;
      passedFresh &&= through.some(({ fresh }) => fresh);
    }
    if (passed) answers.push(...first!.map((answer) => ({ ...answer, fresh: answer.fresh && passedFresh })));
    // Several parts may come to the same: what is fresh counts.
    const byKey = new Map<string, AllowedAnswer>();
    for (const answer of answers) {
      const key = keyOf(answer.outcome);
      if (answer.fresh || !byKey.has(key)) byKey.set(key, answer);
    }
    return { answers: [...byKey.values()], complete };
  }

  #explorePart(request: DmaRequest): Explored {
    return this.#exploreWays((view) => answer(view, request));
  }

  #exploreWays<Result extends object>(ask: (view: DmaDoor) => Result): Explored<Result> {
    const unit = this.#unit;
    this.#branches = new Branches();
    const trace: Trace = {
      entry: (format, page, offset, words) => {
        // No cache holds anything of it.
        if (format === PostedInterruptDescriptor) return;
        this.#reads.push({ format, page, offset, words: words.slice() });
      },
    };
    // What is recorded of faults is the unit's own matter.
    const view = viewOf<DmaDoor>(unit, { caches: this.caches, trace, faults: undefined, notify: undefined });
    const answers = new Map<string, AllowedAnswer<Result>>();
    let ways = 0;
    let more = true;
    for (; more && ways < MOST_WAYS; more = this.#branches.next()) {
      ways += 1;
      this.#reads = [];
      const outcome = ask(Object.assign(view, { memory: new PathMemory(unit.memory, this.#branches, this.caches) }));
      if (ledBefore(outcome)) continue;
      const from = this.#branches.taken.filter((taken): taken is LiveEntry => 'cache' in taken);
      const key = keyOf(outcome);
      const fresh = from.length === 0;
      if (fresh || !answers.has(key)) answers.set(key, { outcome, fresh, from });
    }
    this.caches.settle();
    return { answers: [...answers.values()], complete: !more };
  }
}

/** Tells most requests apart. */
const hashOf = ({ sourceId, page, offset, access, pasid }: DmaRequest): number =>
  ((page * 4096 + offset) | 0) ^ Math.imul(sourceId, 0x85eb_ca6b) ^ (access << 24) ^ Math.imul(pasid, 0x9e37_79b1);

/** A nested walk ended where one before it had gone on. */
const ledBefore = (outcome: { readonly fault?: ReportedFault }): boolean => outcome.fault?.condition === KNOWN_WAY;

/** Equal for outcomes that a device cannot tell apart: whether a fault was recorded is not its matter. */
export function keyOf(outcome: object): string {
  return JSON.stringify(outcome, (name, value: unknown) => {
    if (typeof value === 'bigint') return value.toString();
    if (name === 'recorded' || name === 'notRecorded') return undefined;
    return name === 'condition' ? (value as { readonly code: string }).code : value;
  });
}
