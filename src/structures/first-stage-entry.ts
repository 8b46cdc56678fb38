import { bit, bits, page, type Range } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';
import { MAPS_PAGE, POINTS_TO_TABLE } from './encodings.ts';

/*
 * First-stage paging entries, §9.7, Tables 34 to 40: 64 bits each, bits 51:HAW reserved. ADDR is a guest address if PGTT is
 * 011b. What the formats have in common is said once here.
 */

/** In every entry. */
const PERMISSIONS = {
  P: bit(0, 'Present'),
  /** Supervisor requests are bound by it only if WPE=1. */
  'R/W': bit(1, 'Read/Write', { 0: 'no writes', 1: 'writes allowed' }),
  'U/S': bit(2, 'User/Supervisor', { 0: 'no user-level requests', 1: 'user-level requests allowed' }),
};

/** In every entry. */
const ACCESSED = {
  A: bit(5, 'Accessed'),
  /** Ignored if EAFE=0. */
  EA: bit(10, 'Extended Accessed'),
};

/** In every entry that maps a page; ignored if ECAP_REG.MTS=0 or the device is outside the coherency domain. */
const CACHING = {
  PWT: bit(3, 'Page-level Write-Through'),
  PCD: bit(4, 'Page-level Cache Disable'),
};

/** In every entry that maps a page. */
const DIRTY = bit(6, 'Dirty');

/** Index bit of the PAT in a page of 2 MB or 1 GB; ignored where PWT and PCD are. */
const PAT_OF_LARGE_PAGE = bit(12, 'Page Attribute Table');

const ADDRESS = page(51, 12, 'Address');

const MAPS_LARGE_PAGE = bit(7, 'Page Size', MAPS_PAGE);
const NEXT_TABLE = bit(7, 'Page Size', POINTS_TO_TABLE);

/** Ignored in entries that point to a table. */
const IGNORED_IN_TABLE: readonly Range[] = [
  [4, 3],
  [6, 6],
  [9, 8],
  [11, 11],
  [63, 52],
];

/** Ignored in entries that map a page. Bit 8 is G, taken as 0. */
const IGNORED_IN_PAGE: readonly Range[] = [
  [8, 8],
  [9, 9],
  [11, 11],
  [63, 52],
];

/** PML5E, Table 34: points to a PML4 table. */
export const Pml5Entry = structure(
  'PML5E',
  '§9.7',
  64,
  { ...PERMISSIONS, ...ACCESSED, ADDR: ADDRESS },
  { reserved: [[7, 7]], ignored: IGNORED_IN_TABLE },
);

/** PML4E, Table 35: points to a page-directory-pointer table. */
export const Pml4Entry = structure(
  'PML4E',
  '§9.7',
  64,
  { ...PERMISSIONS, ...ACCESSED, ADDR: ADDRESS },
  { reserved: [[7, 7]], ignored: IGNORED_IN_TABLE },
);

/** PDPE, Table 36: maps a 1 GB page. */
export const PdpEntry1G = structure(
  'PDPE (1 GB page)',
  '§9.7',
  64,
  {
    ...PERMISSIONS,
    ...CACHING,
    ...ACCESSED,
    D: DIRTY,
    /** Reserved if CAP_REG.FS1GP=0. */
    PS: MAPS_LARGE_PAGE,
    PAT: PAT_OF_LARGE_PAGE,
    ADDR: bits(51, 30, 'Address'),
  },
  { reserved: [[29, 13]], ignored: IGNORED_IN_PAGE },
);

/** PDPE, Table 37: points to a page directory. */
export const PdpEntry = structure(
  'PDPE (next table)',
  '§9.7',
  64,
  { ...PERMISSIONS, ...ACCESSED, PS: NEXT_TABLE, ADDR: ADDRESS },
  { ignored: IGNORED_IN_TABLE },
);

/** PDE, Table 38: maps a 2 MB page. */
export const PdEntry2M = structure(
  'PDE (2 MB page)',
  '§9.7',
  64,
  {
    ...PERMISSIONS,
    ...CACHING,
    ...ACCESSED,
    D: DIRTY,
    PS: MAPS_LARGE_PAGE,
    PAT: PAT_OF_LARGE_PAGE,
    ADDR: bits(51, 21, 'Address'),
  },
  { reserved: [[20, 13]], ignored: IGNORED_IN_PAGE },
);

/** PDE, Table 39: points to a page table. */
export const PdEntry = structure(
  'PDE (next table)',
  '§9.7',
  64,
  { ...PERMISSIONS, ...ACCESSED, PS: NEXT_TABLE, ADDR: ADDRESS },
  { ignored: IGNORED_IN_TABLE },
);

/** PTE, Table 40: maps a 4 KB page. Its PAT is where the levels above have PS. */
export const PtEntry = structure(
  'PTE',
  '§9.7',
  64,
  {
    ...PERMISSIONS,
    ...CACHING,
    ...ACCESSED,
    D: DIRTY,
    PAT: bit(7, 'Page Attribute Table'),
    ADDR: ADDRESS,
  },
  { ignored: IGNORED_IN_PAGE },
);

/**
 * A first-stage entry of any level. The level and PS decide the format, and PS is in the entry: a walk needs names for the
 * bits before it knows the format. Nothing is reserved here, since what is depends on the format; a field means something
 * only where the format has it. Bit 7 is PS above the page table and PAT in a PTE; ADDR reaches down to bit 12, so it holds
 * the PAT bit of a large page, which has its name in {@link PdpEntry1G} and {@link PdEntry2M}.
 */
export const FirstStageEntry = structure(
  'First-Stage Paging Entry',
  '§9.7',
  64,
  {
    P: PERMISSIONS.P,
    RW: PERMISSIONS['R/W'],
    US: PERMISSIONS['U/S'],
    ...CACHING,
    ...ACCESSED,
    D: DIRTY,
    PS: bit(7, 'Page Size, or Page Attribute Table in a PTE'),
    G: bit(8, 'Global'),
    ADDR: ADDRESS,
  },
  {
    ignored: [
      [9, 9],
      [11, 11],
      [63, 52],
    ],
  },
);
