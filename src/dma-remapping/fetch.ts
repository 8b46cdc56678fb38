import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import type { Trace } from '../platform/trace.ts';
import type { DmaRemapping } from './dma-remapping.ts';

/** Reads an entry of chapter 9 as one access, §9. `false`: memory refused. */
export function fetch(
  unit: DmaRemapping,
  format: StructureDeclaration,
  page: PageNumber,
  offset: number,
  words: Words,
): boolean {
  const read = unit.memory.load(page, offset, words);
  if (unit.trace !== undefined) tell(unit.trace, read, format, page, offset, words);
  return read;
}

/** Apart, so that {@link fetch} is small enough to be inlined (measured). */
function tell(
  trace: Trace,
  read: boolean,
  format: StructureDeclaration,
  page: PageNumber,
  offset: number,
  words: Words,
): void {
  if (read) trace.entry?.(format, page, offset, words);
  else trace.refused?.(format, page, offset);
}
