import { bit, type NumberField, page, type Range } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';
import { READ_PERMISSION, WRITE_PERMISSION } from './encodings.ts';

/** What an entry permits for one page. */
export interface PagePermission {
  readonly R: NumberField;
  readonly W: NumberField;
}

/** PP0 to PP31, Table 48, by number: PPi is bits 4i+3:4i. An HPTL3E has the first 8, an HPTL2E 16, an HPTL1E all. */
export const PAGE_PERMISSIONS: readonly PagePermission[] = Object.freeze(
  Array.from({ length: 32 }, (_, i) =>
    Object.freeze({
      R: bit(4 * i, `PP${i} Read`, READ_PERMISSION),
      W: bit(4 * i + 1, `PP${i} Write`, WRITE_PERMISSION),
    }),
  ),
);

type PermissionFields<I extends number> = Readonly<Record<`PP${I}.R` | `PP${I}.W`, NumberField>>;

/** PPi under the names of its two fields. An overload, because the names are only known for a literal `i`. */
function permission<I extends number>(i: I): PermissionFields<I>;
function permission(i: number): Readonly<Record<string, NumberField>> {
  const { R, W } = PAGE_PERMISSIONS[i]!;
  return { [`PP${i}.R`]: R, [`PP${i}.W`]: W };
}

/** The upper two bits of PP0 to PP(`count` - 1). */
const reservedOfPermissions = (count: number): readonly Range[] =>
  Array.from({ length: count }, (_, i): Range => [4 * i + 3, 4 * i + 2]);

/** In an HPTL3E, an HPTL2E and an HPTL1E. */
const PP0_TO_PP7 = {
  ...permission(0),
  ...permission(1),
  ...permission(2),
  ...permission(3),
  ...permission(4),
  ...permission(5),
  ...permission(6),
  ...permission(7),
};

/** In an HPTL2E and an HPTL1E. */
const PP8_TO_PP15 = {
  ...permission(8),
  ...permission(9),
  ...permission(10),
  ...permission(11),
  ...permission(12),
  ...permission(13),
  ...permission(14),
  ...permission(15),
};

/** In an HPTL1E. */
const PP16_TO_PP31 = {
  ...permission(16),
  ...permission(17),
  ...permission(18),
  ...permission(19),
  ...permission(20),
  ...permission(21),
  ...permission(22),
  ...permission(23),
  ...permission(24),
  ...permission(25),
  ...permission(26),
  ...permission(27),
  ...permission(28),
  ...permission(29),
  ...permission(30),
  ...permission(31),
};

/** In an HPTL4E, an HPTL3E and an HPTL2E. Bits 115:HAW+64 are reserved, also where Address is ignored. */
const NEXT_TABLE = {
  AV: bit(64, 'Address Valid', { 0: 'no next table', 1: 'Address points to the next table' }),
  /** Bits 51:12 of the address. Ignored if AV=0. */
  Address: page(115, 76, 'Address'),
};

/** Host permission table entry of level 4, §9.12.1. 128 bits. */
export const HptL4Entry = structure('HPTL4E', '§9.12.1', 128, NEXT_TABLE, {
  reserved: [
    [63, 0],
    [75, 65],
  ],
  ignored: [[127, 116]],
});

/** Host permission table entry of level 3, §9.12.2. 128 bits; 8 pages of 1 GB. Bits 31:0 are reserved if ECAP_REG.HPT1GPS=0. */
export const HptL3Entry = structure(
  'HPTL3E',
  '§9.12.2',
  128,
  { ...PP0_TO_PP7, ...NEXT_TABLE },
  {
    reserved: [...reservedOfPermissions(8), [63, 32], [75, 65]],
    ignored: [[127, 116]],
  },
);

/** Host permission table entry of level 2, §9.12.3. 128 bits; 16 pages of 2 MB. */
export const HptL2Entry = structure(
  'HPTL2E',
  '§9.12.3',
  128,
  { ...PP0_TO_PP7, ...PP8_TO_PP15, ...NEXT_TABLE },
  {
    reserved: [...reservedOfPermissions(16), [75, 65]],
    ignored: [[127, 116]],
  },
);

/** Host permission table entry of level 1, §9.12.4. 128 bits; 32 pages of 4 KB. */
export const HptL1Entry = structure(
  'HPTL1E',
  '§9.12.4',
  128,
  { ...PP0_TO_PP7, ...PP8_TO_PP15, ...PP16_TO_PP31 },
  { reserved: reservedOfPermissions(32) },
);
