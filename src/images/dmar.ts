import { DMAR } from '../acpi/structures.ts';
import { readBytes } from './files.ts';
import { InputError } from './input-error.ts';

const WHAT = 'an ACPI DMAR table';
const LEAST = DMAR.width / 8;

/** How `acpidump` begins a table, and its lines of up to 16 bytes. */
const DUMP_TITLE = /^([A-Z0-9]{4}) @ 0x[0-9a-f]+\s*$/im;
const DUMP_LINE = /^ +([0-9a-f]{4,}):((?: [0-9a-f]{2}){1,16})(?: .*)?$/i;

/**
 * The bytes of an ACPI DMAR table, §8.1: raw, as in /sys/firmware/acpi/tables, or as `acpidump` prints them. Throws an
 * InputError if the file holds none.
 */
export function readDmar(path: string): Uint8Array {
  const bytes = readBytes(path, WHAT);
  const table = isDump(bytes) ? bytesOfDump(bytes.toString('latin1'), path) : bytes;
  if (table.length < LEAST) throw new InputError(`${WHAT} has ${LEAST} bytes or more, ${path} has ${table.length}`);
  if (Buffer.from(table).toString('latin1', 0, 4) !== 'DMAR') {
    throw new InputError(`${WHAT} begins with "DMAR", ${path} does not`);
  }
  return table;
}

/** The host address width of an ACPI DMAR table, §8.1. Throws an InputError. */
export function hostAddressWidthOf(path: string): number {
  return readDmar(path)[DMAR.hostAddressWidth.low / 8]! + 1;
}

/** A table has zero bytes in its Length, which no text has. */
const isDump = (bytes: Buffer): boolean => !bytes.includes(0) && DUMP_TITLE.test(bytes.toString('latin1'));

/** Of a dump with several tables, the first that is a DMAR table. */
function bytesOfDump(text: string, path: string): Uint8Array {
  const lines = text.split(/\r?\n/);
  const title = lines.findIndex((line) => DUMP_TITLE.exec(line)?.[1]?.toUpperCase() === 'DMAR');
  if (title < 0) throw new InputError(`expected a table DMAR in ${path}, and it has others`);
  const bytes: number[] = [];
  for (const line of lines.slice(title + 1)) {
    const found = DUMP_LINE.exec(line);
    if (found === null) break;
    if (Number.parseInt(found[1]!, 16) !== bytes.length) {
      throw new InputError(
        `expected byte 0x${bytes.length.toString(16)} of the table DMAR next in ${path}, got ${found[1]}`,
      );
    }
    bytes.push(
      ...found[2]!
        .trim()
        .split(' ')
        .map((digits) => Number.parseInt(digits, 16)),
    );
  }
  return Uint8Array.from(bytes);
}
