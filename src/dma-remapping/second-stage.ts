import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import { newTranslation, type Translation } from '../messages/translation.ts';
import { SecondStageEntry } from '../structures/second-stage-entry.ts';
import type { DmaRemapping } from './dma-remapping.ts';
import { secondStageFormat, setsReserved64 } from './reserved-bits.ts';
import type { UsedEntries } from './used-entries.ts';

/** Pages that one entry of either stage spans, by level; a table, because `2 ** n` costs 4x in the walk (measured). */
export const SPAN: readonly number[] = Object.freeze([0, 1, 2 ** 9, 2 ** 18, 2 ** 27, 2 ** 36]);
/** 1 / SPAN: exact, being powers of two. */
const PER_SPAN: readonly number[] = Object.freeze([0, 1, 2 ** -9, 2 ** -18, 2 ** -27, 2 ** -36]);

/** Where in its table the entry for `input` stands at `level`, in bytes. */
export const tableOffset = (input: PageNumber, level: number): number => ((input * PER_SPAN[level]!) & 0x1ff) << 3;

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
  'page' | 'leafPages' | 'permission' | 'snooped' | 'extendedMemoryType' | 'ignoresPat'
>;

export const newSecondStageLeaf = (): SecondStageLeaf => newTranslation();

// Local names: V8 then sees which function each is, and inlines it (measured).
const { R, W, IR, IW, PS, ADDR, SNP, EMT, IPAT } = SecondStageEntry;

const entry = new Uint32Array(2);

/**
 * Second-stage walk, §3.7 and Table 4: from the table at `table`, `level` levels above the page, down to a leaf. Puts
 * page, leaf size, permissions and SNP into `translation`. An entry without any permission ends the walk with
 * permission 0, and what that means is the caller's: it is not a fault of the walk in legacy mode.
 */
export function walkSecondStage(
  unit: DmaRemapping,
  faults: SecondStageFaults,
  top: PageNumber,
  levels: number,
  input: PageNumber,
  translation: SecondStageLeaf,
  used?: UsedEntries,
): Condition | undefined {
  const { memory, trace } = unit;
  const { ioPermissions } = unit.rootTable;
  const reserved = ioPermissions ? unit.reserved.secondStageIo : unit.reserved.secondStage;
  let table = top;
  let level = levels;
  let permission = 0b11; // §3.7.1: the AND over every entry used
  for (; ; level--) {
    const offset = tableOffset(input, level);
    if (!memory.load(table, offset, entry)) {
      trace?.refused?.(secondStageFormat(level, false), table, offset);
      return level === levels ? faults.top : faults.lower;
    }
    const leaf = mapsPage(entry, level);
    trace?.entry?.(secondStageFormat(level, leaf), table, offset, entry);

    const allowed = permissionOf(entry, ioPermissions);
    permission &= allowed;
    if (allowed === 0) {
      translation.permission = 0;
      translation.leafPages = 0;
      return undefined;
    }
    if (setsReserved(entry, level, leaf, reserved)) return faults.reserved;
    used?.addSecondStage(table, offset, entry[0]!);
    if (leaf) break;
    table = ADDR(entry);
  }
  const span = SPAN[level]!;
  translation.page = ADDR(entry) + (input & (span - 1));
  translation.leafPages = span;
  translation.permission = permission;
  translation.snooped = SNP(entry) === 1;
  translation.extendedMemoryType = EMT(entry);
  translation.ignoresPat = IPAT(entry) === 1;
  return undefined;
}

/**
 * READ and WRITE as one entry gives them, §3.7.1: from IR and IW under SSIRWE. There is no present bit: with 0 the other
 * bits mean nothing.
 */
export const permissionOf = (words: Words, ioPermissions: boolean): number =>
  ioPermissions ? IR(words) | (IW(words) << 1) : R(words) | (W(words) << 1);

/** Whether a present entry of a table at `level` maps a page, §9.8. */
export const mapsPage = (words: Words, level: number): boolean => level === 1 || PS(words) === 1;

/**
 * Whether a present entry of a table at `level` sets what is reserved in its format, §9.8. PS where the level or the
 * unit has no such page is among that, so that an entry without is a leaf in earnest.
 */
export const setsReserved = (words: Words, level: number, leaf: boolean, reserved: readonly Words[]): boolean =>
  setsReserved64(words, reserved[level * 2 + (leaf ? 1 : 0)]!);
