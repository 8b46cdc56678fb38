import type { CacheName } from '../caches/caches.ts';
import {
  type ContextScope,
  coversWhole,
  type HostPermissionScope,
  type InterruptScope,
  mustGoContext,
  mustGoFirstStageTable,
  mustGoHostPermission,
  mustGoInterrupt,
  mustGoPasid,
  mustGoPasidTable,
  mustGoPasidTranslation,
  mustGoSecondStageTable,
  mustGoTranslation,
  type PasidScope,
  type PasidTranslationScope,
  type TableTags,
  type TranslationScope,
  type TranslationTags,
} from '../caches/scopes.ts';
import { PGTT } from '../structures/pasid-table-entry.ts';
import type { ContextTags, InterruptTags, PasidTags, PermissionTags } from './entry-keys.ts';
import type { LiveEntry } from './live-entries.ts';

/** Of each cache in which a command names entries: whether it names one. */
export type NamedEntries = { readonly [Name in CacheName]?: (entry: LiveEntry) => boolean };

/** 6.A: what must be gone once an invalidation of a scope is complete, §6.5. */
export const namedBy = Object.freeze({
  contexts: (scope: ContextScope): NamedEntries => ({
    context: ({ tags }) => {
      const { sourceId, domainId } = tags as ContextTags;
      return mustGoContext(scope, sourceId, domainId);
    },
  }),
  pasids: (scope: PasidScope): NamedEntries => ({
    pasid: ({ tags }) => {
      const { pasid, domainId } = tags as PasidTags;
      return mustGoPasid(scope, domainId, pasid);
    },
  }),
  translations: (scope: TranslationScope): NamedEntries => ({
    iotlb: ({ tags }) => mustGoTranslation(scope, tags as TranslationTags) && reaches(scope, tags as TranslationTags),
    firstStage: ({ tags }) => mustGoFirstStageTable(scope, tags as TableTags),
    secondStage: ({ tags }) => mustGoSecondStageTable(scope, tags as TableTags),
  }),
  pasidTranslations: (scope: PasidTranslationScope): NamedEntries => ({
    iotlb: ({ tags }) =>
      mustGoPasidTranslation(scope, tags as TranslationTags) && coversWhole(scope, tags as TranslationTags),
    firstStage: ({ tags }) => mustGoPasidTable(scope, tags as TableTags),
  }),
  hostPermissions: (scope: HostPermissionScope): NamedEntries => ({
    hostPermission: ({ tags }) => {
      const { domainId, level, page, pages } = tags as PermissionTags;
      return mustGoHostPermission(scope, domainId, level, page, pages);
    },
  }),
  interrupts: (scope: InterruptScope): NamedEntries => ({
    interrupt: ({ tags }) => mustGoInterrupt(scope, (tags as InterruptTags).index),
  }),
});

/**
 * §6.5.3.1: what is gone with a page request that is queued. It names no size of pages, so that what is open of a range which an
 * entry lies in only partly (6.5.2.3-G2) is not open here: every entry for its page goes.
 */
export const namedByPageRequest = Object.freeze({
  translations: (scope: TranslationScope): NamedEntries => ({
    ...namedBy.translations(scope),
    iotlb: ({ tags }) => mustGoTranslation(scope, tags as TranslationTags),
  }),
  pasidTranslations: (scope: PasidTranslationScope): NamedEntries => ({
    ...namedBy.pasidTranslations(scope),
    iotlb: ({ tags }) => mustGoPasidTranslation(scope, tags as TranslationTags),
  }),
});

/** 6.5.2.3-G2: an entry of the second stage that only partly lies in the range may stay. */
const reaches = (scope: TranslationScope, tags: TranslationTags): boolean =>
  tags.stages === PGTT.FIRST_STAGE || tags.stages === PGTT.NESTED || coversWhole(scope, tags);
