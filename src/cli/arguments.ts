import { parseHexadecimal } from '../images/hexadecimal.ts';
import { InputError, quoted } from '../images/input-error.ts';
import { ACCESS, type AccessName, ADDRESS_TYPE, type AddressTypeName } from '../messages/dma-request.ts';
import { parseSourceId } from '../messages/source-id.ts';

/** A whole number in decimal, or in hexadecimal with 0x. */
export function parseCount(text: string, low: number, high: number, what: string): number {
  const value = /^(?:[0-9]{1,10}|0x[0-9a-f]{1,8})$/i.test(text) ? Number(text) : Number.NaN;
  if (!(value >= low && value <= high)) {
    throw new InputError(`${what} is a number from ${low} to ${high}, got ${quoted(text)}`);
  }
  return value;
}

/** An address of 64 bits. */
export const parseAddress = (text: string, what: string): bigint => parseHexadecimal(text, 64, what);

/** A source-id, `bb:dd.f` or 0x and 16 bits. */
export const parseDevice = (text: string): number => {
  try {
    return parseSourceId(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(`a device is written bb:dd.f (00:1f.2) or as a 16-bit source-id (0xfa), got ${quoted(text)}`);
  }
};

/** A PASID of 20 bits. */
export const parsePasid = (text: string): number => parseCount(text, 0, 0xf_ffff, 'a PASID');

export function parseAccess(text: string): AccessName {
  if (isKeyOf(ACCESS, text)) return text;
  throw new InputError(`an access is read, write or atomic, got ${quoted(text)}`);
}

export function parseAddressType(text: string): AddressTypeName {
  if (isKeyOf(ADDRESS_TYPE, text)) return text;
  throw new InputError(`a request is untranslated, translation or translated, got ${quoted(text)}`);
}

/** The one of `names` that is most like `text`, if any is. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const wanted = text.toLowerCase();
  let best: string | undefined;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(wanted.slice(0, 64), name.toLowerCase());
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best ?? names.find((name) => wanted.length > 2 && name.toLowerCase().includes(wanted));
}

/** Insertions, deletions and replacements between two words. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, otherLetter] of [...other].entries()) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (letter === otherLetter ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1)!;
}

function isKeyOf<T extends object>(object: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(object, key);
}

/** `--limit` of commands that look at all tables, as they hand it on; nothing if it was not given. */
export const limitOf = (text: string | undefined): { readonly limit?: number } =>
  text === undefined ? {} : { limit: parseCount(text, 1, 2 ** 32 - 1, '--limit') };
