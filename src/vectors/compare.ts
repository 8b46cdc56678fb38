import type { ExpectedMembers } from './types.ts';

/**
 * Why a reply is not what was expected, one sentence; undefined if every expected member is equal. Hexadecimal strings
 * are equal if their values are. `null` expects that the member is missing.
 */
export function differenceOf(
  expected: ExpectedMembers,
  actual: Readonly<Record<string, unknown>>,
  path = '',
): string | undefined {
  for (const [name, value] of Object.entries(expected)) {
    const member = path === '' ? name : `${path}.${name}`;
    const found = actual[name];
    if (value === null) {
      if (found !== undefined && found !== null) return `${member} is ${show(found)}, expected none`;
    } else if (typeof value === 'object' && !Array.isArray(value)) {
      if (typeof found !== 'object' || found === null) return `${member} is missing, expected ${show(value)}`;
      const difference = differenceOf(value as ExpectedMembers, found as ExpectedMembers, member);
      if (difference !== undefined) return difference;
    } else if (!(Array.isArray(value) ? isSameList(value, found) : isSame(value, found))) {
      return `${member} is ${show(found)}, expected ${show(value)}`;
    }
  }
  return undefined;
}

const HEX = /^0x[0-9a-f]+$/i;

function isSame(expected: unknown, actual: unknown): boolean {
  if (typeof expected === 'string' && typeof actual === 'string' && HEX.test(expected) && HEX.test(actual)) {
    return BigInt(expected) === BigInt(actual);
  }
  return expected === actual;
}

const isSameList = (expected: readonly unknown[], actual: unknown): boolean =>
  Array.isArray(actual) && actual.length === expected.length && expected.every((one, i) => isSame(one, actual[i]));

const show = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value));
