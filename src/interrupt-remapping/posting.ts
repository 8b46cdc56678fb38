import type { PageNumber } from '../bits/page-number.ts';
import { setsReservedBits } from '../bits/reserved.ts';
import { type InterruptCondition, InterruptFault } from '../conditions/interrupt.ts';
import type { RemappedInterrupt } from '../messages/remapped-interrupt.ts';
import { fetch } from '../platform/fetch.ts';
import { PostedInterruptDescriptor } from '../structures/posted-interrupt-descriptor.ts';
import type { InterruptRemapping } from './interrupt-remapping.ts';

/** How often a descriptor that others keep changing is tried: a bound for memory that never lets the update through. */
const TRIES = 16;

const found = new Uint32Array(16);
const replacement = new Uint32Array(16);

/**
 * Posts a vector, §5.2.3: PIR and ON change in one atomic update of the descriptor at `offset` in `page`, or nothing
 * does. Whether a notification follows, and which, is put into `result`; the row if the descriptor does not allow it.
 */
export function postInterrupt(
  unit: InterruptRemapping,
  vector: number,
  urgent: boolean,
  page: PageNumber,
  offset: number,
  result: RemappedInterrupt,
): InterruptCondition | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    if (!fetch(unit, PostedInterruptDescriptor, page, offset, found)) return InterruptFault.DESCRIPTOR_UNREADABLE;
    const suppressed = PostedInterruptDescriptor.SN(found) === 1 && !urgent;
    const notifies = PostedInterruptDescriptor.ON(found) === 0 && !suppressed;
    if (setsReservedBits(found, reservedIn(unit, notifies))) return InterruptFault.RESERVED_IN_DESCRIPTOR;
    replacement.set(found);
    // Bit n of PIR is vector n.
    replacement[vector >>> 5]! |= 1 << (vector & 31);
    if (notifies) PostedInterruptDescriptor.ON.put(replacement, 1);
    const swap = unit.memory.compareAndSwap(page, offset, found, replacement);
    if (swap === 'changed') continue;
    if (swap === 'refused') return InterruptFault.DESCRIPTOR_UNREADABLE;
    const destination = PostedInterruptDescriptor.NDST(found);
    result.notifies = notifies;
    result.notificationVector = PostedInterruptDescriptor.NV(found);
    result.destination = unit.interruptTable.extended ? destination : (destination >>> 8) & 0xff;
    return undefined;
  }
  return InterruptFault.DESCRIPTOR_UNREADABLE;
}

/** §9.11: in xAPIC mode most of NDST is reserved. */
function reservedIn({ interruptTable, interruptReserved, choices }: InterruptRemapping, notifies: boolean) {
  const looksAtDestination = notifies || choices.postedDestinationCheck === 'always';
  return !interruptTable.extended && looksAtDestination
    ? interruptReserved.descriptorXapic
    : interruptReserved.descriptor;
}
