import { bit, bits, type Encodings, page, type Range } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';
import { MAPS_PAGE, POINTS_TO_TABLE, READ_PERMISSION, WRITE_PERMISSION } from './encodings.ts';

/*
 * Second-stage paging entries, §9.8, Tables 41 to 47: 64 bits each, bits 51:HAW reserved. There is no present bit: an entry
 * without read and write permission is absent. SSIRWE is RTADDR_REG.SSIRWE as the last SRTP latched it. What the formats
 * have in common is said once here.
 */

/** Reserved types do not fault. */
const EXTENDED_MEMORY_TYPE: Encodings = Object.freeze({
  0: 'UC',
  1: 'WC',
  2: 'reserved',
  3: 'reserved',
  4: 'WT',
  5: 'WP',
  6: 'WB',
  7: 'reserved',
});

/** In every entry. */
const PERMISSIONS = {
  /** Ignored if SSIRWE=1. */
  R: bit(0, 'Read', READ_PERMISSION),
  /** Ignored if SSIRWE=1. */
  W: bit(1, 'Write', WRITE_PERMISSION),
  /** Ignored if SSIRWE=0. */
  IR: bit(61, 'Read under SSIRWE', READ_PERMISSION),
  /** Reserved if SSIRWE=0. */
  IW: bit(62, 'Write under SSIRWE', WRITE_PERMISSION),
};

/** In every entry; ignored if SSADE=0 and in legacy mode. */
const ACCESSED = bit(8, 'Accessed');

/** In every entry that maps a page. */
const OF_PAGE = {
  /** EMT and IPAT are ignored if EMTE=0 or ECAP_REG.MTS=0 and in legacy mode. EMT is used if PGTT is 010b or 011b. */
  EMT: bits(5, 3, 'Extended Memory Type', EXTENDED_MEMORY_TYPE),
  /** Used if PGTT is 011b. */
  IPAT: bit(6, 'Ignore PAT', { 0: 'PAT has a part in the memory type', 1: 'PAT has none' }),
  /** Ignored if SSADE=0 and in legacy mode. */
  D: bit(9, 'Dirty'),
  /** Reserved if ECAP_REG.SC=0. */
  SNP: bit(11, 'Snoop', { 0: 'as the request asks', 1: 'accesses to the page snooped' }),
};

const ADDRESS = page(51, 12, 'Address');

const MAPS_LARGE_PAGE = bit(7, 'Page Size', MAPS_PAGE);
const NEXT_TABLE = bit(7, 'Page Size', POINTS_TO_TABLE);

/** Ignored in entries that point to a table. */
const IGNORED_IN_TABLE: readonly Range[] = [
  [6, 2],
  [10, 9],
  [60, 52],
  [63, 63],
];

/** Ignored in entries that map a page. */
const IGNORED_IN_PAGE: readonly Range[] = [
  [2, 2],
  [10, 10],
  [60, 52],
  [63, 63],
];

/** SS-PML5E, Table 41: points to an SS-PML4 table. */
export const SsPml5Entry = structure(
  'SS-PML5E',
  '§9.8',
  64,
  { ...PERMISSIONS, A: ACCESSED, ADDR: ADDRESS },
  {
    reserved: [
      [7, 7],
      [11, 11],
    ],
    ignored: IGNORED_IN_TABLE,
  },
);

/** SS-PML4E, Table 42: points to an SS-PDP table. */
export const SsPml4Entry = structure(
  'SS-PML4E',
  '§9.8',
  64,
  { ...PERMISSIONS, A: ACCESSED, ADDR: ADDRESS },
  {
    reserved: [
      [7, 7],
      [11, 11],
    ],
    ignored: IGNORED_IN_TABLE,
  },
);

/** SS-PDPE, Table 43: maps a 1 GB page. */
export const SsPdpEntry1G = structure(
  'SS-PDPE (1 GB page)',
  '§9.8',
  64,
  {
    ...PERMISSIONS,
    ...OF_PAGE,
    /** Reserved if bit 1 of CAP_REG.SSLPS is 0. */
    PS: MAPS_LARGE_PAGE,
    A: ACCESSED,
    ADDR: bits(51, 30, 'Address'),
  },
  { reserved: [[29, 12]], ignored: IGNORED_IN_PAGE },
);

/** SS-PDPE, Table 44: points to an SS page directory. */
export const SsPdpEntry = structure(
  'SS-PDPE (next table)',
  '§9.8',
  64,
  { ...PERMISSIONS, PS: NEXT_TABLE, A: ACCESSED, ADDR: ADDRESS },
  { reserved: [[11, 11]], ignored: IGNORED_IN_TABLE },
);

/** SS-PDE, Table 45: maps a 2 MB page. */
export const SsPdEntry2M = structure(
  'SS-PDE (2 MB page)',
  '§9.8',
  64,
  {
    ...PERMISSIONS,
    ...OF_PAGE,
    /** Reserved if bit 0 of CAP_REG.SSLPS is 0. */
    PS: MAPS_LARGE_PAGE,
    A: ACCESSED,
    ADDR: bits(51, 21, 'Address'),
  },
  { reserved: [[20, 12]], ignored: IGNORED_IN_PAGE },
);

/** SS-PDE, Table 46: points to an SS page table. */
export const SsPdEntry = structure(
  'SS-PDE (next table)',
  '§9.8',
  64,
  { ...PERMISSIONS, PS: NEXT_TABLE, A: ACCESSED, ADDR: ADDRESS },
  { reserved: [[11, 11]], ignored: IGNORED_IN_TABLE },
);

/** SS-PTE, Table 47: maps a 4 KB page. */
export const SsPtEntry = structure(
  'SS-PTE',
  '§9.8',
  64,
  { ...PERMISSIONS, ...OF_PAGE, A: ACCESSED, ADDR: ADDRESS },
  { ignored: [...IGNORED_IN_PAGE, [7, 7]] },
);

/**
 * A second-stage entry of any level. The level and PS decide the format, and PS is in the entry: a walk needs names for the
 * bits before it knows the format. Nothing is reserved here, since what is depends on the format; a field means something
 * only where the format has it. ADDR reaches down to bit 12, which a large page reserves.
 */
export const SecondStageEntry = structure(
  'Second-Stage Paging Entry',
  '§9.8',
  64,
  { ...PERMISSIONS, ...OF_PAGE, PS: bit(7, 'Page Size'), A: ACCESSED, ADDR: ADDRESS },
  { ignored: IGNORED_IN_PAGE },
);
