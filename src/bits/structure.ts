import type { Field, Range, WideField, Words } from './field.ts';

/** Fields by the mnemonic that the document gives them. */
export type Fields = Readonly<Record<string, Field>>;

/** A value for each field: a `bigint` for the wide ones, a number for all others. */
export type FieldValues<F extends Fields> = { [Name in keyof F]: F[Name] extends WideField ? bigint : number };

/** The bits that are not fields. What is reserved only under some condition is a field, or belongs to an algorithm. */
export interface OtherBits {
  readonly reserved?: readonly Range[];
  readonly ignored?: readonly Range[];
}

export interface StructureDeclaration<F extends Fields = Fields> {
  /** The document's name. */
  readonly title: string;
  /** Where it is laid out, as `§9.3`. */
  readonly section: string;
  /** Its size in bits. */
  readonly width: number;
  readonly fields: F;
  readonly reserved: readonly Range[];
  readonly ignored: readonly Range[];
  /** Ones where a bit is reserved whatever the configuration is. */
  readonly reservedMask: Words;
  /** Words with these fields and zero elsewhere. Throws a RangeError if a value does not fit its field. */
  pack(values: Partial<FieldValues<F>>): Words;
  /** Every field's value. */
  unpack(words: Words): FieldValues<F>;
}

/** A layout. Each field is a member too: `ContextEntry.TT(words)`. */
export type Structure<F extends Fields = Fields> = StructureDeclaration<F> & F;

/**
 * Declares a layout. Every bit must be a field, reserved or ignored exactly once: a gap or an overlap throws a
 * RangeError when the module is loaded.
 */
export function structure<F extends Fields>(
  title: string,
  section: string,
  width: number,
  fields: F,
  { reserved = [], ignored = [] }: OtherBits = {},
): Structure<F> {
  checkEveryBitOnce(title, width, [
    ...Object.entries(fields).map(([name, { high, low }]) => ({ name, high, low })),
    ...reserved.map(([high, low]) => ({ name: 'reserved', high, low })),
    ...ignored.map(([high, low]) => ({ name: 'ignored', high, low })),
  ]);
  const entries = Object.entries(fields);
  const pack = (values: Partial<FieldValues<F>>): Words => {
    const words = new Uint32Array(width / 32);
    for (const [name, value] of Object.entries(values)) {
      const field = fields[name];
      if (field === undefined) throw new RangeError(`${title} has no field ${name}`);
      if (value !== undefined) (field.put as (words: Words, value: unknown) => void)(words, value);
    }
    return words;
  };
  const unpack = (words: Words): FieldValues<F> =>
    Object.fromEntries(entries.map(([name, field]) => [name, field(words)])) as FieldValues<F>;
  const facts: StructureDeclaration<F> = {
    title,
    section,
    width,
    fields: Object.freeze(fields),
    reserved,
    ignored,
    reservedMask: maskOf(width, reserved),
    pack,
    unpack,
  };
  return Object.freeze({ ...fields, ...facts });
}

/** Words of `width` bits with ones in the given ranges. */
export function maskOf(width: number, ranges: readonly Range[]): Words {
  const words = new Uint32Array(width / 32);
  for (const [high, low] of ranges) {
    for (let position = low; position <= high; position++) words[position >>> 5]! |= 1 << (position & 31);
  }
  return words;
}

/** Throws a RangeError unless the rows cover bits 0 to `width` - 1 exactly once. */
export function checkEveryBitOnce(
  title: string,
  width: number,
  rows: readonly { readonly name: string; readonly high: number; readonly low: number }[],
): void {
  const owner = new Array<string | undefined>(width).fill(undefined);
  for (const { name, high, low } of rows) {
    for (let position = low; position <= high; position++) {
      if (position >= width) throw new RangeError(`${title}: ${name} has bit ${position} of ${width}`);
      if (owner[position] !== undefined) {
        throw new RangeError(`${title}: bit ${position} is both ${owner[position]} and ${name}`);
      }
      owner[position] = name;
    }
  }
  const gap = owner.indexOf(undefined);
  if (gap >= 0) throw new RangeError(`${title}: bit ${gap} is neither a field, reserved nor ignored`);
}
