import type { Encodings } from '../bits/field.ts';

/** FPD of context and PASID entries (§9.3 to §9.6) and of interrupt remapping entries (§9.9, §9.10). */
export const FAULT_PROCESSING: Encodings = Object.freeze({
  0: 'qualified faults are recorded',
  1: 'they are not',
});

/** AW of a context entry (§9.3) and of a PASID-table entry (§9.6). */
export const ADDRESS_WIDTH: Encodings = Object.freeze({
  0: 'reserved',
  1: '39-bit AGAW, 3-level second stage',
  2: '48-bit AGAW, 4-level second stage',
  3: '57-bit AGAW, 5-level second stage',
  4: 'reserved',
  5: 'reserved',
  6: 'reserved',
  7: 'reserved',
});

/** R and IR of a second-stage entry (§9.8), R of a host page permission (§9.12). */
export const READ_PERMISSION: Encodings = Object.freeze({ 0: 'no reads', 1: 'reads allowed' });

/** W and IW of a second-stage entry (§9.8), W of a host page permission (§9.12). */
export const WRITE_PERMISSION: Encodings = Object.freeze({ 0: 'no writes', 1: 'writes allowed' });

/** PS of a first-stage (§9.7) or second-stage (§9.8) entry that maps a page: with 0 it has the other format. */
export const MAPS_PAGE: Encodings = Object.freeze({ 1: 'the entry maps a page' });

/** PS of a first-stage (§9.7) or second-stage (§9.8) entry that points to a table: with 1 it has the other format. */
export const POINTS_TO_TABLE: Encodings = Object.freeze({ 0: 'the entry points to the next table' });
