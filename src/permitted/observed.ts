import type { Blocked, InterruptMessage, InterruptOutcome, Outcome } from '../messages/outcome.ts';

/** An answer that somebody saw. What is missing was not looked at. */
export interface ObservedAnswer {
  readonly outcome: 'completed' | 'translation' | 'interrupt' | Blocked['response'];
  /** The host address, or the base of the translated range. */
  readonly address?: bigint | undefined;
  /** Bytes: of the page of a completed request, of the range of a translation. */
  readonly size?: number | undefined;
  readonly read?: boolean | undefined;
  readonly write?: boolean | undefined;
  readonly snooped?: boolean | undefined;
  /** The data of a translation completion, 64 bits for each translation. */
  readonly words?: readonly bigint[] | undefined;
  readonly memoryType?: string | undefined;
  /** The row of Table 30, `LGN.2`, or its number. */
  readonly condition?: string | undefined;
  readonly reason?: number | undefined;
  /** Of an interrupt request. */
  readonly interrupt?: ObservedInterrupt | undefined;
}

/** A message that somebody saw. */
export interface ObservedMessage {
  readonly address?: bigint | undefined;
  readonly data?: number | undefined;
  readonly destination?: number | undefined;
  readonly vector?: number | undefined;
}

/** What somebody saw of an interrupt request. What is missing was not looked at. */
export interface ObservedInterrupt extends ObservedMessage {
  readonly outcome: 'delivered' | 'posted' | 'UR';
  /** Where the posted interrupt descriptor stands. */
  readonly descriptor?: bigint | undefined;
  /** Of a posted one: the message that was sent, or null if none was. */
  readonly notification?: ObservedMessage | null | undefined;
  /** The row of Table 15, `22h`, or its number. */
  readonly condition?: string | undefined;
  readonly reason?: number | undefined;
}

/** Not in the specification: an outcome with the members that an observed answer has. */
export function observedAs(outcome: Outcome): ObservedAnswer {
  switch (outcome.kind) {
    case 'completed': {
      const { address, mapping, snooped, memoryType } = outcome;
      if (mapping === undefined) return { outcome: 'completed', address, snooped, memoryType };
      const { pageSize: size, read, write } = mapping;
      return { outcome: 'completed', address, size, read, write, snooped, memoryType };
    }
    case 'translation': {
      const { address, size, read, write, nonSnooped: snooped, words, fault } = outcome;
      return { outcome: 'translation', address, size, read, write, snooped, words, ...faultOf(fault?.condition) };
    }
    case 'interrupt':
      return { outcome: 'interrupt', interrupt: interruptObservedAs(outcome.interrupt) };
    case 'blocked':
      return { outcome: outcome.response, ...faultOf(outcome.fault?.condition) };
  }
}

/** Not in the specification: whether an answer that was seen can be this outcome. */
export function canBe({ outcome: seen, ...observed }: ObservedAnswer, outcome: Outcome): boolean {
  const allowed = observedAs(outcome);
  // A completion cannot always tell why it is none: UR may stand for CA.
  const refused = outcome.kind === 'blocked' && seen === 'UR';
  return (seen === allowed.outcome || refused) && isWithin(observed, allowed);
}

/** Not in the specification: an outcome with the members that an observed answer to an interrupt request has. */
export function interruptObservedAs(outcome: InterruptOutcome): ObservedInterrupt {
  switch (outcome.kind) {
    case 'delivered':
      return { outcome: 'delivered', ...messageOf(outcome) };
    case 'posted': {
      const { descriptor, vector, notification } = outcome;
      const sent = notification === undefined ? null : messageOf(notification);
      return { outcome: 'posted', descriptor, vector, notification: sent };
    }
    case 'blocked':
      return { outcome: 'UR', ...faultOf(outcome.fault?.condition) };
  }
}

/** Not in the specification: whether an answer to an interrupt request that was seen can be this outcome. */
export const canBeInterrupt = (observed: ObservedInterrupt, outcome: InterruptOutcome): boolean =>
  isWithin(observed, interruptObservedAs(outcome));

/** Whether all that was looked at is so. */
function isWithin<Members extends object>(observed: Members, allowed: Members): boolean {
  return (Object.keys(observed) as (keyof Members)[]).every((name) => {
    const seen: unknown = observed[name];
    const is: unknown = allowed[name];
    if (seen === undefined || seen === is) return true;
    return isMembers(seen) && isMembers(is) && isWithin(seen, is);
  });
}

const isMembers = (value: unknown): value is object => typeof value === 'object' && value !== null;

const messageOf = ({ address, data, destination, vector }: InterruptMessage): ObservedMessage => ({
  address,
  data,
  destination,
  vector,
});

const faultOf = (condition: { readonly code: string; readonly reason: number } | undefined) =>
  condition === undefined ? {} : { condition: condition.code, reason: condition.reason };
