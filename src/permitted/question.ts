import type { DmaRequest } from '../messages/dma-request.ts';
import type { InterruptRequest } from '../messages/interrupt-request.ts';
import type { InterruptOutcome, Outcome } from '../messages/outcome.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import type { Explored, LiveUnit } from './explore.ts';
import { interruptRemediesFor } from './interrupt-remedy.ts';
import type { LiveEntry } from './live-entries.ts';
import { type Remedy, remediesFor } from './remedy.ts';

/** A request of either kind, as the judge needs it. */
export interface Question<Result> {
  /** The unit answers it. */
  ask(unit: RemappingUnit): Result;
  /** Every answer that it may get. */
  explore(live: LiveUnit): Explored<Result>;
  /** What might remove entries that answer it, the narrowest first. */
  remedies(unit: RemappingUnit, stale: readonly LiveEntry[]): Iterable<Remedy>;
}

/** Not in the specification: a memory request. */
export const dmaQuestion = (request: DmaRequest): Question<Outcome> => ({
  ask: (unit) => unit.dma(request),
  explore: (live) => live.explore(request),
  *remedies({ rootTable }, stale) {
    yield* interruptRemediesFor(stale);
    yield* remediesFor(request, stale, rootTable.mode === 0);
  },
});

/** Not in the specification: an interrupt request. */
export const interruptQuestion = (request: InterruptRequest): Question<InterruptOutcome> => ({
  ask: (unit) => unit.interrupt(request),
  explore: (live) => live.exploreInterrupt(request),
  remedies: (_, stale) => interruptRemediesFor(stale),
});
