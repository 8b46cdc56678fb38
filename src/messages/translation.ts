import type { PageNumber } from '../bits/page-number.ts';

/** The memory types of §3.11, the usual one first. */
export const MEMORY_TYPES = ['WB', 'UC', 'UC-', 'WC', 'WT', 'WP'] as const;
export type MemoryType = (typeof MEMORY_TYPES)[number];

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

  // What the walks came to, whatever the request wants: this is what the IOTLB may keep, §6.2.4, together with the page,
  // the size of the leaf, the memory type, the domain-id and FPD.

  /** PGTT of the PASID-table entry; of a context entry of legacy mode second-stage or pass-through. */
  stages: number;
  /** The PASID whose entry was used: RID_PASID where the request has none; NO_PASID in legacy mode. */
  pasid: number;
  /** READ and WRITE: the AND over the second stage; both where there is none. */
  secondStagePermission: number;
  /** The AND of R/W and of U/S over the first stage, §3.6.1; true where there is none. */
  writable: boolean;
  user: boolean;
  /** The first stage has five levels. */
  fiveLevels: boolean;
  /** SNP of the leaf, or PGSNP. */
  leafSnooped: boolean;
  /** A write needs no flag set: those of the leaves are, or are not kept. */
  writeReady: boolean;
  /** SRE, WPE, and RID_PRIV for a request without PASID. */
  supervisorAllowed: boolean;
  writeProtected: boolean;
  ownPrivilege: boolean;
}

/** Where a translation is put, §3.4. */
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
  stages: 0,
  pasid: 0,
  secondStagePermission: 0,
  writable: true,
  user: true,
  fiveLevels: false,
  leafSnooped: false,
  writeReady: true,
  supervisorAllowed: false,
  writeProtected: false,
  ownPrivilege: false,
});
