import { readBytes } from './files.ts';
import { InputError } from './input-error.ts';

/** The host address width of an ACPI DMAR table, §8.1: byte 36 holds it less one. Throws an InputError. */
export function hostAddressWidthOf(path: string): number {
  const table = readBytes(path, 'an ACPI DMAR table');
  if (table.length < 48) {
    throw new InputError(`an ACPI DMAR table has 48 bytes or more, ${path} has ${table.length}`);
  }
  if (table.toString('latin1', 0, 4) !== 'DMAR') {
    throw new InputError(`an ACPI DMAR table begins with "DMAR", ${path} does not`);
  }
  return table[36]! + 1;
}
