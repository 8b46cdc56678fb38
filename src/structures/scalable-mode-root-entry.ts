import { bit, page } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';

/**
 * Scalable-Mode Root Entry, §9.2. One per bus, 128 bits: the lower half serves devices 0 to 15, the upper half 16 to 31.
 * Bits 63:HAW and 127:HAW+64 are reserved. A half that is not present means nothing in its other 63 bits, reserved ones
 * included.
 */
export const ScalableModeRootEntry = structure(
  'Scalable-Mode Root Entry',
  '§9.2',
  128,
  {
    LP: bit(0, 'Lower Present'),
    LCTP: page(63, 12, 'Lower Context-table Pointer'),
    UP: bit(64, 'Upper Present'),
    UCTP: page(127, 76, 'Upper Context-table Pointer'),
  },
  {
    reserved: [
      [11, 1],
      [75, 65],
    ],
  },
);
