import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../images/files.ts';
import { parseHexadecimal } from '../images/hexadecimal.ts';
import { InputError } from '../images/input-error.ts';
import { isObject, kindOf, objectAt, textAt } from '../images/json-members.ts';

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

/** The trace that goes with an image: the file that was named, or `translations.json` of the image's folder. */
export function traceBeside(image: string, trace: string | undefined): string {
  if (trace !== undefined) return trace;
  if (statSync(image, { throwIfNoEntry: false })?.isDirectory() === true) return join(image, 'translations.json');
  throw new InputError(`expected a trace: only a folder brings its own (translations.json), and ${image} is a file`);
}

/** The recorded translations in a file. Throws an InputError that says what is wrong where. */
export function readTrace(path: string): readonly RecordedTranslation[] {
  const json = readJson(path, 'a trace of translations');
  if (!Array.isArray(json)) throw new InputError(`expected an array of translations in ${path}, got ${kindOf(json)}`);
  if (json.some((entry) => isObject(entry) && ('out_address' in entry || 'out_data' in entry))) {
    throw new InputError(`${path} is a trace of interrupts, and this version replays translations only`);
  }
  return json.map((entry: unknown, n) => recordIn(entry, `entry ${n} of ${path}`));
}

function recordIn(json: unknown, where: string): RecordedTranslation {
  const entry = objectAt(json, where);
  const number = (name: string, width: number) =>
    parseHexadecimal(textAt(entry[name], `"${name}" of ${where}`), width, `"${name}" of ${where}`);
  const mask = number('mask', 48);
  if ((mask & (mask + 1n)) !== 0n || mask < 0xfffn) {
    throw new InputError(`"mask" of ${where} is a page size less one, got 0x${mask.toString(16)}`);
  }
  const inTables = entry.in_tables ?? true;
  if (typeof inTables !== 'boolean') {
    throw new InputError(`"in_tables" of ${where} is true or false, got ${kindOf(inTables)}`);
  }
  return {
    sourceId: Number(number('sid', 16)),
    address: number('iova', 64),
    output: number('gpa', 52),
    pageSize: Number(mask) + 1,
    leaf: number('pte', 64),
    domainId: entry.domain === undefined ? undefined : Number(number('domain', 16)),
    inTables,
  };
}
