import { isObject, type JsonObject } from '../oracle/json-rpc.ts';
import {
  answerDifference,
  answersOf,
  eventsDifference,
  memoryDifference,
  registerDifference,
} from '../vectors/differences.ts';
import type { ExpectedMembers, VectorStep } from '../vectors/types.ts';

/**
 * Why the result of a call is not what its step expects, a sentence; undefined if it is. Without `details` an answer
 * is judged by its outcome, its address, and what else it has.
 */
export function stepDifference(step: VectorStep, result: JsonObject, details: boolean): string | undefined {
  if ('read' in step) {
    const value = numberOf(result.value);
    return value === undefined ? lacks(result, 'value', 'a number') : registerDifference(step, value);
  }
  if ('memoryRead' in step) {
    const bytes = bytesOf(result.data);
    const length = step.qwords.length * 8;
    return bytes?.length === length ? memoryDifference(step, bytes) : lacks(result, 'data', `${length} bytes`);
  }
  if ('events' in step) {
    const { events } = result;
    if (!Array.isArray(events) || !events.every(isObject)) return lacks(result, 'events', 'a list of objects');
    return eventsDifference(step, events);
  }
  if (!('expect' in step) || step.expect === undefined) return undefined;
  if (typeof result.outcome !== 'string') return lacks(result, 'outcome', 'a string');
  const answers = answersOf(step.expect);
  return answerDifference(details ? answers : answers.map((one) => withoutDetails(one, result)), result);
}

const lacks = (result: JsonObject, member: string, kind: string): string =>
  `the reply has no member ${member} that is ${kind}: ${shortly(result)}`;

/** JSON of some value, cut where it gets long. */
export function shortly(value: unknown, length = 400): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** What an implementation without `details` always tells. */
const ALWAYS: ReadonlySet<string> = new Set(['outcome', 'address', 'data']);

/** An expected answer without the members that the answer at hand leaves out. */
function withoutDetails(expected: ExpectedMembers, reply: JsonObject): ExpectedMembers {
  const members = Object.entries(expected).flatMap(([name, value]): [string, unknown][] => {
    const found = reply[name];
    if (name === 'outcome' && value === 'CA' && found === 'UR') return [[name, 'UR']];
    if (isObject(value) && isObject(found)) return [[name, withoutDetails(value, found)]];
    return ALWAYS.has(name) || found !== undefined ? [[name, value]] : [];
  });
  return Object.fromEntries(members);
}

const NUMBER = /^0x[0-9a-f]{1,16}$/i;

function numberOf(value: unknown): bigint | undefined {
  if (typeof value === 'string' && NUMBER.test(value)) return BigInt(value);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined;
}

const PAIRS = /^(?:[0-9a-f]{2})*$/i;

function bytesOf(data: unknown): Uint8Array | undefined {
  if (typeof data !== 'string' || !PAIRS.test(data)) return undefined;
  return Uint8Array.from({ length: data.length / 2 }, (_, i) => Number.parseInt(data.slice(2 * i, 2 * i + 2), 16));
}
