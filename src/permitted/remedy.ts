import type { CacheInvalidation } from '../caches/caches.ts';
import { describeScope } from '../caches/scope-text.ts';
import {
  type ContextScope,
  Granularity,
  type PasidScope,
  type PasidTranslationScope,
  type TableTags,
  type TranslationScope,
  type TranslationTags,
} from '../caches/scopes.ts';
import { type DmaRequest, NO_PASID } from '../messages/dma-request.ts';
import { FirstStageEntry } from '../structures/first-stage-entry.ts';
import { PasidTableEntry } from '../structures/pasid-table-entry.ts';
import { type LiveEntry, sourcesOf } from './live-entries.ts';

/** One invalidation: in words, and as something to do. */
export interface Invalidation {
  readonly text: string;
  perform(caches: CacheInvalidation): void;
}

/** Commands in the order in which software gives them. */
export type Remedy = readonly Invalidation[];

/**
 * What might remove the entries behind a stale answer, §6.5.3.3 (Table 28), the narrowest first. Which of them does is
 * found by trying.
 */
export function* remediesFor(request: DmaRequest, stale: readonly LiveEntry[], legacy: boolean): Generator<Remedy> {
  const domains = domainsOf(stale);
  const pasids = pasidsOf(request, stale);
  const ranges = rangesOf(request, stale);
  const each = (one: (domainId: number) => Invalidation): Remedy => domains.map(one);

  if (!legacy) {
    for (const leavesOnly of [true, false]) {
      for (const range of ranges) {
        yield domains.flatMap((domainId) =>
          pasids.map((pasid) =>
            pasidTranslations({ granularity: Granularity.PAGE, domainId, pasid, ...range, leavesOnly }),
          ),
        );
      }
    }
  }
  for (const leavesOnly of [true, false]) {
    for (const range of ranges) {
      yield each((domainId) => translations({ granularity: Granularity.PAGE, domainId, ...range, leavesOnly }));
    }
  }
  const wholeDomains = each((domainId) => translations({ ...WHOLE, granularity: Granularity.DOMAIN, domainId }));
  const wholePasids = domains.flatMap((domainId) =>
    pasids.map((pasid) => pasidTranslations({ ...WHOLE, granularity: Granularity.PASID, domainId, pasid })),
  );
  const device = contexts({
    granularity: Granularity.DEVICE,
    domainId: legacy ? domains[0] : undefined,
    sourceId: request.sourceId,
    functionMask: 0,
  });
  if (!legacy) yield wholePasids;
  yield wholeDomains;
  if (legacy) {
    yield [device, ...wholeDomains];
  } else {
    const entries = domains.flatMap((domainId) =>
      pasids.map((pasid) => pasidEntries({ granularity: Granularity.PASID, domainId, pasid })),
    );
    const ofDomains = each((domainId) => pasidEntries({ granularity: Granularity.DOMAIN, domainId, pasid: 0 }));
    yield [...entries, ...wholePasids];
    yield [...entries, ...wholeDomains];
    yield [device, ...ofDomains, ...wholeDomains];
  }
  yield [
    contexts({ granularity: Granularity.GLOBAL, domainId: undefined, sourceId: 0, functionMask: 0 }),
    ...(legacy ? [] : [pasidEntries({ granularity: Granularity.GLOBAL, domainId: 0, pasid: 0 })]),
    translations({ ...WHOLE, granularity: Granularity.GLOBAL, domainId: 0 }),
  ];
}

const WHOLE = { page: 0, addressMask: 0, leavesOnly: false };

const contexts = (scope: ContextScope): Invalidation => ({
  text: describeScope.contexts(scope),
  perform: (caches) => caches.invalidateContexts(scope),
});

const pasidEntries = (scope: PasidScope): Invalidation => ({
  text: describeScope.pasids(scope),
  perform: (caches) => caches.invalidatePasids(scope),
});

const translations = (scope: TranslationScope): Invalidation => ({
  text: describeScope.translations(scope),
  perform: (caches) => caches.invalidateTranslations(scope),
});

const pasidTranslations = (scope: PasidTranslationScope): Invalidation => ({
  text: describeScope.pasidTranslations(scope),
  perform: (caches) => caches.invalidatePasidTranslations(scope),
});

/** The domains under which the entries are tagged. */
function domainsOf(stale: readonly LiveEntry[]): readonly number[] {
  const tagged = stale.flatMap(({ tags }) => (tags as Partial<TableTags>).domainId ?? []);
  return [...new Set(tagged)];
}

/** RID_PASID is what the tags of a request without PASID have. */
function pasidsOf({ pasid }: DmaRequest, stale: readonly LiveEntry[]): readonly number[] {
  if (pasid !== NO_PASID) return [pasid];
  const tagged = stale.flatMap(({ cache, tags }) =>
    cache === 'secondStage' ? [] : ((tags as Partial<TranslationTags>).pasid ?? []),
  );
  return [...new Set(tagged.length === 0 ? [0] : tagged)];
}

interface PageRange {
  readonly page: number;
  readonly addressMask: number;
}

/** Pages that may have to be named: the request's own, and where nested first-stage entries point. */
function rangesOf({ page }: DmaRequest, stale: readonly LiveEntry[]): readonly PageRange[] {
  const sizes = stale.flatMap(({ cache, tags }) => (cache === 'iotlb' ? (tags as TranslationTags).pages : []));
  const addressMask = Math.round(Math.log2(Math.max(1, ...sizes)));
  const guest = stale.flatMap((entry) =>
    [...sourcesOf(entry)].flatMap(({ format, words }) => {
      if (format.section === '§9.7') return FirstStageEntry.ADDR(words);
      return format.title === PasidTableEntry.title ? PasidTableEntry.FSPTPTR(words) : [];
    }),
  );
  const pages = [...new Set([page, ...guest])];
  return [
    { page: page - (page % 2 ** addressMask), addressMask },
    ...pages.map((one) => ({ page: one, addressMask: 0 })),
  ];
}
