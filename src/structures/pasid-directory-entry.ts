import { bit, page } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';
import { FAULT_PROCESSING } from './encodings.ts';

/** Scalable-Mode PASID Directory Entry, §9.5. One per 64 PASIDs, 64 bits. Bits 63:HAW are reserved. */
export const PasidDirectoryEntry = structure(
  'Scalable-Mode PASID Directory Entry',
  '§9.5',
  64,
  {
    P: bit(0, 'Present'),
    /** Honoured even when P=0. */
    FPD: bit(1, 'Fault Processing Disable', FAULT_PROCESSING),
    SMPTBLPTR: page(63, 12, 'Scalable-Mode PASID Table Pointer'),
  },
  { reserved: [[11, 2]] },
);
