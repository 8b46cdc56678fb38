import { InputError, quoted } from './input-error.ts';

export { hex as hexadecimal } from '../bits/hex.ts';

const DIGITS = /^(?:0x)?[0-9a-f]+(?:_[0-9a-f]+)*$/i;

/**
 * A number of at most `width` bits as people write them in hexadecimal: `0x` and underscores may be there. Throws an
 * InputError that begins with `what`.
 */
export function parseHexadecimal(text: string, width: number, what: string): bigint {
  if (!DIGITS.test(text)) throw new InputError(`${what} is a hexadecimal number, got ${quoted(text)}`);
  const digits = text
    .replace(/^0x/i, '')
    .replaceAll('_', '')
    .replace(/^0+(?=.)/, '');
  // Looked at before the conversion: a million digits take their time.
  if (digits.length > width / 4 + 1) throw tooWide(text, width, what);
  const value = BigInt(`0x${digits}`);
  if (value >> BigInt(width) !== 0n) throw tooWide(text, width, what);
  return value;
}

function tooWide(text: string, width: number, what: string): InputError {
  return new InputError(`${what} has at most ${width} bits, got ${quoted(text)}`);
}
