import { bit, bits, page } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';
import { FAULT_PROCESSING } from './encodings.ts';

/** Scalable-Mode Context Entry, §9.4. One per device and function, 256 bits. Bits 63:HAW are reserved. */
export const ScalableModeContextEntry = structure(
  'Scalable-Mode Context Entry',
  '§9.4',
  256,
  {
    P: bit(0, 'Present'),
    /** Honoured even when P=0. */
    FPD: bit(1, 'Fault Processing Disable', FAULT_PROCESSING),
    /** Reserved if ECAP_REG.DT=0. */
    DTE: bit(2, 'Device-TLB Enable', {
      0: 'translation and translated requests blocked',
      1: 'translation and translated requests served',
    }),
    /** Reserved if ECAP_REG.PASID=0. Requests without PASID do not look at it. */
    PASIDE: bit(3, 'PASID Enable', {
      0: 'requests with PASID blocked',
      1: 'requests with PASID use the PASID tables',
    }),
    /** Reserved if ECAP_REG.PRS=0. Needs DTE=1. */
    PRE: bit(4, 'Page Request Enable', { 0: 'page requests refused', 1: 'page requests accepted' }),
    /** Reserved if ECAP_REG.HPTS=0. */
    HPTE: bit(5, 'Host Permission Table Enable', {
      0: 'translated requests pass unchecked',
      1: 'translated requests need permission from the host permission table',
    }),
    /** Reserved if ECAP_REG.PTRS=0. Needs PASIDE=1. */
    EPTR: bit(6, 'Enable PASID in Translated Requests', {
      0: 'translated requests with PASID refused',
      1: 'translated requests with PASID allowed',
    }),
    /** The directory has 2^(PDTS+7) entries. */
    PDTS: bits(11, 9, 'PASID Directory Size'),
    PASIDDIRPTR: page(63, 12, 'PASID Directory Pointer'),
    /** Reserved if ECAP_REG.RPS=0; requests without PASID then have PASID 0. */
    RID_PASID: bits(83, 64, 'PASID of Requests without PASID'),
    /** Reserved if ECAP_REG.RPRIVS=0. */
    RID_PRIV: bit(84, 'Privilege of Requests without PASID', { 0: 'user', 1: 'supervisor' }),
  },
  {
    reserved: [
      [8, 7],
      [255, 85],
    ],
  },
);
