import { ADDRESS_TYPE, type DmaRequest } from '../messages/dma-request.ts';
import type { Blocked, Outcome } from '../messages/outcome.ts';
import type { TranslationAgent } from './device-tlb.ts';

/** A request that violates access control is answered as PCI Express has it, and nothing is recorded by the unit. */
const ACS_VIOLATION: Blocked = Object.freeze({ kind: 'blocked', response: 'CA' });

/**
 * The root port between an endpoint and a unit, §4.2.2: with `translationBlocking`, a control of its access control
 * services (ACS), no request that is not untranslated reaches the unit.
 */
export class RootPort implements TranslationAgent {
  /** Software sets it and clears it. */
  translationBlocking: boolean;
  readonly #unit: TranslationAgent;

  constructor(unit: TranslationAgent, translationBlocking = false) {
    this.#unit = unit;
    this.translationBlocking = translationBlocking;
  }

  dma(request: DmaRequest): Outcome {
    const blocked = this.translationBlocking && request.addressType !== ADDRESS_TYPE.untranslated;
    return blocked ? ACS_VIOLATION : this.#unit.dma(request);
  }

  /** Messages are no memory requests: they pass. */
  completeDeviceTlbInvalidation(
    sourceId: number,
    tags: number | readonly number[],
    count?: number,
  ): Blocked | undefined {
    return this.#unit.completeDeviceTlbInvalidation(sourceId, tags, count);
  }
}
