import type { PageNumber } from '../bits/page-number.ts';
import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import type { Memory } from '../platform/memory.ts';
import { PdEntry2M } from '../structures/first-stage-entry.ts';
import { SsPtEntry } from '../structures/second-stage-entry.ts';

/** A nested walk through five levels of each stage reads six times five second-stage and five first-stage entries. */
const MOST = 35;
/** Another agent may write an entry again and again; after so many tries an update counts as failed. */
const TRIES = 16;

/** Masks of the flags in the low word of an entry, §9.7, §9.8: all lie below bit 32. */
const FIRST_STAGE_A = 1 << PdEntry2M.A.low;
const FIRST_STAGE_D = 1 << PdEntry2M.D.low;
const FIRST_STAGE_EA = 1 << PdEntry2M.EA.low;
const SECOND_STAGE_A = 1 << SsPtEntry.A.low;
const SECOND_STAGE_D = 1 << SsPtEntry.D.low;

/** What the PASID-table entry says of flags. */
export interface FlagRules {
  /** SSADE. */
  readonly secondStageFlags: boolean;
  /** EAFE. */
  readonly extendedAccessed: boolean;
  /** SMPWCS and PWSNP: without it flags cannot be updated, §3.10. */
  readonly walksSnooped: boolean;
}

const expected = new Uint32Array(2);
const replacement = new Uint32Array(2);

/**
 * The paging entries that a request has used, in walk order, so that their accessed and dirty flags can be set once
 * nothing else blocks it (§3.6.2, §3.7.2, §3.8.1). Storage is used again from request to request.
 */
export class UsedEntries {
  readonly #page = new Float64Array(MOST);
  readonly #offset = new Int32Array(MOST);
  /** The low word as the walk read it: where no flag lacks nothing is read again. */
  readonly #low = new Int32Array(MOST);
  readonly #firstStage = new Uint8Array(MOST);
  /** Nested: the second stage lets the entry's page be written. */
  readonly #writable = new Uint8Array(MOST);
  #count = 0;
  /** The AND over the low words of a stage's entries. */
  #firstStageLow = -1;
  #secondStageLow = -1;

  clear(): void {
    this.#count = 0;
    this.#firstStageLow = -1;
    this.#secondStageLow = -1;
  }

  addSecondStage(page: PageNumber, offset: number, low: number): void {
    this.#secondStageLow &= low;
    this.#add(page, offset, low, 0, 1);
  }

  /** `writable`: by the second stage; of a table that is not nested it is true. */
  addFirstStage(page: PageNumber, offset: number, low: number, writable: boolean): void {
    this.#firstStageLow &= low;
    this.#add(page, offset, low, 1, writable ? 1 : 0);
  }

  /** Whether the leaf of each stage has D already, so that a write needs no flag. */
  leavesAreDirty(): boolean {
    const firstStageLeaf = this.#lastFirstStage();
    if (firstStageLeaf >= 0 && (this.#low[firstStageLeaf]! & FIRST_STAGE_D) === 0) return false;
    const last = this.#count - 1;
    return last < 0 || this.#firstStage[last] === 1 || (this.#low[last]! & SECOND_STAGE_D) !== 0;
  }

  /** Whether every accessed flag is set already. */
  allAccessed(rules: FlagRules): boolean {
    const firstStage = FIRST_STAGE_A | (rules.extendedAccessed ? FIRST_STAGE_EA : 0);
    return (this.#firstStageLow & firstStage) === firstStage && (this.#secondStageLow & SECOND_STAGE_A) !== 0;
  }

  /**
   * Sets what lacks, in walk order; the row of an update that is impossible or fails. `written`: the request writes,
   * or may: the leaf of each stage gets D as well.
   */
  setFlags(memory: Memory, rules: FlagRules, written: boolean): Condition | undefined {
    // Mostly nothing lacks, and there is nothing to go through (measured).
    if (this.allAccessed(rules) && (!written || this.leavesAreDirty())) return undefined;
    const firstStageLeaf = this.#lastFirstStage();
    for (let i = 0; i < this.#count; i++) {
      const fault =
        this.#firstStage[i] === 1
          ? this.#setFirstStage(memory, rules, i, written && i === firstStageLeaf)
          : this.#setSecondStage(memory, rules, i, written && i === this.#count - 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #add(page: PageNumber, offset: number, low: number, firstStage: number, writable: number): void {
    const i = this.#count++;
    this.#page[i] = page;
    this.#offset[i] = offset;
    this.#low[i] = low;
    this.#firstStage[i] = firstStage;
    this.#writable[i] = writable;
  }

  #lastFirstStage(): number {
    let i = this.#count - 1;
    while (i >= 0 && this.#firstStage[i] === 0) i -= 1;
    return i;
  }

  #setFirstStage(memory: Memory, rules: FlagRules, i: number, dirty: boolean): Condition | undefined {
    const flags = FIRST_STAGE_A | (rules.extendedAccessed ? FIRST_STAGE_EA : 0) | (dirty ? FIRST_STAGE_D : 0);
    if (!this.#lacks(memory, i, flags)) return undefined;
    if (this.#writable[i] === 0) return Fault.SFS_8;
    if (!rules.walksSnooped) return Fault.SFS_9;
    // The page that holds the entry is written to, and its leaf is the entry used just before.
    const nested = rules.secondStageFlags && i > 0 && this.#firstStage[i - 1] === 0;
    if (nested && !this.#raise(memory, i - 1, SECOND_STAGE_A | SECOND_STAGE_D)) return Fault.SSS_6;
    return this.#raise(memory, i, flags) ? undefined : Fault.SFS_10;
  }

  #setSecondStage(memory: Memory, rules: FlagRules, i: number, dirty: boolean): Condition | undefined {
    const flags = SECOND_STAGE_A | (dirty ? SECOND_STAGE_D : 0);
    if (!this.#lacks(memory, i, flags)) return undefined;
    if (!rules.walksSnooped) return Fault.SSS_5;
    return this.#raise(memory, i, flags) ? undefined : Fault.SSS_6;
  }

  /** An entry that stands in two places of a walk may have its flags already. */
  #lacks(memory: Memory, i: number, flags: number): boolean {
    if ((this.#low[i]! & flags) === flags) return false;
    return !memory.load(this.#page[i]!, this.#offset[i]!, expected) || (expected[0]! & flags) !== flags;
  }

  /** One atomic update: it sets all of `flags` at once and never clears one. */
  #raise(memory: Memory, i: number, flags: number): boolean {
    const page = this.#page[i]!;
    const offset = this.#offset[i]!;
    for (let tries = 0; tries < TRIES; tries++) {
      if (!memory.load(page, offset, expected)) return false;
      if ((expected[0]! & flags) === flags) return true;
      replacement[0] = expected[0]! | flags;
      replacement[1] = expected[1]!;
      const swap = memory.compareAndSwap(page, offset, expected, replacement);
      if (swap !== 'changed') return swap === 'swapped';
    }
    return false;
  }
}
