import type { Range } from '../bits/field.ts';
import { REGISTERS } from '../registers/all.ts';
import { STRUCTURES } from '../structures/index.ts';

/** A field as programs reach it: it lies within one word. */
export interface LayoutField {
  /** The document's name, and the same as an identifier in capitals. */
  readonly name: string;
  readonly identifier: string;
  readonly high: number;
  readonly low: number;
  /** Which word, and the lowest bit in it. */
  readonly word: number;
  readonly shift: number;
  /** Ones where the field is, in its word. */
  readonly mask: bigint;
  /** `page`: bits 63:12 of an address, so that the value is a page number. */
  readonly kind: 'bits' | 'page' | 'wide';
  readonly title: string;
  readonly encodings?: Readonly<Record<number, string>>;
  /** Of a register: what reads and writes do, §11.3; its value after reset; what it needs. */
  readonly attribute?: string;
  readonly reset?: number | 'x';
  readonly requires?: string;
}

/** A structure of chapter 9, a descriptor, or a register of chapter 11, in words of 64 bits; of 32 if it has no more. */
export interface Layout {
  readonly kind: 'structure' | 'register';
  /** By which it is known: `context-entry`, `FSTS_REG`. */
  readonly id: string;
  /** The same in capitals, with underscores. */
  readonly identifier: string;
  readonly title: string;
  readonly section: string;
  /** In bits. */
  readonly width: number;
  /** Of a register: bytes from the unit's base, or the document's formula. */
  readonly offset?: number | string;
  readonly requires?: string;
  readonly fields: readonly LayoutField[];
  /** By word: ones where bits are reserved in every unit. */
  readonly reserved: readonly bigint[];
}

/** Bits of a word of a layout this wide. */
const wordBits = (width: number): number => Math.min(width, 64);

type Declared = Omit<LayoutField, 'name' | 'identifier' | 'word' | 'shift' | 'mask'>;

function fieldsOf(fields: Readonly<Record<string, Declared>>, width: number): readonly LayoutField[] {
  return Object.entries(fields).flatMap(([name, field]) => partsOf(name, field, wordBits(width)));
}

/** A field in its word; one across several words, as PIR, is a field in each of them. */
function partsOf(name: string, { high, low, ...rest }: Declared, bits: number): readonly LayoutField[] {
  const first = Math.floor(low / bits);
  const { kind, title, encodings, attribute, reset, requires } = rest;
  return Array.from({ length: Math.floor(high / bits) - first + 1 }, (_, n): LayoutField => {
    const word = first + n;
    const part = [Math.min(high, (word + 1) * bits - 1), Math.max(low, word * bits)] as const;
    const whole = part[0] === high && part[1] === low;
    return {
      name: whole ? name : `${name}[${part[0] - low}:${part[1] - low}]`,
      identifier: whole ? identifierOf(name) : `${identifierOf(name)}_${n}`,
      ...{ high: part[0], low: part[1], word, shift: part[1] - word * bits, kind, title },
      mask: onesIn([part[0] - word * bits, part[1] - word * bits]),
      ...(encodings === undefined ? {} : { encodings }),
      ...(attribute === undefined ? {} : { attribute }),
      ...(reset === undefined ? {} : { reset }),
      ...(requires === undefined ? {} : { requires }),
    };
  });
}

function masksOf(ranges: readonly Range[], width: number): readonly bigint[] {
  const bits = wordBits(width);
  const all = ranges.reduce((mask, range) => mask | onesIn(range), 0n);
  return Array.from({ length: width / bits }, (_, n) => (all >> BigInt(n * bits)) & onesIn([bits - 1, 0]));
}

const onesIn = ([high, low]: Range): bigint => ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);

/** `context-entry`, `R/W` and `Type[3:0]` as CONTEXT_ENTRY, R_W and TYPE_3_0. */
function identifierOf(name: string): string {
  return name
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replace(/_$/, '')
    .toUpperCase();
}

/** Every structure in the order of chapter 9, then every register in that of chapter 11. */
export const LAYOUTS: readonly Layout[] = Object.freeze([
  ...Object.entries(STRUCTURES).map(([id, { title, section, width, fields, reserved }]) => {
    const shown = { kind: 'structure', id, identifier: identifierOf(id), title, section, width } as const;
    return { ...shown, fields: fieldsOf(fields, width), reserved: masksOf(reserved, width) };
  }),
  ...Object.entries(REGISTERS).map(([id, { title, section, width, offset, requires, fields, reserved }]) => ({
    kind: 'register' as const,
    ...{ id, identifier: identifierOf(id), title, section, width, offset },
    ...(requires === undefined ? {} : { requires }),
    fields: fieldsOf(fields, width),
    reserved: masksOf(
      reserved.map(({ range }) => range),
      width,
    ),
  })),
]);
