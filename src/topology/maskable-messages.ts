import type { Words } from '../bits/field.ts';
import type { InterruptOutcome } from '../messages/outcome.ts';
import { type InterruptSender, isInterruptRequest, type Message } from './interrupt-target.ts';

/** What MSI and MSI-X have in common: messages by number, each with a mask and a pending bit. */
export interface MaskableMessages {
  readonly sender: InterruptSender;
  /** Software lets the function send messages. */
  readonly enabled: boolean;
  /** Bit n: message n waits for its mask to be cleared. */
  readonly pending: Words;
  /** How many messages may leave. */
  readonly allocated: number;
  isMasked(n: number): boolean;
  message(n: number): Message;
}

/**
 * The function asks for message `n` (§5.1.5.2): the outcome, or undefined if it may not send messages, or not this one
 * yet. Throws a RangeError if what software programmed is no interrupt request.
 */
export function raiseMessage(messages: MaskableMessages, n: number): InterruptOutcome | undefined {
  if (!messages.enabled) return undefined;
  if (!messages.isMasked(n)) return messages.sender.send(messages.message(n));
  messages.pending[n >>> 5]! |= 1 << (n & 31);
  return undefined;
}

/**
 * Software has written: every message that was pending and no longer has to wait leaves, in the order of their numbers
 * (§5.1.5.2). The outcomes of those that are interrupt requests; the others are ordinary writes, and nothing of theirs is
 * told, since software may program them.
 */
export function releasePending(messages: MaskableMessages): readonly InterruptOutcome[] {
  const { sender, enabled, pending, allocated } = messages;
  if (!enabled) return [];
  const outcomes: InterruptOutcome[] = [];
  for (let n = 0; n < allocated; n++) {
    const bit = 1 << (n & 31);
    if ((pending[n >>> 5]! & bit) === 0 || messages.isMasked(n)) continue;
    pending[n >>> 5]! &= ~bit;
    const message = messages.message(n);
    if (isInterruptRequest(message)) outcomes.push(sender.send(message));
  }
  return outcomes;
}
