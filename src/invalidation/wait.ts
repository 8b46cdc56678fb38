import type { Words } from '../bits/field.ts';
import { offsetOf, pageOf } from '../bits/page-number.ts';
import type { CacheInvalidation } from '../caches/caches.ts';
import type { EventRegisters } from '../events/event-registers.ts';
import type { Configuration } from '../platform/configuration.ts';
import type { Memory } from '../platform/memory.ts';
import { ICS_REG } from '../registers/invalidation.ts';
import { InvalidationWaitDescriptor } from '../structures/invalidation-descriptor.ts';

/** What an invalidation wait needs of the unit. */
export interface WaitUnit {
  readonly memory: Memory;
  readonly configuration: Configuration;
  readonly completion: InvalidationCompletion;
  readonly invalidations: Pick<CacheInvalidation, 'complete'>;
}

/** Invalidation completion, §6.5.2.10: ICS_REG and the event that goes with it. */
export class InvalidationCompletion {
  readonly #status: Words;
  readonly #event: EventRegisters;

  /** `status` is ICS_REG. */
  constructor(status: Words, event: EventRegisters) {
    this.#status = status;
    this.#event = event;
  }

  /** A wait with IF=1 is complete. */
  complete(): void {
    const alreadyPending = ICS_REG.IWC(this.#status) === 1;
    ICS_REG.IWC.put(this.#status, 1);
    this.#event.raise(alreadyPending);
  }

  /** Software wrote ICS_REG. */
  statusWritten(): void {
    if (ICS_REG.IWC(this.#status) === 0) this.#event.serviced();
  }
}

const data = new Uint32Array(1);

/**
 * inv_wait_dsc, §6.5.2.9. All descriptors before it are complete when it is reached, so that FN adds nothing; the same
 * holds for page requests and PD. The interrupt follows the status write.
 */
export function performInvalidationWait(unit: WaitUnit, words: Words): void {
  const { memory, configuration, completion } = unit;
  const { SW, IF, StatusData, StatusAddress } = InvalidationWaitDescriptor;
  // A wait that tells nobody leaves software in doubt: what came before may still be under way.
  if (SW(words) === 1 || IF(words) === 1) {
    unit.invalidations.complete();
    memory.settleWriteBuffer?.();
  }
  if (SW(words) === 1) {
    const address = StatusAddress(words) << 2n;
    data[0] = StatusData(words);
    // What memory refuses is lost: no error is defined for it.
    memory.store(pageOf(address) % configuration.hostPages, offsetOf(address), data);
  }
  if (IF(words) === 1) completion.complete();
}
