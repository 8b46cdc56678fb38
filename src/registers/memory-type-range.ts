import { bit, bits, page } from '../bits/field.ts';
import { register, rsvdz, rw } from '../bits/register.ts';
import { roX } from './implementation-value.ts';

const requires = 'ECAP_REG.MTS';

const MEMORY_TYPES = { 0: 'UC', 1: 'WC', 4: 'WT', 5: 'WP', 6: 'WB' };

const memoryType = (high: number, low: number, title: string) => rw(bits(high, low, title, MEMORY_TYPES));

/** MTRR Capability Register, §11.4.12.1. Bit 9 prints X and reads 0 like the rest. */
export const MTRRCAP_REG = register(
  'MTRRCAP_REG',
  '§11.4.12.1',
  { width: 64, offset: 0x100, requires },
  {
    VCNT: roX(bits(7, 0, 'Variable Range Count')),
    FIX: roX(bit(8, 'Fixed Range MTRRs')),
    WC: roX(bit(10, 'Write Combining')),
  },
  [{ ...rsvdz(9), reset: 'x' }, rsvdz(63, 11)],
);

/** MTRR Default Type Register, §11.4.12.2. */
export const MTRRDEF_REG = register(
  'MTRRDEF_REG',
  '§11.4.12.2',
  { width: 64, offset: 0x108, requires },
  {
    TYPE: memoryType(7, 0, 'Default Memory Type'),
    FE: rw(bit(10, 'Fixed Range MTRR Enable')),
    E: rw(bit(11, 'MTRR Enable')),
  },
  [rsvdz(9, 8), rsvdz(63, 12)],
);

/** The fixed-range registers, §11.4.12.3: a memory type for each of eight ranges, R0 that of the lowest addresses. */
const fixedRanges = (title: string, offset: number) =>
  register(
    title,
    '§11.4.12.3',
    { width: 64, offset, requires },
    {
      R0: memoryType(7, 0, 'Type of range 0'),
      R1: memoryType(15, 8, 'Type of range 1'),
      R2: memoryType(23, 16, 'Type of range 2'),
      R3: memoryType(31, 24, 'Type of range 3'),
      R4: memoryType(39, 32, 'Type of range 4'),
      R5: memoryType(47, 40, 'Type of range 5'),
      R6: memoryType(55, 48, 'Type of range 6'),
      R7: memoryType(63, 56, 'Type of range 7'),
    },
  );

export const MTRR_FIX64K_00000_REG = fixedRanges('MTRR_FIX64K_00000_REG', 0x120);
export const MTRR_FIX16K_80000_REG = fixedRanges('MTRR_FIX16K_80000_REG', 0x128);
export const MTRR_FIX16K_A0000_REG = fixedRanges('MTRR_FIX16K_A0000_REG', 0x130);
export const MTRR_FIX4K_C0000_REG = fixedRanges('MTRR_FIX4K_C0000_REG', 0x138);
export const MTRR_FIX4K_C8000_REG = fixedRanges('MTRR_FIX4K_C8000_REG', 0x140);
export const MTRR_FIX4K_D0000_REG = fixedRanges('MTRR_FIX4K_D0000_REG', 0x148);
export const MTRR_FIX4K_D8000_REG = fixedRanges('MTRR_FIX4K_D8000_REG', 0x150);
export const MTRR_FIX4K_E0000_REG = fixedRanges('MTRR_FIX4K_E0000_REG', 0x158);
export const MTRR_FIX4K_E8000_REG = fixedRanges('MTRR_FIX4K_E8000_REG', 0x160);
export const MTRR_FIX4K_F0000_REG = fixedRanges('MTRR_FIX4K_F0000_REG', 0x168);
export const MTRR_FIX4K_F8000_REG = fixedRanges('MTRR_FIX4K_F8000_REG', 0x170);

/** Variable-range base registers, §11.4.12.4: i = 0 to 9. Bits 63:HAW are reserved. */
export const MTRR_PHYSBASE_REG = register(
  'MTRR_PHYSBASE_REG',
  '§11.4.12.4',
  { width: 64, offset: '0x180 + 0x10 * i', requires },
  {
    TYPE: memoryType(7, 0, 'Memory Type'),
    PHYSBASE: rw(page(63, 12, 'Physical Base')),
  },
  [rsvdz(11, 8)],
);

/** Variable-range mask registers, §11.4.12.4: i = 0 to 9. Bits 63:HAW are reserved. */
export const MTRR_PHYSMASK_REG = register(
  'MTRR_PHYSMASK_REG',
  '§11.4.12.4',
  { width: 64, offset: '0x188 + 0x10 * i', requires },
  {
    V: rw(bit(11, 'Valid')),
    PHYSMASK: rw(page(63, 12, 'Physical Mask')),
  },
  [rsvdz(10, 0)],
);
