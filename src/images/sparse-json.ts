import { SparseMemory } from '../platform/sparse-memory.ts';
import { parseHexadecimal } from './hexadecimal.ts';
import { InputError, quoted } from './input-error.ts';
import { isObject, kindOf, objectAt, textAt } from './json-members.ts';

/** Registers by offset; one of 64 bits is one value under its lower offset, or two halves. */
export type RegisterValues = ReadonlyMap<number, bigint>;

export interface SparseImage {
  /** The pages of the file; others refuse, so that a table that is missing is not taken for an empty one. */
  readonly memory: SparseMemory;
  readonly registers: RegisterValues;
  /** Where the image is from, in a few words; empty if the file does not say. */
  readonly description: string;
  /** QEMU made the tables' unit: the dump says so. */
  readonly fromQemu: boolean;
}

const PAGE_BYTES = 4096;
const ZEROS = new Uint8Array(PAGE_BYTES);
/** 4096 bytes in base64: 1365 groups of three and one byte. */
const PAGE_IN_BASE64 = /^[A-Za-z0-9+/]{5462}==$/;

/** A dump in JSON, as `fixtures/linux/README.md` describes it. Throws an InputError that says what is wrong where. */
export function readSparseJson(json: unknown, where: string): SparseImage {
  const dump = objectAt(json, where);
  const memory = new SparseMemory({ unwritten: 'refused' });
  for (const [text, content] of Object.entries(objectAt(dump.pages, `"pages" of ${where}`))) {
    const address = addressOfPage(memory, text, `"pages" of ${where}`);
    const base64 = textAt(content, `page ${quoted(text)} of ${where}`);
    if (!PAGE_IN_BASE64.test(base64)) {
      throw new InputError(`page ${quoted(text)} of ${where} is not 4096 bytes in base64 (5464 characters)`);
    }
    memory.write(address, Buffer.from(base64, 'base64'));
  }
  const zeros = dump.zero_pages ?? [];
  if (!Array.isArray(zeros)) throw new InputError(`"zero_pages" of ${where} is an array, got ${kindOf(zeros)}`);
  for (const text of zeros) {
    const place = `"zero_pages" of ${where}`;
    memory.write(addressOfPage(memory, textAt(text, place), place), ZEROS);
  }
  return {
    memory,
    registers: registersOf(dump.registers, where),
    description: descriptionOf(dump),
    fromQemu: typeof dump.qemu === 'string',
  };
}

function addressOfPage(memory: SparseMemory, text: string, where: string): bigint {
  const address = parseHexadecimal(text, 52, `a page address in ${where}`);
  if (address % BigInt(PAGE_BYTES) !== 0n) {
    throw new InputError(`a page address in ${where} is a multiple of 0x1000, got ${quoted(text)}`);
  }
  if (memory.has(Number(address >> 12n))) throw new InputError(`${where} has page ${quoted(text)} twice`);
  return address;
}

function registersOf(json: unknown, where: string): RegisterValues {
  const values = new Map<number, bigint>();
  for (const [text, content] of Object.entries(objectAt(json, `"registers" of ${where}`))) {
    const offset = Number(parseHexadecimal(text, 20, `a register offset in ${where}`));
    const value = textAt(content, `register ${quoted(text)} of ${where}`);
    values.set(offset, parseHexadecimal(value, 64, `register ${quoted(text)} of ${where}`));
  }
  return values;
}

/** Kernel and emulator, of what the dumping tool noted. */
function descriptionOf(dump: Readonly<Record<string, unknown>>): string {
  if (!isObject(dump)) return '';
  const words = (value: unknown, pattern: RegExp) =>
    typeof value === 'string' ? (pattern.exec(value)?.[0].replace(/[^\x20-\x7e]/g, '?') ?? '') : '';
  const kernel = words(dump.kernel, /^\S+ \S+ \S+/).replace(' (none)', '');
  const qemu = words(dump.qemu, /version [\w.+-]+/).replace('version', 'QEMU');
  return [kernel, qemu].filter((part) => part !== '').join(' under ');
}
