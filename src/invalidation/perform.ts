import type { Words } from '../bits/field.ts';
import type { CountedInvalidation } from '../caches/caches.ts';
import { Granularity } from '../caches/scopes.ts';
import {
  ContextCacheInvalidationDescriptor,
  HptCacheInvalidationDescriptor,
  InterruptEntryCacheInvalidationDescriptor,
  IotlbInvalidationDescriptor,
  PasidCacheInvalidationDescriptor,
  PasidIotlbInvalidationDescriptor,
} from '../structures/invalidation-descriptor.ts';
import { descriptorType } from './descriptor-validity.ts';
import {
  type EndpointLink,
  requestDeviceTlbInvalidation,
  requestPasidDeviceTlbInvalidation,
  respondToPageGroup,
} from './device-tlb.ts';
import { FUNCTION_MASK, withinDomainId } from './operands.ts';
import { takeInvalidationWait, type WaitUnit } from './wait.ts';

/** What descriptors act on. */
export interface InvalidationUnit extends WaitUnit, EndpointLink {
  /** What remembers, and must forget. */
  readonly invalidations: CountedInvalidation;
  /** RTADDR_REG as latched. */
  readonly rootTable: { readonly mode: number };
}

type Perform = (unit: InvalidationUnit, words: Words) => void;

/** One function a type, §6.5.2.1 to §6.5.2.9 and §7.6.1. */
const PERFORM: Readonly<Record<number, Perform>> = Object.freeze({
  1: invalidateContexts,
  2: invalidateTranslations,
  3: requestDeviceTlbInvalidation,
  4: invalidateInterruptEntries,
  5: takeInvalidationWait,
  6: invalidatePasidTranslations,
  7: invalidatePasids,
  8: requestPasidDeviceTlbInvalidation,
  9: respondToPageGroup,
  10: invalidateHostPermissions,
});

/** The types that flush the write buffer first, §6.8: cc_inv_dsc, iotlb_inv_dsc, iec_inv_dsc, pc_inv_dsc. */
const FLUSHES: ReadonlySet<number> = new Set([1, 2, 4, 7]);

/**
 * Does what a valid descriptor says, §6.5.2. Requests to endpoints and waits may be under way when this returns, all
 * else is complete: there is nothing to drain, whatever DR and DW say.
 */
export function performDescriptor(unit: InvalidationUnit, words: Words): void {
  const type = descriptorType(words);
  if (unit.configuration.CAP.RWBF === 1 && FLUSHES.has(type)) unit.memory.flushWriteBuffer?.();
  PERFORM[type]!(unit, words);
}

/** cc_inv_dsc, §6.5.2.1. Only entries of legacy mode have a domain-id: in other modes DID is ignored. */
function invalidateContexts({ invalidations, configuration, rootTable }: InvalidationUnit, words: Words): void {
  const { G, DID, SID, FM } = ContextCacheInvalidationDescriptor;
  const legacy = rootTable.mode === 0;
  // G is encoded as Granularity is.
  const granularity = !legacy && G(words) === Granularity.DOMAIN ? Granularity.GLOBAL : G(words);
  const domainId = legacy ? withinDomainId(configuration, DID(words)) : undefined;
  invalidations.invalidateContexts({
    granularity,
    domainId,
    sourceId: SID(words),
    functionMask: FUNCTION_MASK[FM(words)]!,
  });
}

/** iotlb_inv_dsc, §6.5.2.3. */
function invalidateTranslations({ invalidations, configuration }: InvalidationUnit, words: Words): void {
  const { G, DID, ADDR, AM, IH } = IotlbInvalidationDescriptor;
  invalidations.invalidateTranslations({
    // Encoded as Granularity is.
    granularity: G(words),
    domainId: withinDomainId(configuration, DID(words)),
    page: ADDR(words) % configuration.guestPages,
    addressMask: AM(words),
    leavesOnly: IH(words) === 1,
  });
}

/** iec_inv_dsc, §6.5.2.8. */
function invalidateInterruptEntries({ invalidations }: InvalidationUnit, words: Words): void {
  const { G, IIDX, IM } = InterruptEntryCacheInvalidationDescriptor;
  invalidations.invalidateInterrupts({ global: G(words) === 0, index: IIDX(words), indexMask: IM(words) });
}

/** p_iotlb_inv_dsc, §6.5.2.4. No bit of ADDR is ignored: how many an entry has to compare is the cache's matter. */
function invalidatePasidTranslations({ invalidations, configuration }: InvalidationUnit, words: Words): void {
  const { G, DID, PASID, ADDR, AM, IH } = PasidIotlbInvalidationDescriptor;
  invalidations.invalidatePasidTranslations({
    granularity: G(words) === 0b10 ? Granularity.PASID : Granularity.PAGE,
    domainId: withinDomainId(configuration, DID(words)),
    pasid: PASID(words),
    page: ADDR(words),
    addressMask: AM(words),
    leavesOnly: IH(words) === 1,
  });
}

/** G of pc_inv_dsc, which has encodings of its own, §6.5.2.2. */
const PASID_CACHE_GRANULARITY = [Granularity.DOMAIN, Granularity.PASID, Granularity.NONE, Granularity.GLOBAL] as const;

/** pc_inv_dsc, §6.5.2.2. */
function invalidatePasids({ invalidations, configuration }: InvalidationUnit, words: Words): void {
  const { G, DID, PASID } = PasidCacheInvalidationDescriptor;
  invalidations.invalidatePasids({
    granularity: PASID_CACHE_GRANULARITY[G(words)]!,
    domainId: withinDomainId(configuration, DID(words)),
    pasid: PASID(words),
  });
}

/** hpt_inv_desc, §6.5.2.7. */
function invalidateHostPermissions({ invalidations, configuration }: InvalidationUnit, words: Words): void {
  const { G, HPTDID, ADDR, AM, IH } = HptCacheInvalidationDescriptor;
  const granularity = G(words);
  invalidations.invalidateHostPermissions({
    // Encoded as Granularity is.
    granularity,
    domainId: withinDomainId(configuration, HPTDID(words)),
    page: ADDR(words) % configuration.hostPages,
    addressMask: AM(words),
    // With global granularity IH is ignored.
    levels: granularity === Granularity.GLOBAL ? 4 : IH(words) + 1,
  });
}
