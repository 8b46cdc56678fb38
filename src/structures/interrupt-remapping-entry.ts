import { bit, bits } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';
import { FAULT_PROCESSING } from './encodings.ts';

/** In both formats. */
const PRESENCE = {
  P: bit(0, 'Present'),
  /** Honoured even when P=0. */
  FPD: bit(1, 'Fault Processing Disable', FAULT_PROCESSING),
};

/** Source Validation Type, §9.9. */
export const SVT = Object.freeze({ ANY: 0b00, SOURCE_ID: 0b01, BUS_RANGE: 0b10, RESERVED: 0b11 });

/** In both formats. */
const SOURCE = {
  /** Used if SVT is 01b, a requester-id, or 10b, the first and the last bus. */
  SID: bits(79, 64, 'Source Identifier'),
  /** Used if SVT is 01b. */
  SQ: bits(81, 80, 'Source-id Qualifier', {
    0: 'all 16 bits compared',
    1: 'bit 2 not compared',
    2: 'bits 2:1 not compared',
    3: 'bits 2:0 not compared',
  }),
  SVT: bits(83, 82, 'Source Validation Type', {
    0: 'any source',
    1: 'source-id equal to SID under SQ',
    2: 'bus from SID[15:8] to SID[7:0]',
    3: 'reserved',
  }),
};

/** Interrupt Remapping Table Entry, §9.9, remapped format (IM=0). One per interrupt index, 128 bits. */
export const InterruptRemappingEntry = structure(
  'Interrupt Remapping Table Entry (remapped)',
  '§9.9',
  128,
  {
    ...PRESENCE,
    DM: bit(2, 'Destination Mode', { 0: 'physical', 1: 'logical' }),
    RH: bit(3, 'Redirection Hint', {
      0: 'to the processor in DST',
      1: 'to one of the processors in DST',
    }),
    TM: bit(4, 'Trigger Mode', { 0: 'edge', 1: 'level' }),
    DLM: bits(7, 5, 'Delivery Mode', {
      0: 'Fixed',
      1: 'Lowest Priority',
      2: 'SMI',
      3: 'reserved',
      4: 'NMI',
      5: 'INIT',
      6: 'reserved',
      7: 'ExtINT',
    }),
    IM: bit(15, 'IRTE Mode', { 0: 'remapped' }),
    V: bits(23, 16, 'Vector'),
    /** If EIME=0, bits 47:40 are the APIC id and 63:48 and 39:32 are reserved. */
    DST: bits(63, 32, 'Destination Identifier'),
    ...SOURCE,
  },
  {
    reserved: [
      [14, 12],
      [31, 24],
      [127, 84],
    ],
    // Available to software.
    ignored: [[11, 8]],
  },
);

/**
 * Interrupt Remapping Table Entry, §9.10, posted format (IM=1). One per interrupt index, 128 bits. Bits 127:HAW+64 are
 * reserved.
 */
export const PostedInterruptRemappingEntry = structure(
  'Interrupt Remapping Table Entry (posted)',
  '§9.10',
  128,
  {
    ...PRESENCE,
    /** Reserved if CAP_REG.PI=0. */
    URG: bit(14, 'Urgent', { 0: 'not urgent', 1: 'notifies although SN=1' }),
    /** Reserved if CAP_REG.PI=0. */
    IM: bit(15, 'IRTE Mode', { 1: 'posted' }),
    VV: bits(23, 16, 'Virtual Vector'),
    /** Bits 31:6 of the address: the descriptor is 64-byte aligned. */
    PDAL: bits(63, 38, 'Posted Descriptor Address Low'),
    ...SOURCE,
    /** Bits 63:32 of the address. */
    PDAH: bits(127, 96, 'Posted Descriptor Address High'),
  },
  {
    reserved: [
      [7, 2],
      [13, 12],
      [37, 24],
      [95, 84],
    ],
    // Available to software.
    ignored: [[11, 8]],
  },
);
