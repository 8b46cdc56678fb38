import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import type { Memory } from './memory.ts';
import type { Trace } from './trace.ts';

/** Who reads tables. */
export interface TableReader {
  readonly memory: Memory;
  readonly trace?: Trace | undefined;
}

/** Reads an entry of chapter 9 as one access, §9. `false`: memory refused. */
export function fetch(
  unit: TableReader,
  format: StructureDeclaration,
  page: PageNumber,
  offset: number,
  words: Words,
): boolean {
  const read = unit.memory.load(page, offset, words);
  if (unit.trace !== undefined) {
    if (read) unit.trace.entry?.(format, page, offset, words);
    else unit.trace.refused?.(format, page, offset);
  }
  return read;
}
