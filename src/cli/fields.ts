import type { Encodings, Field, Words } from '../bits/field.ts';
import { addressOf } from '../bits/page-number.ts';
import { hexadecimal } from '../images/hexadecimal.ts';

/** A field of an entry as it is shown. */
export interface ShownField {
  readonly name: string;
  readonly bits: string;
  readonly title: string;
  readonly value: bigint;
  /** The value as people write it: an address, or a number in the base that suits its width. */
  readonly text: string;
  /** What the document says about this value, if it encodes something. */
  readonly meaning: string | undefined;
}

/** The fields of an entry, the highest first. */
export function shownFields(fields: Readonly<Record<string, Field>>, words: Words): ShownField[] {
  return Object.entries(fields)
    .map(([name, field]) => shownField(name, field, words))
    .sort((a, b) => highOf(b) - highOf(a));
}

export const rangeText = (high: number, low: number): string => (high === low ? `${high}` : `${high}:${low}`);

function shownField(name: string, field: Field, words: Words): ShownField {
  const { high, low, title } = field;
  const value = BigInt(field(words));
  const encodings: Encodings | undefined = field.encodings;
  const meaning = encodings?.[Number(value)];
  return { name, bits: rangeText(high, low), title, value, text: valueText(name, field, value), meaning };
}

function valueText(name: string, { kind, high, low }: Field, value: bigint): string {
  if (kind === 'page') return hexadecimal(addressOf(Number(value)));
  // The address of a large page has fewer bits than a page number.
  if (name === 'ADDR') return hexadecimal(value << BigInt(low));
  const width = high - low + 1;
  if (width <= 3) return value.toString(2).padStart(width, '0') + (width === 1 ? '' : 'b');
  return value < 10n ? value.toString() : hexadecimal(value);
}

const highOf = ({ bits }: ShownField): number => Number(bits.split(':')[0]);
