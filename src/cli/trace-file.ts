import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readJson } from '../images/files.ts';
import { hexadecimal, parseHexadecimal } from '../images/hexadecimal.ts';
import { InputError } from '../images/input-error.ts';
import { isObject, kindOf, objectAt, textAt } from '../images/json-members.ts';
import { INTERRUPT_ADDRESS } from '../messages/interrupt-formats.ts';
import { wordsOf } from '../platform/unit-parameters.ts';

/** A translation that an emulator made, as `fixtures/linux/README.md` describes it. */
export interface RecordedTranslation {
  readonly sourceId: number;
  readonly address: bigint;
  /** The host address that it went to. */
  readonly output: bigint;
  /** Bytes of the page that mapped it. */
  readonly pageSize: number;
  /** The leaf entry. */
  readonly leaf: bigint;
  /** Missing if the trace does not say. */
  readonly domainId: number | undefined;
  /** False: the tables had changed already, and only a cache still held the translation. */
  readonly inTables: boolean;
}

/** An interrupt request that an emulator remapped, or let through, likewise. */
export interface RecordedInterrupt {
  readonly address: bigint;
  readonly data: number;
  /** The message that it became. */
  readonly outAddress: bigint;
  readonly outData: number;
  /** The entry that was used and its words, lowest first; missing if none was, or if the trace does not say. */
  readonly index: number | undefined;
  readonly entry: Uint32Array | undefined;
  /** False: the table had changed by the time of the dump. */
  readonly inTable: boolean;
  /** Its place in the trace. */
  readonly sequence: number;
}

/** What a file recorded. */
export type Trace =
  | { readonly kind: 'translations'; readonly records: readonly RecordedTranslation[] }
  | { readonly kind: 'interrupts'; readonly records: readonly RecordedInterrupt[] };

const TRANSLATIONS = 'translations.json';
const INTERRUPTS = 'interrupts.json';

/** The traces that go with an image: the file that was named, or those of the image's folder. */
export function tracesBeside(image: string, trace: string | undefined): readonly string[] {
  if (trace !== undefined) return [trace];
  if (statSync(image, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new InputError(`expected a trace: only a folder brings its own (${TRANSLATIONS}), and ${image} is a file`);
  }
  const found = [TRANSLATIONS, INTERRUPTS].map((name) => join(image, name)).filter((path) => existsSync(path));
  // What is missing is said by who reads it.
  return found.length === 0 ? [join(image, TRANSLATIONS)] : found;
}

/** The recorded translations or interrupt requests in a file. Throws an InputError that says what is wrong where. */
export function readTrace(path: string): Trace {
  const json = readJson(path, 'a trace of translations or interrupts');
  const ofInterrupts = basename(path) === INTERRUPTS;
  if (!Array.isArray(json)) {
    throw new InputError(
      `expected an array of ${ofInterrupts ? 'interrupts' : 'translations'} in ${path}, got ${kindOf(json)}`,
    );
  }
  const where = (n: number) => `entry ${n} of ${path}`;
  if (ofInterrupts || json.some((entry) => isObject(entry) && ('out_address' in entry || 'out_data' in entry))) {
    return { kind: 'interrupts', records: json.map((entry: unknown, n) => interruptIn(entry, where(n))) };
  }
  return { kind: 'translations', records: json.map((entry: unknown, n) => translationIn(entry, where(n))) };
}

function translationIn(json: unknown, where: string): RecordedTranslation {
  const entry = objectAt(json, where);
  const number = (name: string, width: number) => numberAt(entry[name], width, `"${name}" of ${where}`);
  const mask = number('mask', 48);
  if ((mask & (mask + 1n)) !== 0n || mask < 0xfffn) {
    throw new InputError(`"mask" of ${where} is a page size less one, got 0x${mask.toString(16)}`);
  }
  return {
    sourceId: Number(number('sid', 16)),
    address: number('iova', 64),
    output: number('gpa', 52),
    pageSize: Number(mask) + 1,
    leaf: number('pte', 64),
    domainId: entry.domain === undefined ? undefined : Number(number('domain', 16)),
    inTables: flagAt(entry.in_tables, `"in_tables" of ${where}`),
  };
}

function interruptIn(json: unknown, where: string): RecordedInterrupt {
  const entry = objectAt(json, where);
  const number = (name: string, width: number) => numberAt(entry[name], width, `"${name}" of ${where}`);
  const address = number('address', 64);
  if (address >> 20n !== BigInt(INTERRUPT_ADDRESS)) {
    throw new InputError(`"address" of ${where} is 0xfee00000 to 0xfeefffff, got ${hexadecimal(address)}`);
  }
  return {
    address,
    data: Number(number('data', 32)),
    outAddress: number('out_address', 64),
    outData: Number(number('out_data', 32)),
    index: entry.index === undefined ? undefined : countAt(entry.index, 0xffff, `"index" of ${where}`),
    entry: entry.traced_irte === undefined ? undefined : wordsAt(entry.traced_irte, `"traced_irte" of ${where}`),
    inTable: flagAt(entry.irte_as_in_dump, `"irte_as_in_dump" of ${where}`),
    sequence: countAt(entry.seq, Number.MAX_SAFE_INTEGER, `"seq" of ${where}`),
  };
}

/** An entry as QEMU traces it: two words of 64 bits, the upper one first. */
function wordsAt(json: unknown, where: string): Uint32Array {
  if (!Array.isArray(json) || json.length !== 2)
    throw new InputError(`${where} is two words of 64 bits, the upper first`);
  const [high = 0n, low = 0n] = json.map((word: unknown) => numberAt(word, 64, where));
  return Uint32Array.of(...wordsOf(low), ...wordsOf(high));
}

const numberAt = (json: unknown, width: number, where: string): bigint =>
  parseHexadecimal(textAt(json, where), width, where);

function countAt(json: unknown, most: number, where: string): number {
  if (typeof json === 'number' && Number.isInteger(json) && json >= 0 && json <= most) return json;
  throw new InputError(
    `${where} is a whole number up to ${most}, got ${typeof json === 'number' ? json : kindOf(json)}`,
  );
}

/** True unless it says otherwise. */
function flagAt(json: unknown, where: string): boolean {
  if (json === undefined || typeof json === 'boolean') return json ?? true;
  throw new InputError(`${where} is true or false, got ${kindOf(json)}`);
}
