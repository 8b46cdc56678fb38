/**
 * How far an invalidation reaches. Up to PAGE it is what CCMD_REG.CAIG and IOTLB_REG.IAIG report, where 0 is an incorrect
 * request; descriptors have encodings of their own.
 */
export const Granularity = Object.freeze({ NONE: 0, GLOBAL: 1, DOMAIN: 2, DEVICE: 3, PAGE: 3, PASID: 4 });

/** The entries of the context-cache that an invalidation names, §6.5.1.1, §6.5.2.1: GLOBAL, DOMAIN or DEVICE. */
export interface ContextScope {
  readonly granularity: number;
  /** Undefined: not compared. In scalable mode the entries have none. */
  readonly domainId: number | undefined;
  readonly sourceId: number;
  /** Bits of the source-id that are not compared. */
  readonly functionMask: number;
}

/** The entries of the PASID-cache that an invalidation names, §6.5.2.2: GLOBAL, DOMAIN or PASID (within the domain). */
export interface PasidScope {
  readonly granularity: number;
  readonly domainId: number;
  readonly pasid: number;
}

/** Pages whose numbers are equal but for their low `addressMask` bits, Table 22. */
export interface AddressRange {
  /** Bits 63:12 of an address in the range. */
  readonly page: number;
  /** 0 to 63: all addresses are in the range where it is 52 or more. */
  readonly addressMask: number;
}

/**
 * The translations that an IOTLB invalidation names, §6.5.1.2, §6.5.2.3: GLOBAL, DOMAIN or PAGE. Table 23 says which
 * entries of which cache go.
 */
export interface TranslationScope extends AddressRange {
  readonly granularity: number;
  readonly domainId: number;
  /** IH: entries that are not leaves may stay. */
  readonly leavesOnly: boolean;
}

/**
 * The translations that a PASID-based IOTLB invalidation names, §6.5.2.4: PASID or PAGE (within the PASID). Table 24
 * says which entries of which cache go.
 */
export interface PasidTranslationScope extends TranslationScope {
  readonly pasid: number;
}

/** The entries of the HPT caches that an invalidation names, §6.5.2.7: GLOBAL, DOMAIN or PAGE. */
export interface HostPermissionScope extends AddressRange {
  readonly granularity: number;
  /** HPTDID. */
  readonly domainId: number;
  /** IH: entries of the tables from level 1 up to this one go. */
  readonly levels: number;
}

/** The entries of the interrupt entry cache that an invalidation names, §6.5.2.8. */
export interface InterruptScope {
  /** Every entry: the index is not looked at. */
  readonly global: boolean;
  readonly index: number;
  /** Low bits of the index that are not compared. */
  readonly indexMask: number;
}

export const EVERY_INTERRUPT: InterruptScope = Object.freeze({ global: true, index: 0, indexMask: 0 });

/** What a unit remembers of the tables, §6.2. On first reading take it to remember nothing. */
export interface Caches {
  invalidateContexts(scope: ContextScope): void;
  invalidatePasids(scope: PasidScope): void;
  invalidateTranslations(scope: TranslationScope): void;
  invalidatePasidTranslations(scope: PasidTranslationScope): void;
  invalidateHostPermissions(scope: HostPermissionScope): void;
  invalidateInterrupts(scope: InterruptScope): void;
  /** All that DMA remapping has cached, as SRTP with ESRTPS=1 does. */
  invalidateAll(): void;
}

/** Nothing is remembered: every request reads memory. */
export const NO_CACHES: Caches = Object.freeze({
  invalidateContexts() {},
  invalidatePasids() {},
  invalidateTranslations() {},
  invalidatePasidTranslations() {},
  invalidateHostPermissions() {},
  invalidateInterrupts() {},
  invalidateAll() {},
});
