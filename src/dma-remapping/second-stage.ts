import type { PageNumber } from '../bits/page-number.ts';
import { newTablePlace } from '../caches/caches.ts';
import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import type { Translation } from '../messages/translation.ts';
import { SecondStageEntry } from '../structures/second-stage-entry.ts';
import type { DmaRemapping } from './dma-remapping.ts';
import type { PasidEntry } from './pasid-entry.ts';
import { secondStageFormat } from './reserved-bits.ts';
import type { UsedEntries } from './used-entries.ts';
import type { WalkedTables } from './walked-tables.ts';

/** Pages that one entry of either stage spans, by level. */
export const SPAN = Float64Array.of(0, 1, 2 ** 9, 2 ** 18, 2 ** 27, 2 ** 36);

/** Bits 26:0 of a page number: the indexes, 9 bits each, into the tables of levels 1 to 3, §3.5. */
export const lowerIndexes = (page: PageNumber): number => page & 0x7ff_ffff;

/** Bits 44:27 of a page number: the indexes into the tables of levels 4 and 5, §3.5. */
export const upperIndexes = (page: PageNumber): number =>
  page <= 0x7fff_ffff ? page >>> 27 : (page * 2 ** -27) & 0x3_ffff;

/**
 * Where in its table the entry of 8 bytes stands at `level`, in bytes, §3.5. A walk takes its page number apart
 * once, because arithmetic in floating point at each level costs more (measured).
 */
export const tableOffset = (lower: number, upper: number, level: number): number =>
  ((level > 3 ? upper >>> (9 * level - 36) : lower >>> (9 * level - 9)) & 0x1ff) << 3;

/** Pages that a leaf maps, by level, as small integers: a leaf above level 3 sets a reserved bit. */
export const LEAF_PAGES = Int32Array.of(0, 1, 2 ** 9, 2 ** 18, 0, 0);

/** The rows that a walk reports; legacy and scalable mode have their own. */
export interface SecondStageFaults {
  /** The table that SSPTPTR locates could not be read. */
  readonly top: Condition;
  /** A lower one could not be read. */
  readonly lower: Condition;
  readonly reserved: Condition;
}

/** The rows of scalable mode. */
export const SCALABLE_WALK_FAULTS: SecondStageFaults = Object.freeze({
  top: Fault.SSS_4,
  lower: Fault.SSS_1,
  reserved: Fault.SSS_3,
});

/** Where the leaf of a walk is put. */
export type SecondStageLeaf = Pick<
  Translation,
  'page' | 'leafPages' | 'permission' | 'leafSnooped' | 'extendedMemoryType' | 'ignoresPat'
>;

/** Where {@link walkSecondStage} puts what it finds, §3.7. */
export const newSecondStageLeaf = (): SecondStageLeaf => ({
  page: 0,
  leafPages: 0,
  permission: 0,
  leafSnooped: false,
  extendedMemoryType: 0,
  ignoresPat: false,
});

// Local names: V8 then sees which function each is, and inlines it (measured).
const { ofQword: R } = SecondStageEntry.R;
const { ofQword: W } = SecondStageEntry.W;
const { ofQword: IR } = SecondStageEntry.IR;
const { ofQword: IW } = SecondStageEntry.IW;
const { ofQword: PS } = SecondStageEntry.PS;
const { ofQword: ADDR } = SecondStageEntry.ADDR;
const { ofQword: SNP } = SecondStageEntry.SNP;
const { ofQword: EMT } = SecondStageEntry.EMT;
const { ofQword: IPAT } = SecondStageEntry.IPAT;
const { ofQword: A } = SecondStageEntry.A;

const entry = new Uint32Array(2);
/** Where a cached entry lets the walk begin. */
const start = newTablePlace();

/**
 * Second-stage walk, §3.7 and Table 4: from the table at `table`, `level` levels above the page, down to a leaf. Puts
 * page, leaf size, permissions and SNP into `result`. An entry without any permission ends the walk with
 * permission 0, and what that means is the caller's: it is not a fault of the walk in legacy mode. With `walked` it may
 * begin further down, at a table that the paging-structure caches know.
 */
export function walkSecondStage(
  unit: DmaRemapping,
  faults: SecondStageFaults,
  top: PageNumber,
  levels: number,
  input: PageNumber,
  result: SecondStageLeaf,
  used?: UsedEntries,
  walked?: WalkedTables,
): Condition | undefined {
  const { memory, trace } = unit;
  const { ioPermissions } = unit.rootTable;
  const reserved = ioPermissions ? unit.reserved.secondStageIo : unit.reserved.secondStage;
  const lower = lowerIndexes(input);
  const upper = upperIndexes(input);
  let table = top;
  let level = levels;
  let permission = 0b11; // §3.7.1: the AND over every entry used
  let accessed = true;
  if (walked?.findSecondStage(input, levels, start)) {
    if (start.fault !== undefined) return start.fault;
    if (start.level === 0) return nothingAllowed(result);
    table = start.page;
    level = start.level;
    permission = start.rights;
  }
  for (; ; level--) {
    const offset = tableOffset(lower, upper, level);
    if (!memory.load(table, offset, entry)) {
      trace?.refused?.(secondStageFormat(level, false), table, offset);
      return level === levels ? faults.top : faults.lower;
    }
    const low = entry[0]!;
    const high = entry[1]!;
    const leaf = level === 1 || PS(low, high) === 1;
    trace?.entry?.(secondStageFormat(level, leaf), table, offset, entry);

    // Under SSIRWE the permissions are IR and IW.
    const allowed = ioPermissions ? IR(low, high) | (IW(low, high) << 1) : R(low, high) | (W(low, high) << 1);
    permission &= allowed;
    // §3.7: there is no present bit. An entry that allows nothing is absent and its other bits mean nothing.
    if (allowed === 0) {
      walked?.addSecondStageEnd(input, level - 1, undefined);
      return nothingAllowed(result);
    }
    // PS where the level or the unit has no such page is reserved, so that an entry without is a leaf in earnest.
    if (reserved.isSet(low, high, level, leaf)) {
      // §6.2.5: an entry that maps a page is none of those caches' matter.
      if (!leaf) walked?.addSecondStageEnd(input, level - 1, faults.reserved);
      return faults.reserved;
    }
    used?.addSecondStage(table, offset, low);
    table = ADDR(low, high);
    if (!leaf) {
      if (walked === undefined) continue;
      accessed &&= used === undefined || A(low, high) === 1;
      walked.addSecondStage(input, level - 1, table, permission, accessed);
      continue;
    }

    const leafPages = LEAF_PAGES[level]!;
    result.page = table + (lower & (leafPages - 1));
    result.leafPages = leafPages;
    result.permission = permission;
    result.leafSnooped = SNP(low, high) === 1;
    result.extendedMemoryType = EMT(low, high);
    result.ignoresPat = IPAT(low, high) === 1;
    return undefined;
  }
}

function nothingAllowed(result: SecondStageLeaf): undefined {
  result.permission = 0;
  result.leafPages = 0;
}

/** {@link walkSecondStage} as a PASID-table entry says, §3.7: the entries are `used` where their flags are kept. */
export function walkSecondStageOf(
  unit: DmaRemapping,
  pasid: PasidEntry,
  input: PageNumber,
  used: UsedEntries,
  walked: WalkedTables | undefined,
  result: SecondStageLeaf,
): Condition | undefined {
  const { secondStageTable: top, secondStageLevels: levels, secondStageFlags } = pasid;
  const kept = secondStageFlags ? used : undefined;
  const fault = walkSecondStage(unit, SCALABLE_WALK_FAULTS, top, levels, input, result, kept, walked);
  if (fault !== undefined) return fault;
  return result.permission === 0 ? Fault.SSS_2 : undefined;
}
