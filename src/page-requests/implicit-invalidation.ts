import type { PageNumber } from '../bits/page-number.ts';
import type { CacheInvalidation } from '../caches/caches.ts';
import { Granularity } from '../caches/scopes.ts';
import type { Configuration } from '../platform/configuration.ts';
import { PGTT } from '../structures/pasid-table-entry.ts';

/** What the entries say of a page request that passes them, §9.6. */
export interface PassedEntries {
  /** A value of PGTT. */
  readonly type: number;
  readonly domainId: number;
  /** RID_PASID where the request has none. */
  readonly pasid: number;
}

/**
 * Table 27, §6.5.3.1: before a page request is queued, what is cached for its page goes, so that a device which faulted
 * on a stale translation does not fault again. A unit that cannot select pages does it by domain.
 */
export function invalidateForPageRequest(
  caches: Pick<CacheInvalidation, 'invalidateTranslations' | 'invalidatePasidTranslations'>,
  { CAP, guestPages }: Configuration,
  { type, domainId, pasid }: PassedEntries,
  page: PageNumber,
): void {
  const scope = { domainId, addressMask: 0, leavesOnly: false };
  if (type === PGTT.FIRST_STAGE) {
    caches.invalidatePasidTranslations({ ...scope, granularity: Granularity.PAGE, pasid, page });
    return;
  }
  const whole = type === PGTT.NESTED || CAP.PSI === 0;
  const granularity = whole ? Granularity.DOMAIN : Granularity.PAGE;
  caches.invalidateTranslations({ ...scope, granularity, page: page % guestPages });
}
