import { EventRegisters } from '../events/event-registers.ts';
import { InvalidationQueue, type QueueUnit } from '../invalidation/queue.ts';
import { UnderWay } from '../invalidation/under-way.ts';
import { InvalidationCompletion } from '../invalidation/wait.ts';
import type { EventMessage, PlatformMessage } from '../messages/platform-message.ts';
import type { UnitRegisters } from './unit-registers.ts';

type Send = (message: PlatformMessage) => void;

/** What stands behind the registers of §11.4.9. */
export interface QueuedInvalidation {
  readonly queue: InvalidationQueue;
  readonly underWay: UnderWay;
  readonly completion: InvalidationCompletion;
  /** The invalidation completion event. */
  readonly event: EventRegisters;
}

/** The invalidation queue of a unit, §6.5.2. What `unit` latches is seen: it is read each time. */
export function queuedInvalidation(
  unit: Omit<QueueUnit, 'completion' | 'send' | 'underWay' | 'descriptorRead'>,
  registers: UnitRegisters,
  send: Send,
  descriptorRead: () => void,
): QueuedInvalidation {
  const { memory, configuration, choices, faults, invalidations } = unit;
  const event = eventRegisters('invalidation-event', 'IE', registers, send);
  const completion = new InvalidationCompletion(registers.words('ICS_REG'), event);
  const underWay = new UnderWay();
  const queue = new InvalidationQueue(
    {
      memory,
      configuration,
      choices,
      faults,
      invalidations,
      completion,
      underWay,
      send,
      descriptorRead,
      get rootTable() {
        return unit.rootTable;
      },
    },
    {
      globalStatus: registers.words('GSTS_REG'),
      faultStatus: registers.words('FSTS_REG'),
      head: registers.words('IQH_REG'),
      tail: registers.words('IQT_REG'),
      address: registers.words('IQA_REG'),
      errorRecord: registers.words('IQERCD_REG'),
    },
  );
  return { queue, underWay, completion, event };
}

/** The four registers of an event, whose names begin with `prefix`, and the messages that they send, §11.4.7.2. */
export function eventRegisters(
  kind: EventMessage['kind'],
  prefix: 'FE' | 'IE' | 'PE' | 'PERFINTR',
  registers: UnitRegisters,
  send: Send,
): EventRegisters {
  const words = (name: string) => registers.words(`${prefix}${name}_REG`);
  const four = { control: words('CTL'), data: words('DATA'), address: words('ADDR'), upperAddress: words('UADDR') };
  return new EventRegisters(kind, four, send);
}
