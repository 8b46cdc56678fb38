import { differenceOf } from './compare.ts';
import type { EventsStep, Expectation, ExpectedMembers, MemoryReadStep, ReadStep } from './types.ts';

/** Why a register has not the value that a step expects, a sentence; undefined if it has. */
export function registerDifference({ read, value, oneOf, mask }: ReadStep, found: bigint): string | undefined {
  const bits = mask === undefined ? -1n : BigInt(mask);
  const allowed = oneOf ?? [value ?? '0x0'];
  if (allowed.some((one) => (found & bits) === (BigInt(one) & bits))) return undefined;
  const under = mask === undefined ? '' : ` under ${mask}`;
  return `${read} is 0x${found.toString(16)}, expected ${allowed.join(' or ')}${under}`;
}

/** Why memory does not hold the words that a step expects, a sentence; undefined if it does. */
export function memoryDifference({ memoryRead, qwords, mask }: MemoryReadStep, bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [i, expected] of qwords.entries()) {
    const found = view.getBigUint64(i * 8, true);
    const bits = mask?.[i];
    if (((found ^ BigInt(expected)) & BigInt(bits ?? -1n)) === 0n) continue;
    const under = bits === undefined ? '' : ` under ${bits}`;
    return `memory at 0x${(BigInt(memoryRead) + BigInt(i * 8)).toString(16)} is 0x${found.toString(16)}, expected ${expected}${under}`;
  }
  return undefined;
}

/** The answers that a step takes. */
export const answersOf = (expect: Expectation): readonly ExpectedMembers[] =>
  'oneOf' in expect && Array.isArray(expect.oneOf) ? expect.oneOf : [expect];

/** Why a reply is none of the answers that a step takes, a sentence; undefined if it is one. */
export function answerDifference(answers: readonly ExpectedMembers[], reply: ExpectedMembers): string | undefined {
  const differences = answers.map((one) => differenceOf(one, reply));
  return differences.includes(undefined) ? undefined : differences.join('; nor: ');
}

/** Why these are not the messages that a step expects, a sentence; undefined if they are. */
export function eventsDifference({ events }: EventsStep, actual: readonly ExpectedMembers[]): string | undefined {
  if (actual.length !== events.length) {
    return `${actual.length} messages left the unit (${JSON.stringify(actual)}), expected ${events.length}`;
  }
  for (const [i, expected] of events.entries()) {
    const difference = differenceOf(expected, actual[i]!);
    if (difference !== undefined) return `message ${i + 1}: ${difference}`;
  }
  return undefined;
}

/** Words as they stand in memory, little-endian. */
export function bytesOfQwords(qwords: readonly string[]): Uint8Array {
  const bytes = new Uint8Array(qwords.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [i, qword] of qwords.entries()) view.setBigUint64(i * 8, BigInt(qword), true);
  return bytes;
}
