import type { NumberField } from '../../bits/field.ts';
import { qwordsOf } from '../../bits/qwords.ts';
import type { Fields, FieldValues, StructureDeclaration } from '../../bits/structure.ts';
import type { VectorEntry } from '../../vectors/types.ts';

/** Where tables begin; everything is in low memory, which every target has. */
const FIRST_PAGE = 0x10_0000n;

/** The structures of a case in memory, each at its address; what is there first stays. */
export class Tables {
  readonly #structures = new Map<bigint, { readonly is: string; readonly qwords: bigint[] }>();
  #next = FIRST_PAGE;

  /** The next free page. */
  page(): bigint {
    this.#next += 0x1000n;
    return this.#next;
  }

  /** Puts a structure there unless one is; the words that are there then. */
  put(at: bigint, is: string, qwords: () => readonly bigint[]): readonly bigint[] {
    const known = this.#structures.get(at);
    if (known !== undefined) return known.qwords;
    const made = { is, qwords: [...qwords()] };
    this.#structures.set(at, made);
    return made.qwords;
  }

  /** Changes the structure there, in what memory holds at first or from now on. */
  change(at: bigint, change: (qwords: readonly bigint[]) => readonly bigint[]): VectorEntry {
    const structure = this.#structures.get(at)!;
    for (const [i, qword] of change(structure.qwords).entries()) structure.qwords[i] = qword;
    return entryOf(at, structure);
  }

  /** All that is there. */
  get entries(): readonly VectorEntry[] {
    return [...this.#structures].map(([at, structure]) => entryOf(at, structure));
  }
}

const entryOf = (at: bigint, { is, qwords }: { readonly is: string; readonly qwords: readonly bigint[] }) => ({
  at: `0x${at.toString(16)}`,
  qwords: qwords.map((qword) => `0x${qword.toString(16).padStart(16, '0')}`),
  is,
});

/** A structure of chapter 9 with these fields, as qwords. */
export const packed = <F extends Fields>(format: StructureDeclaration<F>, values: Partial<FieldValues<F>>): bigint[] =>
  qwordsOf(format.pack(values));

/** A field of a structure that is there, whatever has been changed in it. */
export const readAs = (field: NumberField, qwords: readonly bigint[]): number =>
  field(new Uint32Array(BigUint64Array.from(qwords).buffer));

export const bitOf = (set: boolean): number => (set ? 1 : 0);

/** Inverts one bit of a structure; a bit beyond its end counts from its beginning again. */
export const inverted =
  (bit: number) =>
  (qwords: readonly bigint[]): readonly bigint[] => {
    const place = bit % (qwords.length * 64);
    return qwords.map((qword, i) => (i === place >>> 6 ? qword ^ (1n << BigInt(place & 63)) : qword));
  };

/** The part of a word that is an address of a table below 2^46. */
export const addressIn = (word: bigint): bigint => word & 0x3fff_ffff_f000n;
