import type { Field } from '../bits/field.ts';
import { hex } from '../bits/hex.ts';
import { wordsText } from '../bits/words-text.ts';
import type {
  InterruptMessage,
  InterruptOutcome,
  Outcome,
  PageRequestOutcome,
  ReportedFault,
} from '../messages/outcome.ts';
import { type PlatformMessage, RESPONSE_CODE } from '../messages/platform-message.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { Explanation, Step } from '../unit/explanation.ts';
import type { JsonObject } from './json-rpc.ts';

/** The reply to `dma`. */
export function outcomeReply(outcome: Outcome): JsonObject {
  switch (outcome.kind) {
    case 'completed': {
      const { address, mapping, snooped, memoryType } = outcome;
      return { outcome: 'completed', address: hex(address), ...mapping, snoop: snooped, memoryType };
    }
    case 'interrupt':
      return { outcome: 'interrupt', interrupt: interruptReply(outcome.interrupt) };
    case 'translation': {
      const { address, size, read, write, execute, privileged, global, nonSnooped, untranslatedOnly } = outcome;
      const range = { outcome: 'translation', address: hex(address), size };
      const bits = { read, write, execute, privileged, global, nonSnooped, untranslatedOnly };
      return { ...range, ...bits, words: outcome.words.map(hex), ...faultMember(outcome.fault) };
    }
    case 'blocked':
      return { outcome: outcome.response, ...faultMember(outcome.fault) };
  }
}

/** The reply to `interrupt`. */
export function interruptReply(outcome: InterruptOutcome): JsonObject {
  switch (outcome.kind) {
    case 'delivered': {
      const { kind, address, data, destination, ...fields } = outcome;
      return { outcome: kind, address: hex(address), data: hex(data), destination: hex(destination), ...fields };
    }
    case 'posted': {
      const { kind, index, descriptor, vector, notification } = outcome;
      const sent = notification === undefined ? null : messageReply(notification);
      return { outcome: kind, index, descriptor: hex(descriptor), vector, notification: sent };
    }
    case 'blocked':
      return { outcome: outcome.response, ...faultMember(outcome.fault) };
  }
}

/** The reply to `pageRequest`: `group` is that of the request. */
export function pageRequestReply(outcome: PageRequestOutcome, group: number): JsonObject {
  switch (outcome.kind) {
    case 'queued':
      return { outcome: outcome.kind };
    case 'answered': {
      const code = outcome.code === RESPONSE_CODE.success ? 'success' : 'invalid-request';
      return { outcome: outcome.kind, response: { code, group }, ...faultMember(outcome.fault) };
    }
    case 'dropped':
      return { outcome: outcome.kind, ...faultMember(outcome.fault) };
  }
}

const messageReply = ({ address, data, destination, vector }: InterruptMessage): JsonObject => ({
  address: hex(address),
  data: hex(data),
  destination: hex(destination),
  vector,
});

/** The reply to `explain`, its outcome as the reply to the request itself. */
export function explanationReply<Result>(
  { steps, cached, outcome }: Explanation<Result>,
  reply: (outcome: Result) => JsonObject,
): JsonObject {
  const caches = cached.length === 0 ? {} : { cached: cached.map((hit) => ({ ...hit })) };
  return { steps: steps.map(stepReply), ...caches, outcome: reply(outcome) };
}

/** A member of the reply to `events.take`. */
export function eventReply(message: PlatformMessage): JsonObject {
  switch (message.kind) {
    case 'device-tlb-invalidation': {
      const { kind, sourceId, tag, address, size, pasid, global } = message;
      const range = { address: hex(address), size: hex(size) };
      return {
        kind,
        source: formatSourceId(sourceId),
        tag,
        ...range,
        ...(pasid === undefined ? {} : { pasid }),
        global,
      };
    }
    case 'page-group-response': {
      const { kind, sourceId, group, code, pasid } = message;
      return { kind, source: formatSourceId(sourceId), group, code, ...(pasid === undefined ? {} : { pasid }) };
    }
    case 'notification':
      return { kind: message.kind, ...messageReply(message) };
    default: {
      const { kind, address, data } = message;
      return { kind, address: hex(address), data: hex(data) };
    }
  }
}

const DIGITS = new TextEncoder().encode('0123456789abcdef');
const ascii = new TextDecoder();

/** Pairs of hexadecimal digits, lowest address first. Through bytes: a string built up by pairs takes 30 times as long. */
export function bytesReply(bytes: Uint8Array): string {
  const text = new Uint8Array(bytes.length * 2);
  for (let i = 0; i < bytes.length; i++) {
    text[2 * i] = DIGITS[bytes[i]! >>> 4]!;
    text[2 * i + 1] = DIGITS[bytes[i]! & 15]!;
  }
  return ascii.decode(text);
}

function faultMember(fault: ReportedFault | undefined): JsonObject {
  if (fault === undefined) return {};
  const { condition, recorded, notRecorded } = fault;
  const { code, reason, qualified } = condition;
  const why = notRecorded === undefined ? {} : { notRecorded };
  return { fault: { condition: code, reason: hex(reason), qualified, recorded, ...why } };
}

function stepReply({ format, address, words, rule }: Step): JsonObject {
  const where = { structure: format.title, address: hex(address) };
  if (words === undefined) return { ...where, rule };
  const fields = Object.entries(format.fields).map(([name, field]) => [name, fieldReply(field, words)] as const);
  return { ...where, raw: wordsText(words), fields: Object.fromEntries(fields), rule };
}

/**
 * Addresses, and fields too wide for a JSON integer, in hexadecimal. The form goes by the field, never by its value: a
 * leaf that maps a large page holds fewer bits of its address and is printed like the others.
 */
function fieldReply(field: Field, words: Uint32Array): number | string {
  if (field.kind === 'wide') return hex(field(words));
  const isAddress = field.kind === 'page' || field.title === 'Address';
  return isAddress ? hex(BigInt(field(words)) << BigInt(field.low % 64)) : field(words);
}
