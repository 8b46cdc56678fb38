import type { PageNumber } from '../bits/page-number.ts';
import type { TablePlace } from '../caches/caches.ts';
import { type Condition, row } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import { READ, WRITE } from '../messages/dma-request.ts';
import type { DmaRemapping } from './dma-remapping.ts';
import type { PasidEntry } from './pasid-entry.ts';
import { newSecondStageLeaf, walkSecondStageOf } from './second-stage.ts';
import type { UsedEntries } from './used-entries.ts';
import type { WalkedTables } from './walked-tables.ts';

const mapping = newSecondStageLeaf();

/** Not in the specification: stands for the outcome of a way that is not followed, 6.A-R2. */
export const KNOWN_WAY: Condition = row('-', 0, '-', 'UR UR UR UR - - - -', 'a way that others have taken to its end');

/**
 * Nested translation, §3.8: the host page of a first-stage table at the guest page `table`, and whether the second
 * stage lets it be written, into `place`.
 */
export function reachFirstStageTable(
  unit: DmaRemapping,
  pasid: PasidEntry,
  table: PageNumber,
  top: boolean,
  used: UsedEntries,
  walked: WalkedTables | undefined,
  place: TablePlace,
): Condition | undefined {
  const fault = walkSecondStageOf(unit, pasid, table, used, walked, mapping);
  if (fault !== undefined) return fault;
  if (walked?.isKnownWay(mapping.page, mapping.permission)) return KNOWN_WAY;
  const blocked = top ? Fault.SFS_6 : Fault.SFS_7;
  if ((mapping.permission & READ) === 0) return blocked;
  place.writable = (mapping.permission & WRITE) !== 0;
  // §3.8.1: with SSADE=1 a table is read as if it were written.
  if (pasid.secondStageFlags && !place.writable)
    return unit.choices.nestedTableRead === 'SFS.8' ? Fault.SFS_8 : blocked;
  place.page = mapping.page;
  return undefined;
}
