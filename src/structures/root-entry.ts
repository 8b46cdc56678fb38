import { bit, page } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';

/** Root Entry, §9.1. Legacy mode; one per bus, 128 bits. Bits 63:HAW are reserved. */
export const RootEntry = structure(
  'Root Entry',
  '§9.1',
  128,
  {
    P: bit(0, 'Present'),
    CTP: page(63, 12, 'Context-table Pointer'),
  },
  {
    reserved: [
      [11, 1],
      [127, 64],
    ],
  },
);
