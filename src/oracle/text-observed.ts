import type { JsonObject } from './json-rpc.ts';
import { show } from './json-rpc.ts';
import { numberOf } from './text-words.ts';
import { invalidParams } from './values.ts';

/** Members that are true or false in JSON; all others of digits are integers there. */
const FLAGS: ReadonlySet<string> = new Set([
  'read',
  'write',
  'execute',
  'privileged',
  'global',
  'snoop',
  'nonSnooped',
  'untranslatedOnly',
  'qualified',
  'recorded',
]);
const OF_FAULT: ReadonlySet<string> = new Set(['reason', 'qualified', 'recorded', 'notRecorded']);
/** A condition of interrupts, §5.1.4.1: its name is its number. */
const INTERRUPT_CONDITION = /^[0-9A-F]{2}h$/;

/**
 * The reply to `dma`, `interrupt` or `pageRequest` that some words say, as it is in JSON: what `OK` is followed by. Throws a Refusal
 * where they say none.
 */
export function replyOf(words: readonly string[]): JsonObject {
  const [outcome, ...rest] = words;
  switch (outcome) {
    case 'interrupt':
      return { outcome, interrupt: replyOf(rest) };
    case 'posted':
      return { outcome, ...membersOf(rest) };
    case 'completed': {
      const [address, ...members] = rest;
      return { outcome, address: hexOf('ADDR', address), ...membersOf(members) };
    }
    case 'delivered': {
      const [address, data, ...members] = rest;
      return { outcome, address: hexOf('ADDR', address), data: hexOf('DATA', data), ...membersOf(members) };
    }
    case 'translation': {
      const [address, size, ...members] = rest;
      const range = { address: hexOf('ADDR', address), size: Number(hexOf('SIZE', size)) };
      return { outcome, ...range, ...withFault(membersOf(members)) };
    }
    case 'answered': {
      const [code, group, ...fault] = rest;
      return { outcome, response: { code, group: Number(hexOf('GROUP', group)) }, ...faultOf(fault) };
    }
    case 'UR':
    case 'CA':
    case 'malformed':
    case 'queued':
    case 'dropped':
      return { outcome, ...faultOf(rest) };
    default:
      throw invalidParams(
        `a reply is completed, translation, interrupt, delivered, posted, UR, CA, malformed, queued, answered or dropped, got ${show(outcome)}`,
      );
  }
}

/** `name=value` words as members. */
export function membersOf(words: readonly string[]): JsonObject {
  return Object.fromEntries(words.map(memberOf));
}

function memberOf(word: string): readonly [string, unknown] {
  const equals = word.indexOf('=');
  if (equals <= 0) throw invalidParams(`a member of a reply is name=value, got ${show(word)}`);
  const name = word.slice(0, equals);
  const value = word.slice(equals + 1);
  if (name === 'notification') return [name, notificationOf(value)];
  if (name === 'words') return [name, value.split(',')];
  if (FLAGS.has(name) && (value === '0' || value === '1')) return [name, value === '1'];
  return [name, /^(?:0|[1-9]\d{0,15})$/.test(value) ? Number(value) : value];
}

function notificationOf(value: string): JsonObject | null {
  if (value === 'none') return null;
  const [address, data, destination, vector, ...more] = value.split(',');
  if (vector === undefined || more.length > 0) {
    throw invalidParams(`notification takes none, or address,data,destination,vector, got ${show(value)}`);
  }
  return { address, data, destination, vector: Number(vector) };
}

function faultOf([condition, ...rest]: readonly string[]): JsonObject {
  if (condition === undefined) return {};
  if (INTERRUPT_CONDITION.test(condition)) {
    return { fault: { condition, reason: `0x${condition.slice(0, 2).toLowerCase()}`, ...membersOf(rest) } };
  }
  const [reason, ...members] = rest;
  return { fault: { condition, ...(reason === undefined ? {} : { reason }), ...membersOf(members) } };
}

/** `fault=LGN.2 reason=0x5` as a member of a translation completion. */
function withFault({ fault: condition, ...members }: JsonObject): JsonObject {
  if (condition === undefined) return members;
  const entries = Object.entries(members);
  const fault = Object.fromEntries(entries.filter(([name]) => OF_FAULT.has(name)));
  const rest = Object.fromEntries(entries.filter(([name]) => !OF_FAULT.has(name)));
  return { ...rest, fault: { condition, ...fault } };
}

const hexOf = (name: string, word: string | undefined): string => {
  if (word === undefined) throw invalidParams(`${name} of the reply is missing`);
  return `0x${numberOf(name, word).toString(16)}`;
};
