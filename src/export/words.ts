import { hex } from '../bits/hex.ts';
import type { Layout, LayoutField } from './layouts.ts';

/** A layout in one line of a comment: its name, section and size, and of a register where it stands. */
export function layoutText({ title, section, width, offset, requires }: Layout): string {
  const place = offset === undefined ? '' : typeof offset === 'number' ? `, at ${hex(offset)}` : `, at ${offset}`;
  const need = requires === undefined ? '' : `, needs ${requires}`;
  return `${title}, ${section}: ${width} bits${place}${need}`;
}

/** A field in one line of a comment: its bits and name, and what its values mean. */
export function fieldText({ name, high, low, kind, title, encodings, attribute, requires }: LayoutField): string {
  const bits = high === low ? `bit ${high}` : `bits ${high}:${low}`;
  const known = Object.entries(encodings ?? {}).map(([value, meaning]) => `${value}: ${meaning}`);
  return [
    `${name}, ${bits}: ${title}`,
    ...(kind === 'page' ? ['bits 63:12 of an address'] : []),
    ...(attribute === undefined ? [] : [attribute]),
    ...(requires === undefined ? [] : [`needs ${requires}`]),
    ...(known.length === 0 ? [] : [known.join(', ')]),
  ].join('; ');
}

/** What stands at the top of each file. */
export const ABOUT = 'Layouts of Intel VT-d, from the declarations of vtd-model. Written by vtd export; do not edit.';
