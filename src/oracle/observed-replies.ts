import type { ObservedAnswer, ObservedInterrupt, ObservedMessage } from '../permitted/observed.ts';
import type { ObservedInterruptReply, ObservedReply } from './parameters.ts';

/** The members of a reply to `dma` that the judge compares. */
export function observedOf(observed: ObservedReply): ObservedAnswer {
  const { outcome, address, size, pageSize, read, write, snoop, nonSnooped, words, memoryType, fault, interrupt } =
    observed;
  return {
    outcome,
    address,
    size: size ?? pageSize,
    read,
    write,
    snooped: snoop ?? nonSnooped,
    words,
    memoryType,
    ...faultOf(fault),
    interrupt: interrupt === undefined ? undefined : observedInterruptOf(interrupt),
  };
}

/** The members of a reply to `interrupt` that the judge compares. */
export function observedInterruptOf(observed: ObservedInterruptReply): ObservedInterrupt {
  const { outcome, descriptor, notification, fault } = observed;
  const sent = notification === undefined || notification === null ? notification : messageOf(notification);
  return { outcome, ...messageOf(observed), descriptor, notification: sent, ...faultOf(fault) };
}

const messageOf = ({
  address,
  data,
  destination,
  vector,
}: Pick<ObservedInterruptReply, 'address' | 'data' | 'destination' | 'vector'>): ObservedMessage => ({
  address,
  data: numberOf(data),
  destination: numberOf(destination),
  vector,
});

const faultOf = (fault: ObservedReply['fault']) => ({
  condition: fault?.condition,
  reason: numberOf(fault?.reason),
});

const numberOf = (value: bigint | undefined): number | undefined => (value === undefined ? undefined : Number(value));
