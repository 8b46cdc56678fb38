import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { Condition } from '../conditions/condition.ts';
import type { InterruptCondition } from '../conditions/interrupt.ts';
import type { DmaRequest } from '../messages/dma-request.ts';
import type { Translation } from '../messages/translation.ts';
import { PGTT } from '../structures/pasid-table-entry.ts';
import type {
  ContextScope,
  HostPermissionScope,
  InterruptScope,
  PasidScope,
  PasidTranslationScope,
  TranslationScope,
} from './scopes.ts';

/** The caches by name, §6.2, as capacities and traces name them. */
export const CACHE_NAMES = [
  'context',
  'pasid',
  'iotlb',
  'firstStage',
  'secondStage',
  'hostPermission',
  'interrupt',
] as const;
export type CacheName = (typeof CACHE_NAMES)[number];

/** The caches as sentences name them, §6.2 and §6.4. */
export const CACHE_TITLES: Readonly<Record<CacheName, string>> = {
  context: 'context-cache',
  pasid: 'PASID-cache',
  iotlb: 'IOTLB',
  firstStage: 'first-stage paging-structure cache',
  secondStage: 'second-stage paging-structure cache',
  hostPermission: 'HPT cache',
  interrupt: 'interrupt entry cache',
};

/**
 * What a lookup came to: nothing is there, an entry is and its content was put where the caller said, or, in caching
 * mode (§6.1), the fault is known that the structures gave.
 */
export type Found<Row extends Condition = Condition> = boolean | Row;

/** What a PASID-cache entry holds, §6.2.3. */
export interface PasidContent {
  /** The 16 words of the PASID-table entry. */
  readonly words: Words;
  /** FPD of the PASID directory entry on the way to it. */
  directoryFaultProcessingDisabled: boolean;
}

/**
 * Pages of the leaf that an IOTLB entry holds, §6.2.1, Table 18; 0 for a fault and for pass-through, which have none, whatever
 * range a translation request was told.
 */
export const leafPagesKept = ({ stages, leafPages }: Translation, fault: Condition | undefined): number =>
  fault !== undefined || stages === PGTT.PASS_THROUGH ? 0 : leafPages;

/** U/S in `rights` of a first-stage {@link TablePlace}, beside WRITE for R/W. */
export const USER = 4;

/** What an entry of the paging-structure caches holds, §6.2.5: where a walk goes on, and what it was allowed so far. */
export interface TablePlace {
  /** The level of the table that is read next; 0: an entry permits nothing, and the walk ends (caching mode alone). */
  level: number;
  /** Where that table stands in host memory. */
  page: PageNumber;
  /** READ and WRITE, or in the first stage WRITE and USER: the AND over the entries above. */
  rights: number;
  /** Caching mode: the fault of an entry above. */
  fault: Condition | undefined;
  /** Nested: the second stage lets that table be written. */
  writable: boolean;
}

/** Where a walk of a host permission table goes on, §6.2.6. */
export interface HostPermissionPlace {
  /** The level of the table, 1 to 3. */
  level: number;
  table: PageNumber;
}

/** Where {@link Caches.findSecondStageTable} and {@link Caches.findFirstStageTable} put what they find, §6.2.5. */
export const newTablePlace = (): TablePlace => ({
  level: 0,
  page: 0,
  rights: 0,
  fault: undefined,
  writable: true,
});

/** What invalidations do to the caches, §6.5: which entries must go is said in `scopes.ts`. */
export interface CacheInvalidation {
  invalidateContexts(scope: ContextScope): void;
  invalidatePasids(scope: PasidScope): void;
  invalidateTranslations(scope: TranslationScope): void;
  invalidatePasidTranslations(scope: PasidTranslationScope): void;
  invalidateHostPermissions(scope: HostPermissionScope): void;
  invalidateInterrupts(scope: InterruptScope): void;
  /** All that DMA remapping has cached, as SRTP with ESRTPS=1 does. */
  invalidateAll(): void;
  /** All that interrupt remapping has cached, as SIRTP with ESIRTPS=1 does. */
  invalidateAllInterrupts(): void;
  /** The unit was reset, §11.3: nothing is cached, and nothing is under way. */
  reset(): void;
  /** A request to an endpoint, §6.5.2.5, §6.5.2.6: no cache of the unit is concerned. `pasid`: of the latter alone. */
  invalidateDeviceTlb?(sourceId: number, pasid: number | undefined): void;
  /** What comes later is done later, §6.5.2.9. */
  fence?(): void;
  /** An invalidation wait is complete, and with it the first `asked` of what was asked here: all if left out, §6.5.2.9. */
  complete(asked?: number): void;
  /** A Device-TLB invalidation timed out: but for the first `asked`, what is not complete may never be done, §6.5.2.11. */
  abandon?(asked: number): void;
}

/** Whose invalidations are counted for those two. */
export interface CountedInvalidation extends Required<CacheInvalidation> {
  /** How many were asked so far. */
  readonly asked: number;
}

/**
 * What a unit remembers of the tables, §6.2. On first reading take it to remember nothing: a `find` that answers false
 * and a `keep` without effect are within the document, and so is every other behaviour that an entry once read allows.
 */
export interface Caches extends CacheInvalidation {
  /** The context-cache, §6.2.2: the entry of a source-id into `words`. */
  findContext(sourceId: number, words: Words): Found;
  /** `fault`: there are no words, because the way to them ended with it. */
  keepContext(sourceId: number, domainId: number, words: Words, fault: Condition | undefined): void;

  /** The PASID-cache, §6.2.3. */
  findPasid(sourceId: number, pasid: number, content: PasidContent): Found;
  keepPasid(
    sourceId: number,
    pasid: number,
    domainId: number,
    content: PasidContent,
    fault: Condition | undefined,
  ): void;

  /** The IOTLB, §6.2.4: what walks gave for the request's page, before the request's own rights are judged. */
  findTranslation(request: DmaRequest, translation: Translation): Found;
  keepTranslation(request: DmaRequest, translation: Translation, fault: Condition | undefined): void;

  /** The second-stage paging-structure caches, §6.2.5: the lowest table on the way to `input` that is known. */
  findSecondStageTable(domainId: number, input: PageNumber, levels: number, place: TablePlace): boolean;
  /** `level` is that of the table that the entry points to, or would have pointed to. */
  keepSecondStageTable(domainId: number, input: PageNumber, level: number, place: TablePlace): void;

  /**
   * Nested: where the second-stage walk led that began with the last lookup. Who tries every way through a request one
   * after the other (permitted/) need not follow one that led to the same before: true ends it.
   */
  isKnownWay?(page: PageNumber, permission: number): boolean;

  /** The first-stage ones, which hold the nested ones too. */
  findFirstStageTable(domainId: number, pasid: number, input: PageNumber, levels: number, place: TablePlace): boolean;
  keepFirstStageTable(domainId: number, pasid: number, input: PageNumber, levels: number, place: TablePlace): void;

  /** The leaf part of the HPT caches, §6.2.6: READ and WRITE for the page of a translated request, or -1. */
  findHostPermission(request: DmaRequest): number;
  /** `level` is that of the entry, 1 to 3. */
  keepHostPermission(request: DmaRequest, domainId: number, level: number, permission: number): void;

  /** The paging part: the lowest host permission table on the way to the page that is known, by HPTDID. */
  findHostPermissionTable(domainId: number, page: PageNumber, place: HostPermissionPlace): boolean;
  keepHostPermissionTable(domainId: number, page: PageNumber, place: HostPermissionPlace): void;

  /** The interrupt entry cache, §6.4: the interrupt remapping table entry of an index into `words`. */
  findInterrupt(index: number, words: Words): Found<InterruptCondition>;
  /** `fault`: there are no words, because the entry could not be read. */
  keepInterrupt(index: number, words: Words, fault: InterruptCondition | undefined): void;
}
