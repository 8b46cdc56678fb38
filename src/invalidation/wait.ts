import type { Words } from '../bits/field.ts';
import { offsetOf, pageOf } from '../bits/page-number.ts';
import type { CountedInvalidation } from '../caches/caches.ts';
import type { EventRegisters } from '../events/event-registers.ts';
import type { Configuration } from '../platform/configuration.ts';
import type { Memory } from '../platform/memory.ts';
import { ICS_REG } from '../registers/invalidation.ts';
import { InvalidationWaitDescriptor } from '../structures/invalidation-descriptor.ts';
import type { InvalidationWait, UnderWay } from './under-way.ts';

/** What an invalidation wait needs of the unit. */
export interface WaitUnit {
  readonly memory: Memory;
  readonly configuration: Configuration;
  readonly completion: InvalidationCompletion;
  readonly invalidations: Pick<CountedInvalidation, 'asked' | 'complete' | 'fence'>;
  readonly underWay: UnderWay;
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

/** inv_wait_dsc, §6.5.2.9: of what came before it, only requests to endpoints can be unfinished. */
export function takeInvalidationWait({ underWay, invalidations }: WaitUnit, words: Words): void {
  if (InvalidationWaitDescriptor.FN(words) === 1) invalidations.fence();
  underWay.wait(words, invalidations.asked);
}

/**
 * A wait is complete, §6.5.2.9. Page requests are written before anything else happens, so that PD adds nothing. The
 * interrupt follows the status write.
 */
export function completeInvalidationWait(unit: WaitUnit, { words, asked }: InvalidationWait): void {
  const { memory, configuration, completion, invalidations } = unit;
  const { SW, IF, StatusData, StatusAddress } = InvalidationWaitDescriptor;
  // A wait that tells nobody leaves software in doubt: what came before may still be under way.
  if (SW(words) === 1 || IF(words) === 1) {
    invalidations.complete(asked);
    // What a later command flushed is for a later wait.
    if (asked === invalidations.asked) memory.settleWriteBuffer?.();
  }
  if (SW(words) === 1) {
    const address = StatusAddress(words) << 2n;
    data[0] = StatusData(words);
    // What memory refuses is lost: no error is defined for it.
    memory.store(pageOf(address) % configuration.hostPages, offsetOf(address), data);
  }
  if (IF(words) === 1) completion.complete();
}
