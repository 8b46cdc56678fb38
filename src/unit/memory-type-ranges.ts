import type { Words } from '../bits/field.ts';
import { highWordOf, type PageNumber } from '../bits/page-number.ts';
import { memoryType } from '../dma-remapping/memory-type.ts';
import type { MemoryType } from '../messages/translation.ts';
import type { Configuration } from '../platform/configuration.ts';
import {
  MTRR_FIX64K_00000_REG,
  MTRR_PHYSBASE_REG,
  MTRR_PHYSMASK_REG,
  MTRRDEF_REG,
} from '../registers/memory-type-range.ts';
import type { UnitRegisters } from './unit-registers.ts';

/** The fixed-range registers by address, and how many pages each of their eight fields covers, §11.4.12.3. */
const FIXED = [
  ['MTRR_FIX64K_00000_REG', 16],
  ['MTRR_FIX16K_80000_REG', 4],
  ['MTRR_FIX16K_A0000_REG', 4],
  ['MTRR_FIX4K_C0000_REG', 1],
  ['MTRR_FIX4K_C8000_REG', 1],
  ['MTRR_FIX4K_D0000_REG', 1],
  ['MTRR_FIX4K_D8000_REG', 1],
  ['MTRR_FIX4K_E0000_REG', 1],
  ['MTRR_FIX4K_E8000_REG', 1],
  ['MTRR_FIX4K_F0000_REG', 1],
  ['MTRR_FIX4K_F8000_REG', 1],
] as const;

/** A variable range that is valid, as the two words of a page number are held against it. */
interface VariableRange {
  readonly type: MemoryType;
  readonly maskLow: number;
  readonly maskHigh: number;
  readonly baseLow: number;
  readonly baseHigh: number;
}

/**
 * The memory type range registers, §3.11.2, §11.4.12: what they mean is worked out when one is written, so that a
 * walk only looks it up.
 */
export class MemoryTypeRanges {
  readonly #default: Words;
  readonly #fixed: readonly (readonly [Words, number])[];
  readonly #variable: readonly (readonly [base: Words, mask: Words])[];
  #defaultType: MemoryType = 'UC';
  /** By page number below 1 MiB; empty while fixed ranges do not count. */
  #fixedTypes: readonly MemoryType[] = [];
  #ranges: readonly VariableRange[] = [];
  /** How often a register was written: who remembers an answer compares it. */
  changes = 0;

  constructor(registers: UnitRegisters, { capability }: Configuration) {
    const words = (name: string) => registers.words(name);
    this.#default = words('MTRRDEF_REG');
    this.#fixed = capability('MTRRCAP_REG.FIX') === 1 ? FIXED.map(([name, pages]) => [words(name), pages]) : [];
    this.#variable = registers.placed
      .filter(({ register }) => register.title === MTRR_PHYSBASE_REG.title)
      .map(({ name }) => [words(name), words(name.replace('BASE', 'MASK'))]);
  }

  /**
   * The type of a host page, §3.11.2. Of several ranges UC wins, and WT over WB; any others that differ are undefined: the
   * range of the lowest number counts.
   */
  typeOf(page: PageNumber): MemoryType {
    if (page < this.#fixedTypes.length) return this.#fixedTypes[page]!;
    const low = page | 0;
    const high = highWordOf(page);
    let first: MemoryType | undefined;
    let differ = false;
    let writeThroughOrBack = true;
    for (const { type, maskLow, maskHigh, baseLow, baseHigh } of this.#ranges) {
      if ((low & maskLow) !== baseLow || (high & maskHigh) !== baseHigh) continue;
      if (type === 'UC') return type;
      first ??= type;
      differ ||= type !== first;
      writeThroughOrBack &&= type === 'WT' || type === 'WB';
    }
    return differ && writeThroughOrBack ? 'WT' : (first ?? this.#defaultType);
  }

  /** One of the registers was written, or reset. */
  written(): void {
    this.changes += 1;
    const enabled = MTRRDEF_REG.E(this.#default) === 1;
    const fixedEnabled = enabled && MTRRDEF_REG.FE(this.#default) === 1;
    this.#defaultType = enabled ? memoryType(MTRRDEF_REG.TYPE(this.#default)) : 'UC';
    this.#fixedTypes = fixedEnabled ? this.#fixed.flatMap(([words, pages]) => typesOf(words, pages)) : [];
    this.#ranges = enabled ? this.#variable.flatMap(([base, mask]) => rangeOf(base, mask)) : [];
  }
}

/** The eight fields of a fixed-range register, from the lowest address on: all have the same layout. */
const { R0, R1, R2, R3, R4, R5, R6, R7 } = MTRR_FIX64K_00000_REG;
const TYPES = [R0, R1, R2, R3, R4, R5, R6, R7] as const;

/** The type of each page that a fixed-range register covers, of which each field has so many. */
const typesOf = (words: Words, pages: number): MemoryType[] =>
  TYPES.flatMap((type) => new Array<MemoryType>(pages).fill(memoryType(type(words))));

/** §11.4.12.4: a page is in the range if base and page agree where the mask has ones. */
function rangeOf(base: Words, mask: Words): VariableRange[] {
  if (MTRR_PHYSMASK_REG.V(mask) === 0) return [];
  const first = MTRR_PHYSBASE_REG.PHYSBASE(base);
  const compared = MTRR_PHYSMASK_REG.PHYSMASK(mask);
  const maskLow = compared | 0;
  const maskHigh = highWordOf(compared);
  return [
    {
      type: memoryType(MTRR_PHYSBASE_REG.TYPE(base)),
      maskLow,
      maskHigh,
      baseLow: first & maskLow,
      baseHigh: highWordOf(first) & maskHigh,
    },
  ];
}
