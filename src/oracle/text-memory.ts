import { hex } from '../bits/hex.ts';
import type { Call } from './json-rpc.ts';
import { MEMORY_READ } from './parameters.ts';
import { bytesReply } from './replies.ts';
import { long } from './text-replies.ts';
import type { Words } from './text-words.ts';
import { invalidParams, readAs } from './values.ts';

/** Where the registers of the unit stand in the addresses that software sees: `size` bytes from `base` on. */
interface RegisterWindow {
  readonly base: bigint;
  readonly size: number;
}

/** What these commands work with. */
export interface Addressed {
  /** Performs the methods of the protocol. */
  readonly call: Call;
  /** Where the registers stand now. */
  window(): RegisterWindow;
}

/** `readl ADDR`: a little-endian number of memory, or a register. */
export function readNumber({ call, window }: Addressed, bytes: number, words: Words): string {
  const address = words.number('ADDR');
  words.end();
  const register = registerAt(window(), address, bytes);
  if (register !== undefined) return long(call('register.read', register).value);
  const { data } = call('memory.read', { address: hex(address), length: bytes });
  return `0x${reversed(String(data)).padStart(16, '0')}`;
}

/** `writel ADDR VALUE`: the same the other way. */
export function writeNumber({ call, window }: Addressed, bytes: number, words: Words): string {
  const address = words.number('ADDR');
  const value = words.number('VALUE');
  words.end();
  if (value >> BigInt(8 * bytes) !== 0n) {
    throw invalidParams(`VALUE takes ${8 * bytes} bits here, got ${hex(value)}`);
  }
  const register = registerAt(window(), address, bytes);
  if (register !== undefined) call('register.write', { ...register, value: hex(value) });
  else {
    const digits = value.toString(16).padStart(2 * bytes, '0');
    call('memory.write', { address: hex(address), data: reversed(digits) });
  }
  return '';
}

/** `read ADDR SIZE`: bytes of memory, as pairs of digits. */
export function readBytes({ call, window }: Addressed, words: Words): string {
  const range = rangeOf(window(), words);
  words.end();
  return `0x${call('memory.read', range).data}`;
}

/** `b64read ADDR SIZE`: the same in base64. */
export function readBase64({ call, window }: Addressed, words: Words): string {
  const range = rangeOf(window(), words);
  words.end();
  const digits = String(call('memory.read', range).data);
  return btoa(digits.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))));
}

/** `write ADDR SIZE DATA`: as in qtest, bytes that DATA lacks are zero, and those beyond SIZE are not written. */
export function writeBytes({ call, window }: Addressed, words: Words): string {
  const { address, length } = rangeOf(window(), words);
  const data = words.pairs('DATA');
  const invisible = words.takeIf('invisible');
  words.end();
  const whole = data.slice(0, 2 * length).padEnd(2 * length, '0');
  call('memory.write', { address, data: whole, ...(invisible ? { visible: false } : {}) });
  return '';
}

/** `b64write ADDR SIZE DATA`: as in qtest, the shorter of SIZE and DATA counts. */
export function writeBase64({ call, window }: Addressed, words: Words): string {
  const { address, length } = rangeOf(window(), words);
  const data = words.base64('DATA');
  words.end();
  call('memory.write', { address, data: bytesReply(data.subarray(0, length)) });
  return '';
}

/** `memset ADDR SIZE VALUE`: one byte, again and again. */
export function fillBytes({ call, window }: Addressed, words: Words): string {
  const { address, length } = rangeOf(window(), words);
  const value = words.number('VALUE');
  words.end();
  if (value > 0xffn) throw invalidParams(`VALUE takes 8 bits here, got ${hex(value)}`);
  call('memory.write', { address, data: value.toString(16).padStart(2, '0').repeat(length) });
  return '';
}

/** ADDR and SIZE of bytes that are memory, as `memory.read` takes them. */
function rangeOf(window: RegisterWindow, words: Words): { readonly address: string; readonly length: number } {
  const address = words.number('ADDR');
  const length = Number(words.number('SIZE'));
  const range = { address: hex(address), length };
  readAs(MEMORY_READ, range, 'params');
  if (meets(window, address, length)) {
    throw invalidParams(
      `the registers of the unit stand at ${hex(window.base)}: they take readl, readq, writel, writeq`,
    );
  }
  return range;
}

/** Which register an access reaches; undefined if it is one of memory. */
function registerAt(
  window: RegisterWindow,
  address: bigint,
  bytes: number,
): { readonly offset: string; readonly width: number } | undefined {
  if (!meets(window, address, bytes)) return undefined;
  const offset = address - window.base;
  if (offset < 0n) throw invalidParams(`${bytes} bytes at ${hex(address)} are memory and registers in one access`);
  if (bytes < 4) throw invalidParams(`a register is accessed with 32 or 64 bits, got ${8 * bytes} at ${hex(address)}`);
  return { offset: hex(offset), width: 8 * bytes };
}

const meets = ({ base, size }: RegisterWindow, address: bigint, bytes: number): boolean =>
  bytes > 0 && address < base + BigInt(size) && address + BigInt(bytes) > base;

/** Pairs of digits in the opposite order. */
const reversed = (pairs: string): string => (pairs.match(/../g) ?? []).reverse().join('');
