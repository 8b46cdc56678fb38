import type { PageNumber } from '../bits/page-number.ts';
import type { Condition } from '../conditions/condition.ts';
import type { Translation } from '../messages/translation.ts';
import { SecondStageEntry } from '../structures/second-stage-entry.ts';
import type { DmaRemapping } from './dma-remapping.ts';
import { secondStageFormat, setsReserved64 } from './reserved-bits.ts';

/** Pages that one entry spans, by level; a table, because `2 ** n` costs 4x in the walk (measured). */
const SPAN: readonly number[] = Object.freeze([0, 1, 2 ** 9, 2 ** 18, 2 ** 27, 2 ** 36]);
/** 1 / SPAN: exact, being powers of two. */
const PER_SPAN: readonly number[] = Object.freeze([0, 1, 2 ** -9, 2 ** -18, 2 ** -27, 2 ** -36]);

/** The rows that a walk reports; legacy and scalable mode have their own. */
export interface SecondStageFaults {
  /** The table that SSPTPTR locates could not be read. */
  readonly top: Condition;
  /** A lower one could not be read. */
  readonly lower: Condition;
  readonly reserved: Condition;
}

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
  translation: Translation,
): Condition | undefined {
  const { memory, reserved, trace } = unit;
  let table = top;
  let level = levels;
  let permission = 0b11; // §3.7.1: the AND over every entry used
  for (; ; level--) {
    const offset = ((input * PER_SPAN[level]!) & 0x1ff) << 3;
    if (!memory.load(table, offset, entry)) {
      trace?.refused?.(secondStageFormat(level, false), table, offset);
      return level === levels ? faults.top : faults.lower;
    }
    const leaf = level === 1 || SecondStageEntry.PS(entry) === 1;
    trace?.entry?.(secondStageFormat(level, leaf), table, offset, entry);

    const allowed = SecondStageEntry.R(entry) | (SecondStageEntry.W(entry) << 1);
    permission &= allowed;
    // §3.7: there is no present bit. An entry that allows nothing is absent and its other bits mean nothing.
    if (allowed === 0) {
      translation.permission = 0;
      translation.leafPages = 0;
      return undefined;
    }
    // PS where the level or the unit has no such page is among the reserved bits, so that leaf is one in earnest below.
    if (setsReserved64(entry, reserved.secondStage[level * 2 + (leaf ? 1 : 0)]!)) return faults.reserved;
    if (leaf) break;
    table = SecondStageEntry.ADDR(entry);
  }
  const span = SPAN[level]!;
  translation.page = SecondStageEntry.ADDR(entry) + (input & (span - 1));
  translation.leafPages = span;
  translation.permission = permission;
  translation.snooped = SecondStageEntry.SNP(entry) === 1;
  return undefined;
}
