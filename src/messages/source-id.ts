import { type Kind, unsigned } from '../bits/json-values.ts';

/**
 * A requester's 16-bit source-id as `bb:dd.f`, §3.4.1: bus, device and function in hexadecimal.
 */
export function formatSourceId(sourceId: number): string {
  const bus = (sourceId >>> 8).toString(16).padStart(2, '0');
  const device = ((sourceId >>> 3) & 31).toString(16).padStart(2, '0');
  return `${bus}:${device}.${sourceId & 7}`;
}

/**
 * The 16-bit source-id of `bb:dd.f` or of a number in hexadecimal (`0x20`), §3.4.1. Throws a RangeError that says what
 * was expected.
 */
export function parseSourceId(text: string): number {
  const parts = /^([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-7])$/i.exec(text);
  if (parts !== null) {
    const device = Number.parseInt(parts[2]!, 16);
    if (device < 32) return (Number.parseInt(parts[1]!, 16) << 8) | (device << 3) | Number(parts[3]);
  }
  if (/^0x[0-9a-f]{1,4}$/i.test(text)) return Number.parseInt(text, 16);
  throw new RangeError(`a source-id is written bb:dd.f (00:1f.2) or as a 16-bit number (0xfa), got "${text}"`);
}

const SOURCE = /^[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/i;
const sourceNumber = unsigned(16);

/** A source-id in JSON, §3.4.1. */
export const sourceIdValue: Kind<number> = {
  takes: '"bb:dd.f" in hexadecimal, device up to 1f and function up to 7, or "0x" and the 16-bit number',
  read(value, path) {
    if (typeof value !== 'string') return undefined;
    if (SOURCE.test(value)) return parseSourceId(value);
    const number = sourceNumber.read(value, path);
    return number === undefined ? undefined : Number(number);
  },
};
