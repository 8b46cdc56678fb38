import type { Field, Range, Words } from '../bits/field.ts';
import { maskOf } from '../bits/structure.ts';
import { InputError, quoted } from '../images/input-error.ts';
import { REGISTERS } from '../registers/all.ts';
import { STRUCTURES } from '../structures/index.ts';
import { nearest } from './arguments.ts';

/** A structure or a register, as `vtd decode` needs it. */
export interface Declaration {
  /** What it is called on the command line. */
  readonly id: string;
  readonly title: string;
  readonly section: string;
  readonly width: number;
  readonly fields: Readonly<Record<string, Field & { readonly requires?: string; readonly attribute?: string }>>;
  readonly reserved: readonly { readonly range: Range; readonly attribute: string }[];
  readonly ignored: readonly Range[];
}

/** Everything that can be decoded: structures in the order of chapter 9, then registers in that of chapter 11. */
export const DECLARATIONS: readonly Declaration[] = [
  ...Object.entries(STRUCTURES).map(([id, { title, section, width, fields, reserved, ignored }]) => {
    const ranges = reserved.map((range) => ({ range, attribute: 'reserved' }));
    return { id, title, section, width, fields, reserved: ranges, ignored };
  }),
  ...Object.entries(REGISTERS).map(([id, { title, section, width, fields, reserved }]) => {
    return { id, title, section, width, fields, reserved, ignored: [] };
  }),
];

/**
 * The declaration of a name: that of a structure or a register in any case, a register also without `_REG` and with an
 * index. Throws an InputError that suggests a name.
 */
export function findDeclaration(name: string): Declaration {
  const wanted = name.toLowerCase().replace(/\[\d{1,3}\]$/, '');
  const names = [wanted, `${wanted}_reg`, wanted.replaceAll('_', '-').replaceAll(' ', '-')];
  const found = DECLARATIONS.find(
    ({ id, title }) => names.includes(id.toLowerCase()) || title.toLowerCase() === wanted,
  );
  if (found !== undefined) return found;
  const near = nearest(
    wanted,
    DECLARATIONS.map(({ id }) => id),
  );
  const suggestion = near === undefined ? 'vtd decode --list names them all' : `did you mean ${near}?`;
  throw new InputError(`there is no structure or register ${quoted(name)}; ${suggestion}`);
}

/** The bits that are reserved in every unit. */
export const layoutMask = ({ width, reserved }: Declaration): Words =>
  maskOf(
    width,
    reserved.map(({ range }) => range),
  );
