import { bit, bits, type Encodings, page } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';
import { ADDRESS_WIDTH, FAULT_PROCESSING } from './encodings.ts';

/** Memory type of a PAT index. Reserved types do not fault. */
const PAT_MEMORY_TYPE: Encodings = Object.freeze({
  0: 'UC',
  1: 'WC',
  2: 'reserved',
  3: 'reserved',
  4: 'WT',
  5: 'WP',
  6: 'WB',
  7: 'UC-',
});

/** PGTT, §9.6. The other values are reserved. */
export const PGTT = Object.freeze({ FIRST_STAGE: 0b001, SECOND_STAGE: 0b010, NESTED: 0b011, PASS_THROUGH: 0b100 });

/**
 * Scalable-Mode PASID Table Entry, §9.6. One per PASID, 512 bits. Bits 63:HAW, 191:HAW+128 and 319:HAW+256 are reserved,
 * also where the pointer below them is ignored. A missing capability reserves a field before any mode ignores it.
 */
export const PasidTableEntry = structure(
  'Scalable-Mode PASID Table Entry',
  '§9.6',
  512,
  {
    P: bit(0, 'Present'),
    /** Honoured even when P=0. */
    FPD: bit(1, 'Fault Processing Disable', FAULT_PROCESSING),
    /** Reserved if ECAP_REG.SSTS=0, else ignored if PGTT is 001b or 100b. */
    AW: bits(4, 2, 'Address Width', ADDRESS_WIDTH),
    PGTT: bits(8, 6, 'PASID Granular Translation Type', {
      0: 'reserved',
      1: 'first stage',
      2: 'second stage',
      3: 'nested',
      4: 'pass-through',
      5: 'reserved',
      6: 'reserved',
      7: 'reserved',
    }),
    /** Reserved if ECAP_REG.SSTS=0 or ECAP_REG.SSADS=0, else ignored if PGTT is 001b or 100b. */
    SSADE: bit(9, 'Second Stage Accessed and Dirty Enable', {
      0: 'A and D of second-stage entries unused',
      1: 'A and D of second-stage entries maintained',
    }),
    /** Reserved if ECAP_REG.SSTS=0, else ignored if PGTT is 001b or 100b. */
    SSPTPTR: page(63, 12, 'Second Stage Page Translation Pointer'),
    /** Bits above the domain-id width, CAP_REG.ND, are reserved. */
    DID: bits(79, 64, 'Domain Identifier'),
    /** Reserved if ECAP_REG.SMPWCS=0. */
    PWSNP: bit(87, 'Page-walk Snoop', { 0: 'table reads not snooped', 1: 'table reads snooped' }),
    /** Reserved if ECAP_REG.SC=0. */
    PGSNP: bit(88, 'Page Snoop', {
      0: 'request and leaf decide whether the page is snooped',
      1: 'accesses to the page always snooped',
    }),
    /** Reserved if ECAP_REG.MTS=0. */
    CD: bit(89, 'Cache Disable', { 0: 'caching as the memory types say', 1: 'memory type always UC' }),
    /** Reserved if ECAP_REG.MTS=0, else ignored if PGTT is 001b or 100b. */
    EMTE: bit(90, 'Extended Memory Type Enable', {
      0: 'EMT and IPAT of second-stage leaves unused',
      1: 'EMT and IPAT of second-stage leaves used',
    }),
    /** PA0 to PA7 are reserved if ECAP_REG.MTS=0. */
    PA0: bits(98, 96, 'PAT Entry 0', PAT_MEMORY_TYPE),
    PA1: bits(102, 100, 'PAT Entry 1', PAT_MEMORY_TYPE),
    PA2: bits(106, 104, 'PAT Entry 2', PAT_MEMORY_TYPE),
    PA3: bits(110, 108, 'PAT Entry 3', PAT_MEMORY_TYPE),
    PA4: bits(114, 112, 'PAT Entry 4', PAT_MEMORY_TYPE),
    PA5: bits(118, 116, 'PAT Entry 5', PAT_MEMORY_TYPE),
    PA6: bits(122, 120, 'PAT Entry 6', PAT_MEMORY_TYPE),
    PA7: bits(126, 124, 'PAT Entry 7', PAT_MEMORY_TYPE),
    /** Reserved if ECAP_REG.SRS=0. */
    SRE: bit(128, 'Supervisor Requests Enable', { 0: 'supervisor requests blocked', 1: 'supervisor requests allowed' }),
    /** Reserved if ECAP_REG.FSTS=0. No mode ignores it. */
    FSPM: bits(131, 130, 'First Stage Paging Mode', {
      0: '4-level first stage',
      1: '5-level first stage',
      2: 'reserved',
      3: 'reserved',
    }),
    /** Reserved if ECAP_REG.FSTS=0, else ignored if PGTT is 010b or 100b. User-level requests do not look at it. */
    WPE: bit(132, 'Write Protect Enable', {
      0: 'supervisor requests may write read-only pages',
      1: 'R/W binds supervisor requests too',
    }),
    /** Reserved if ECAP_REG.EAFS=0, else ignored if PGTT is 010b or 100b. */
    EAFE: bit(135, 'Extended Accessed Flag Enable', {
      0: 'EA of first-stage entries unused',
      1: 'EA of first-stage entries maintained',
    }),
    /** Reserved if ECAP_REG.FSTS=0, else ignored if PGTT is 010b or 100b. A guest address if PGTT is 011b. */
    FSPTPTR: page(191, 140, 'First Stage Page Translation Pointer'),
    /** The four HPT fields are reserved if ECAP_REG.HPTS=0, else ignored if HPTE=0 in the context entry. */
    HPTSZ: bits(257, 256, 'Host Permission Table Size', {
      0: '4 KB, addresses below 2^49',
      1: '8 KB, addresses below 2^50',
      2: '16 KB, addresses below 2^51',
      3: '32 KB, addresses below 2^52',
    }),
    HPTPFD: bit(258, 'Host Permission Table Prefetch Disable', {
      0: 'a translation request may prefetch its permission entry',
      1: 'no such prefetch',
    }),
    HPTPTR: page(319, 268, 'Host Permission Table Pointer'),
    /** Bits above the domain-id width, CAP_REG.ND, are reserved. */
    HPTDID: bits(335, 320, 'Host Permission Table Domain Identifier'),
  },
  {
    reserved: [
      [5, 5],
      [11, 10],
      [86, 80],
      [95, 91],
      // The top bit of each PAT entry: the figure draws it without a name.
      [99, 99],
      [103, 103],
      [107, 107],
      [111, 111],
      [115, 115],
      [119, 119],
      [123, 123],
      [127, 127],
      [129, 129],
      [139, 136],
      [255, 192],
      [267, 259],
      [511, 336],
    ],
    ignored: [[134, 133]],
  },
);
