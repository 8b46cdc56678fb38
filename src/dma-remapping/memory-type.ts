import type { MemoryType } from '../messages/translation.ts';
import { PasidTableEntry, PGTT } from '../structures/pasid-table-entry.ts';
import type { DmaRemapping } from './dma-remapping.ts';
import type { FirstStageLeaf } from './first-stage.ts';
import type { PasidEntry } from './pasid-entry.ts';
import type { SecondStageLeaf } from './second-stage.ts';

/**
 * Memory types by encoding, §3.11; reserved encodings do not fault and count as UC. Not frozen, as V8 calls a function
 * to read a frozen array (measured).
 */
const TYPES: readonly MemoryType[] = ['UC', 'WC', 'UC', 'UC', 'WT', 'WP', 'WB', 'UC-'];

/** The type that EMT (§9.8) or an MTRR (§11.4.12) encodes: UC- is one of PAT's alone. */
export const memoryType = (encoding: number): MemoryType => (encoding >= 7 ? 'UC' : TYPES[encoding]!);

/** Table 7, §3.11.3: the effective type by MTRR type, then by PAT type. */
// biome-ignore format: a table is read by its columns
const EFFECTIVE: Readonly<Record<Exclude<MemoryType, 'UC-'>, Readonly<Record<MemoryType, MemoryType>>>> = {
  UC: { UC: 'UC', 'UC-': 'UC', WC: 'WC', WT: 'UC', WB: 'UC', WP: 'UC' },
  WC: { UC: 'UC', 'UC-': 'WC', WC: 'WC', WT: 'UC', WB: 'WC', WP: 'UC' },
  WT: { UC: 'UC', 'UC-': 'UC', WC: 'WC', WT: 'WT', WB: 'WT', WP: 'WP' },
  WB: { UC: 'UC', 'UC-': 'UC', WC: 'WC', WT: 'WT', WB: 'WB', WP: 'WP' },
  WP: { UC: 'UC', 'UC-': 'WC', WC: 'WC', WT: 'WT', WB: 'WP', WP: 'WP' },
};

const { PA0, PA1, PA2, PA3, PA4, PA5, PA6, PA7, CD, EMTE } = PasidTableEntry;
const PAT = [PA0, PA1, PA2, PA3, PA4, PA5, PA6, PA7] as const;

/** The memory type of an access to the final page in scalable mode, §3.11.4, Table 9. */
export function finalMemoryType(
  unit: DmaRemapping,
  entry: PasidEntry,
  firstStage: FirstStageLeaf,
  final: Pick<SecondStageLeaf, 'page' | 'extendedMemoryType' | 'ignoresPat'>,
): MemoryType {
  if (unit.configuration.ECAP.MTS === 0) return 'WB';
  if (CD(entry.words) === 1) return 'UC';
  const extended = EMTE(entry.words) === 1;
  switch (entry.type) {
    case PGTT.FIRST_STAGE:
      return effective(unit.memoryTypeOf(final.page), patType(entry, firstStage));
    case PGTT.SECOND_STAGE:
      return extended ? memoryType(final.extendedMemoryType) : 'WB';
    case PGTT.NESTED:
      if (!extended) return effective(unit.memoryTypeOf(final.page), patType(entry, firstStage));
      if (final.ignoresPat) return memoryType(final.extendedMemoryType);
      return effective(memoryType(final.extendedMemoryType), patType(entry, firstStage));
    default:
      return 'WB';
  }
}

/** §3.11.1: PAT, PCD and PWT of the first-stage leaf choose one of eight; PAT is bit 7 of a PTE, bit 12 of others. */
function patType({ words }: PasidEntry, { low, leafPages }: FirstStageLeaf): MemoryType {
  const pat = (low >>> (leafPages === 1 ? 7 : 12)) & 1;
  const index = (pat << 2) | ((low >>> 3) & 0b11);
  return TYPES[PAT[index]!(words)]!;
}

function effective(range: MemoryType, pat: MemoryType): MemoryType {
  return range === 'UC-' ? 'UC' : EFFECTIVE[range][pat];
}
