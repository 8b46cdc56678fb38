import { bit, bits, page } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';
import { ADDRESS_WIDTH, FAULT_PROCESSING } from './encodings.ts';

/** Context Entry, §9.3. Legacy mode; one per device and function, 128 bits. Bits 63:HAW are reserved. */
export const ContextEntry = structure(
  'Context Entry',
  '§9.3',
  128,
  {
    P: bit(0, 'Present'),
    /** Honoured even when P=0. */
    FPD: bit(1, 'Fault Processing Disable', FAULT_PROCESSING),
    TT: bits(3, 2, 'Translation Type', {
      0: 'second stage; translation and translated requests blocked',
      1: 'second stage; translation and translated requests allowed',
      2: 'pass-through; translation and translated requests blocked',
      3: 'reserved',
    }),
    SSPTPTR: page(63, 12, 'Second Stage Page Translation Pointer'),
    AW: bits(66, 64, 'Address Width', ADDRESS_WIDTH),
    /** Bits above the domain-id width, CAP_REG.ND, are reserved. */
    DID: bits(87, 72, 'Domain Identifier'),
  },
  {
    reserved: [
      [11, 4],
      [71, 71],
      [127, 88],
    ],
    ignored: [[70, 67]],
  },
);
