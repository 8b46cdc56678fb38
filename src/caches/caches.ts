/** How far an invalidation reached, as CCMD_REG.CAIG and IOTLB_REG.IAIG report it; 0 is an incorrect request. */
export const Granularity = Object.freeze({ NONE: 0, GLOBAL: 1, DOMAIN: 2, DEVICE: 3, PAGE: 3 });

/** The entries of the context-cache that an invalidation names, §6.5.1.1. */
export interface ContextScope {
  readonly granularity: number;
  readonly domainId: number;
  readonly sourceId: number;
  /** Bits of the source-id that are not compared. */
  readonly functionMask: number;
}

/** The translations that an IOTLB invalidation names, §6.5.1.2. */
export interface TranslationScope {
  readonly granularity: number;
  readonly domainId: number;
  /** Bits 63:12 of an address in the range; its low `addressMask` bits do not count. */
  readonly page: number;
  readonly addressMask: number;
  /** IH: entries that are not leaves may stay. */
  readonly leavesOnly: boolean;
}

/** What a unit remembers of the tables, §6.2. On first reading take it to remember nothing. */
export interface Caches {
  invalidateContexts(scope: ContextScope): void;
  invalidateTranslations(scope: TranslationScope): void;
  /** All that DMA remapping has cached, as SRTP with ESRTPS=1 does. */
  invalidateAll(): void;
}

/** Nothing is remembered: every request reads memory. */
export const NO_CACHES: Caches = Object.freeze({
  invalidateContexts() {},
  invalidateTranslations() {},
  invalidateAll() {},
});
