import { addressOf } from '../bits/page-number.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import type { CacheName } from '../caches/caches.ts';
import type { CacheEvent } from '../caches/traced-caches.ts';
import { viewOf } from '../dma-remapping/view.ts';
import type { DmaRequest } from '../messages/dma-request.ts';
import type { InterruptRequest } from '../messages/interrupt-request.ts';
import type { InterruptOutcome, Outcome } from '../messages/outcome.ts';
import type { Trace } from '../platform/trace.ts';
import { besideUnit } from './beside-unit.ts';
import { answer, type DmaDoor } from './dma.ts';
import { answerInterrupt } from './interrupt.ts';

/** An entry that a walk read, or could not read. */
export interface Step {
  readonly format: StructureDeclaration;
  /** Where it stands in memory. */
  readonly address: bigint;
  /** Its words, lowest first; missing where memory refused. */
  readonly words?: Uint32Array;
  /** The section that the entry obeys, or the condition that it meets. */
  readonly rule: string;
}

/** A cache that answered in place of memory, §6.2. */
export interface CacheHit {
  readonly cache: CacheName;
  /** Which entry, and what it holds. */
  readonly tags: string;
  readonly content: string;
  /** How many steps came before. */
  readonly after: number;
}

export interface Explanation<Result = Outcome> {
  readonly steps: readonly Step[];
  /** The caches that answered, in order; none for a unit that remembers nothing. */
  readonly cached: readonly CacheHit[];
  readonly outcome: Result;
}

/**
 * Not in the specification: what would become of a request, entry by entry. Nothing is recorded, kept or changed, and
 * what the caches know answers as it would.
 */
export const explain = (unit: DmaDoor, request: DmaRequest): Explanation =>
  watch(unit, (view) => answer(view, request));

/** Not in the specification: {@link explain} for an interrupt request. */
export const explainInterrupt = (unit: DmaDoor, request: InterruptRequest): Explanation<InterruptOutcome> =>
  watch(unit, (view) => answerInterrupt(view, request));

function watch<Result extends Outcome | InterruptOutcome>(
  unit: DmaDoor,
  ask: (view: DmaDoor) => Result,
): Explanation<Result> {
  const steps: Step[] = [];
  const trace: Trace = {
    entry(format, page, offset, words) {
      steps.push({ format, address: addressOf(page, offset), words: words.slice(), rule: format.section });
    },
    refused(format, page, offset) {
      steps.push({ format, address: addressOf(page, offset), rule: format.section });
    },
  };
  const cached: CacheHit[] = [];
  const heard = (event: CacheEvent) => {
    if (event.kind !== 'hit') return;
    const { cache, tags, content } = event;
    cached.push({ cache, tags, content, after: steps.length });
  };
  const outcome = ask(viewOf(unit, { ...besideUnit(unit, heard), trace, faults: undefined, notify: undefined }));
  const condition = 'fault' in outcome ? outcome.fault?.condition : undefined;
  const last = steps.at(-1);
  if (condition !== undefined && last !== undefined) steps[steps.length - 1] = { ...last, rule: condition.code };
  return { steps, cached, outcome };
}
