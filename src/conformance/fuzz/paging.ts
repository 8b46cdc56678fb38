import { addressIn, type Tables } from './tables.ts';

/** A walk that is to be made: what it starts from, and what stands at its end. */
export interface Walk {
  readonly tables: Tables;
  /** The table of the highest level. */
  readonly top: bigint;
  readonly levels: number;
  readonly address: bigint;
  readonly leaf: number;
}

const shiftOf = (level: number): bigint => BigInt(12 + 9 * (level - 1));

const NAMES: Readonly<Record<number, string>> = { 5: 'pml5e', 4: 'pml4e', 3: 'pdpe-table', 2: 'pde-table', 1: 'pte' };
const LARGE: Readonly<Record<number, string>> = { 3: 'pdpe-1g', 2: 'pde-2m' };

/** A frame of low memory, aligned to what a leaf of this level maps. */
const frame = (tables: Tables, level: number): bigint =>
  level === 1 ? tables.page() : level === 2 ? 0x60_0000n : level === 3 ? 0x4000_0000n : 0n;

/**
 * Puts the entries of one walk, those of a second stage (`ss`, §9.8) or of a first stage (`fs`, §9.7), and tells where
 * they stand, highest first. `reach` is told where the walk reads or ends up.
 */
export function putWalk(
  { tables, top, levels, address, leaf }: Walk,
  stage: 'fs' | 'ss',
  bits: { readonly table: bigint; readonly leaf: bigint },
  frameFor: (level: number) => bigint = (level) => frame(tables, level),
  reach: (address: bigint) => void = () => {},
): readonly bigint[] {
  const places: bigint[] = [];
  let table = top;
  for (let level = levels; level >= 1; level--) {
    const ends = level === 1 || level === leaf;
    const at = table + ((address >> shiftOf(level)) & 0x1ffn) * 8n;
    reach(at);
    const name = (ends ? LARGE[level] : undefined) ?? NAMES[level]!;
    const [word = 0n] = tables.put(at, `${stage}-${name}`, () => [
      ends ? frameFor(level) | bits.leaf | (level > 1 ? 0x80n : 0n) : tables.page() | bits.table,
    ]);
    places.push(at);
    table = addressIn(word);
    if (ends || (level <= 3 && (word & 0x80n) !== 0n)) {
      reach(
        (((word & 0x3fff_ffff_f000n) >> shiftOf(level)) << shiftOf(level)) | (address & ((1n << shiftOf(level)) - 1n)),
      );
      return places;
    }
  }
  return places;
}
