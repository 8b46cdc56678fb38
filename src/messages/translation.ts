import type { PageNumber } from '../bits/page-number.ts';

/** The memory types of §3.11. */
export type MemoryType = 'UC' | 'UC-' | 'WC' | 'WT' | 'WP' | 'WB';

/**
 * Where a translation is put. The caller owns it and uses it again, so that a request allocates nothing. After a fault
 * only `faultProcessingDisabled` means something.
 */
export interface Translation {
  /** Bits 63:12 of the host physical address of the request's page. */
  page: PageNumber;
  /** Pages that the leaf maps: 1, 512 or 262,144; 0 where no paging entry decided. */
  leafPages: number;
  /** READ and WRITE: the AND over every entry used. */
  permission: number;
  /** The access is snooped, §3.10; of a translation request: SNP or PGSNP, the N bit of its completion. */
  snooped: boolean;
  memoryType: MemoryType;
  /** EMT and IPAT of the second-stage leaf, §9.8. */
  extendedMemoryType: number;
  ignoresPat: boolean;
  /** DID of the context entry, or of the PASID-table entry. */
  domainId: number;
  /** An FPD=1 was met: qualified faults are not recorded, §7.1.1. */
  faultProcessingDisabled: boolean;
  /** U of a translation completion: the range may be used by untranslated requests only, §4.2.3. */
  untranslatedOnly: boolean;
}

export const newTranslation = (): Translation => ({
  page: 0,
  leafPages: 0,
  permission: 0,
  snooped: false,
  memoryType: 'WB',
  extendedMemoryType: 0,
  ignoresPat: false,
  domainId: 0,
  faultProcessingDisabled: false,
  untranslatedOnly: false,
});
