import { pageOf } from '../../bits/page-number.ts';
import { FirstStageEntry } from '../../structures/first-stage-entry.ts';
import { SecondStageEntry } from '../../structures/second-stage-entry.ts';
import { addressIn, packed, readAs, type Tables } from './tables.ts';

/** A walk that is to be made: what it starts from, and what stands at its end. */
export interface Walk {
  readonly tables: Tables;
  /** The table of the highest level. */
  readonly top: bigint;
  readonly levels: number;
  readonly address: bigint;
  readonly leaf: number;
}

/** How the entries of a stage are named and packed. */
interface Stage<Bits> {
  readonly name: 'fs' | 'ss';
  readonly entry: (bits: Bits & { readonly PS?: number; readonly ADDR: number }) => bigint[];
  /** What an entry that points to a table has beside the address. */
  readonly table: Bits;
}

/** First-stage entries, §9.7. */
export const FIRST_STAGE: Stage<{ readonly P: number; readonly RW: number; readonly US: number }> = {
  name: 'fs',
  entry: (bits) => packed(FirstStageEntry, bits),
  table: { P: 1, RW: 1, US: 1 },
};

/** Second-stage entries, §9.8. */
export const SECOND_STAGE: Stage<{ readonly R: number; readonly W: number; readonly SNP?: number }> = {
  name: 'ss',
  entry: (bits) => packed(SecondStageEntry, bits),
  table: { R: 1, W: 1 },
};

const shiftOf = (level: number): bigint => BigInt(12 + 9 * (level - 1));

const NAMES: Readonly<Record<number, string>> = { 5: 'pml5e', 4: 'pml4e', 3: 'pdpe-table', 2: 'pde-table', 1: 'pte' };
const LARGE: Readonly<Record<number, string>> = { 3: 'pdpe-1g', 2: 'pde-2m' };

/** A frame of low memory, aligned to what a leaf of this level maps. */
const frame = (tables: Tables, level: number): bigint =>
  level === 1 ? tables.page() : level === 2 ? 0x60_0000n : level === 3 ? 0x4000_0000n : 0n;

/**
 * Puts the entries of one walk through a stage, the last with the bits of `leaf`, and tells where they stand, highest
 * first. `reach` is told where the walk reads or ends up.
 */
export function putWalk<Bits>(
  { tables, top, levels, address, leaf: leafLevel }: Walk,
  stage: Stage<Bits>,
  leaf: Bits,
  frameFor: (level: number) => bigint = (level) => frame(tables, level),
  reach: (address: bigint) => void = () => {},
): readonly bigint[] {
  const places: bigint[] = [];
  let table = top;
  for (let level = levels; level >= 1; level--) {
    const ends = level === 1 || level === leafLevel;
    const at = table + ((address >> shiftOf(level)) & 0x1ffn) * 8n;
    reach(at);
    const name = (ends ? LARGE[level] : undefined) ?? NAMES[level]!;
    const entry = tables.put(at, `${stage.name}-${name}`, () =>
      ends
        ? stage.entry({ ...leaf, ADDR: pageOf(frameFor(level)), ...(level > 1 ? { PS: 1 } : {}) })
        : stage.entry({ ...stage.table, ADDR: pageOf(tables.page()) }),
    );
    places.push(at);
    table = addressIn(entry[0]!);
    if (ends || (level <= 3 && readAs(SecondStageEntry.PS, entry) === 1)) {
      const inside = (1n << shiftOf(level)) - 1n;
      reach((table & ~inside) | (address & inside));
      return places;
    }
  }
  return places;
}
