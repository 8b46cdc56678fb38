import type { PageNumber } from '../bits/page-number.ts';
import { newTablePlace, USER } from '../caches/caches.ts';
import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import { ADDRESS_TYPE, type DmaRequest, READ, WRITE } from '../messages/dma-request.ts';
import { FirstStageEntry } from '../structures/first-stage-entry.ts';
import { PGTT } from '../structures/pasid-table-entry.ts';
import type { DmaRemapping } from './dma-remapping.ts';
import { reachFirstStageTable } from './nested.ts';
import type { PasidEntry } from './pasid-entry.ts';
import { firstStageFormat } from './reserved-bits.ts';
import { LEAF_PAGES, lowerIndexes, tableOffset, upperIndexes } from './second-stage.ts';
import type { UsedEntries } from './used-entries.ts';
import type { WalkedTables } from './walked-tables.ts';

/** What the first stage gave; storage is used again from request to request. */
export interface FirstStageLeaf {
  /** A host page, or a guest page where the stages are nested. */
  page: PageNumber;
  leafPages: number;
  /** The AND of R/W and of U/S over every entry used, §3.6.1. */
  writable: boolean;
  user: boolean;
  /** The low word of the leaf: PWT, PCD and PAT. */
  low: number;
}

/** Where {@link walkFirstStage} puts what it finds, §3.6. */
export const newFirstStageLeaf = (): FirstStageLeaf => ({
  page: 0,
  leafPages: 0,
  writable: false,
  user: false,
  low: 0,
});

// Local names: V8 then sees which function each is, and inlines it (measured).
const { ofQword: P } = FirstStageEntry.P;
const { ofQword: RW } = FirstStageEntry.RW;
const { ofQword: US } = FirstStageEntry.US;
const { ofQword: PS } = FirstStageEntry.PS;
const { ofQword: ADDR } = FirstStageEntry.ADDR;
const { ofQword: A } = FirstStageEntry.A;
const { ofQword: D } = FirstStageEntry.D;
const { ofQword: EA } = FirstStageEntry.EA;

const entry = new Uint32Array(2);
/** Where a table stands: the second stage says it where the stages are nested. */
const place = newTablePlace();

/**
 * First-stage walk, §3.6 and Table 3: from the table of the PASID-table entry down to a leaf. Nested, §3.8, each table
 * is reached through the second stage. With `walked` it may begin further down, at a table that the paging-structure
 * caches know.
 */
export function walkFirstStage(
  unit: DmaRemapping,
  pasid: PasidEntry,
  request: DmaRequest,
  supervisor: boolean,
  used: UsedEntries,
  walked: WalkedTables | undefined,
  result: FirstStageLeaf,
): Condition | undefined {
  const { memory, reserved, trace, choices } = unit;
  const input = request.page;
  const nested = pasid.type === PGTT.NESTED;
  const levels = pasid.firstStageLevels;
  if (!isCanonical(input, levels)) return Fault.SGN_1;
  result.writable = true;
  result.user = true;
  const lower = lowerIndexes(input);
  const upper = upperIndexes(input);
  let table = pasid.firstStageTable;
  let level = levels;
  let accessed = true;
  let known = walked?.findFirstStage(input, levels, place) ?? false;
  if (known) {
    level = place.level;
    result.writable = (place.rights & WRITE) !== 0;
    result.user = (place.rights & USER) !== 0;
  }
  for (; ; level--) {
    const top = level === levels;
    const offset = tableOffset(lower, upper, level);
    if (!known) {
      place.page = table;
      place.writable = true;
      if (nested) {
        const fault = reachFirstStageTable(unit, pasid, table, top, used, walked, place);
        if (fault !== undefined) return fault;
      }
      if (walked !== undefined && !top) keepPlace(walked, input, level, result, accessed);
    }
    if (!memory.load(place.page, offset, entry)) {
      trace?.refused?.(firstStageFormat(level, false), place.page, offset);
      return top ? Fault.SFS_4 : Fault.SFS_1;
    }
    const low = entry[0]!;
    const high = entry[1]!;
    const leaf = level === 1 || PS(low, high) === 1;
    trace?.entry?.(firstStageFormat(level, leaf), place.page, offset, entry);
    if (P(low, high) === 0) return Fault.SFS_2;
    // PS where the level or the unit has no such page is among the reserved bits.
    if (reserved.firstStage.isSet(low, high, level, leaf)) return Fault.SFS_3;
    // Bit 12 of a large page's entry is PAT, not address.
    const address = ADDR(low, high);
    const target = leaf ? address - (address & (LEAF_PAGES[level]! - 1)) : address;
    if (nested && target >= pasid.secondStagePages) return Fault.SFS_5;

    used.addFirstStage(place.page, offset, low, place.writable || !nested);
    if (RW(low, high) === 0) result.writable = false;
    if (US(low, high) === 0) result.user = false;
    if (choices.rightsBeforeWalkEnd) {
      const fault = faultOfFirstStageRights(request, pasid, supervisor, result);
      if (fault !== undefined) return fault;
    }
    const isAccessed = A(low, high) === 1 && (EA(low, high) === 1 || !pasid.extendedAccessed);
    accessed &&= isAccessed;
    if (known && nested && pasid.secondStageFlags && !(isAccessed && (!leaf || D(low, high) === 1))) {
      // §3.8.1: a flag set here writes to the page of this table, so that its second-stage entry must be at hand.
      used.clear();
      return walkFirstStage(unit, pasid, request, supervisor, used, undefined, result);
    }
    known = false;
    if (leaf) {
      const leafPages = LEAF_PAGES[level]!;
      result.page = target + (lower & (leafPages - 1));
      result.leafPages = leafPages;
      result.low = low;
      return undefined;
    }
    table = target;
  }
}

/** The table at `place`, of this level, and the rights of the entries above it, §6.2.5. */
function keepPlace(
  walked: WalkedTables,
  input: PageNumber,
  level: number,
  { writable, user }: FirstStageLeaf,
  accessed: boolean,
): void {
  place.level = level;
  place.rights = (writable ? WRITE : 0) | (user ? USER : 0);
  walked.addFirstStage(input, place, accessed);
}

/** §3.6.1: what this requester may do, as far as the first stage goes; a user that may do nothing is refused apart. */
export function firstStagePermission(
  { writable, writeProtected }: { readonly writable: boolean; readonly writeProtected: boolean },
  supervisor: boolean,
): number {
  return READ | (writable || (supervisor && !writeProtected) ? WRITE : 0);
}

/** §3.6.1: U/S, and for an untranslated request also R/W; a translation request gets what there is. */
function faultOfFirstStageRights(
  request: DmaRequest,
  { writeProtected }: PasidEntry,
  supervisor: boolean,
  { writable, user }: FirstStageLeaf,
): Condition | undefined {
  if (!supervisor && !user) return Fault.SGN_2;
  if (request.addressType !== ADDRESS_TYPE.untranslated) return undefined;
  const permission = firstStagePermission({ writable, writeProtected }, supervisor);
  return (request.access & ~permission) !== 0 ? Fault.SGN_6 : undefined;
}

/** §3.6: bits 63:N of the address equal bit N-1, with N of 48 or 57. */
function isCanonical(input: PageNumber, levels: number): boolean {
  // Half of what N bits reach, in pages of which 2^52 are: the lower half is at the bottom, the upper one at the top.
  const half = levels === 5 ? 2 ** 44 : 2 ** 35;
  return input < half || input >= 2 ** 52 - half;
}
