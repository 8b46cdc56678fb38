import type { Field, Range, WideField, Words } from './field.ts';
import { checkEveryBitOnce } from './structure.ts';

/** What software's reads and writes do to a field, §11.3. */
export type Attribute = 'RO' | 'ROS' | 'RW' | 'RWL' | 'RWLV' | 'RW1C' | 'RW1CS' | 'WO';

export interface RegisterFieldOptions {
  /** The value after reset: a number, or `x` where the document leaves it to the implementation. Default 0. */
  readonly reset?: number | 'x';
  /** Capabilities without which the field is reserved and zero: `ECAP_REG.DT`, joined by ` and ` or ` or `. */
  readonly requires?: string;
}

/** A field with its attribute. Call it to read the field's value from the register's words. */
export type RegisterField<F extends Field = Field> = F & {
  readonly attribute: Attribute;
  readonly reset: number | 'x';
  readonly requires?: string;
};

/** Bits that software must write as zero (`RsvdZ`) or write back (`RsvdP`); both read zero, §11.3. */
export interface ReservedBits {
  readonly attribute: 'RsvdZ' | 'RsvdP';
  readonly range: Range;
  /** What the document prints as their value after reset, where it is not zero. */
  readonly reset?: number | 'x';
}

type Wrap = <F extends Field>(field: F, options?: RegisterFieldOptions) => RegisterField<F>;

export const ro: Wrap = (field, options) => withAttribute('RO', field, options);
export const ros: Wrap = (field, options) => withAttribute('ROS', field, options);
export const rw: Wrap = (field, options) => withAttribute('RW', field, options);
export const rwl: Wrap = (field, options) => withAttribute('RWL', field, options);
export const rwlv: Wrap = (field, options) => withAttribute('RWLV', field, options);
export const rw1c: Wrap = (field, options) => withAttribute('RW1C', field, options);
export const rw1cs: Wrap = (field, options) => withAttribute('RW1CS', field, options);
export const wo: Wrap = (field, options) => withAttribute('WO', field, options);

export const rsvdz = (high: number, low = high): ReservedBits => ({ attribute: 'RsvdZ', range: [high, low] });
export const rsvdp = (high: number, low = high): ReservedBits => ({ attribute: 'RsvdP', range: [high, low] });

export type RegisterFields = Readonly<Record<string, RegisterField>>;

type Value<F> = F extends WideField ? bigint : number;

/** A value for each field: a `bigint` for the wide ones, a number for all others. */
export type RegisterValues<F extends RegisterFields> = { readonly [Name in keyof F]: Value<F[Name]> };

export interface RegisterFacts {
  /** Size in bits: 32, 64 or 128. */
  readonly width: 32 | 64 | 128;
  /** Bytes from the unit's register base, or the document's formula where a capability places it. */
  readonly offset: number | string;
  /** Capabilities without which it reads zero and ignores writes, in the form of {@link RegisterFieldOptions}. */
  readonly requires?: string;
}

export interface RegisterDeclaration<F extends RegisterFields = RegisterFields> extends RegisterFacts {
  /** The document's name, with `_REG`. */
  readonly title: string;
  /** Where it is described, as `§11.4.7.1`. */
  readonly section: string;
  readonly fields: F;
  readonly reserved: readonly ReservedBits[];
  /** Every field's value in the register's words. */
  unpack(words: Words): RegisterValues<F>;
}

/** A register. Each field is a member too: `FSTS_REG.PFO(words)`. */
export type Register<F extends RegisterFields = RegisterFields> = RegisterDeclaration<F> & F;

/**
 * Declares a register. Every bit must be a field or reserved exactly once: a gap or an overlap throws a RangeError
 * when the module is loaded.
 */
export function register<F extends RegisterFields>(
  title: string,
  section: string,
  facts: RegisterFacts,
  fields: F,
  reserved: readonly ReservedBits[] = [],
): Register<F> {
  checkEveryBitOnce(title, facts.width, [
    ...Object.entries(fields).map(([name, { high, low }]) => ({ name, high, low })),
    ...reserved.map(({ attribute, range: [high, low] }) => ({ name: attribute, high, low })),
  ]);
  const entries = Object.entries(fields);
  const unpack = (words: Words) =>
    Object.fromEntries(entries.map(([name, field]) => [name, field(words)])) as RegisterValues<F>;
  return Object.freeze({ ...fields, title, section, ...facts, fields: Object.freeze(fields), reserved, unpack });
}

function withAttribute<F extends Field>(
  attribute: Attribute,
  field: F,
  { reset = 0, requires }: RegisterFieldOptions = {},
): RegisterField<F> {
  // A fresh function object: the field that was handed in may be shared by several registers and is frozen.
  const read = (words: Words) => field(words);
  const attributes = { attribute, reset, ...(requires === undefined ? {} : { requires }) };
  return Object.freeze(Object.assign(read, field, attributes)) as unknown as RegisterField<F>;
}
