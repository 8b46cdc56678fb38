import type { Words } from '../bits/field.ts';
import { members, type Read } from '../bits/json-values.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { Condition } from '../conditions/condition.ts';
import type { InterruptCondition } from '../conditions/interrupt.ts';
import type { DmaRequest } from '../messages/dma-request.ts';
import type { Translation } from '../messages/translation.ts';
import {
  CACHE_NAMES,
  type CacheName,
  type Caches,
  type Found,
  type HostPermissionPlace,
  type PasidContent,
  type TablePlace,
} from './caches.ts';
import { CONTEXTS, ContextCache, type SavedContext } from './context-cache.ts';
import { HOST_PERMISSIONS, HostPermissionCache, type SavedHostPermissions } from './host-permission-cache.ts';
import { INTERRUPTS, InterruptEntryCache, type SavedInterrupt } from './interrupt-entry-cache.ts';
import { Iotlb, type SavedTranslation, TRANSLATIONS } from './iotlb.ts';
import { PASIDS, PasidCache, type SavedPasid } from './pasid-cache.ts';
import { type CachePolicy, checkCachePolicy } from './policy.ts';
import type { SavedStore } from './saved-entries.ts';
import {
  type ContextScope,
  type HostPermissionScope,
  type InterruptScope,
  mustGoFirstStageTable,
  mustGoPasidTable,
  mustGoSecondStageTable,
  type PasidScope,
  type PasidTranslationScope,
  type TranslationScope,
} from './scopes.ts';
import { type SavedTable, TABLES, TableCache } from './table-cache.ts';

/** What these caches remember, in a snapshot. */
export interface SavedCaches {
  readonly context: SavedStore<SavedContext>;
  readonly pasid: SavedStore<SavedPasid>;
  readonly iotlb: SavedStore<SavedTranslation>;
  readonly firstStage: SavedStore<SavedTable>;
  readonly secondStage: SavedStore<SavedTable>;
  readonly hostPermission: SavedHostPermissions;
  readonly interrupt: SavedStore<SavedInterrupt>;
}

export const CACHES = members(
  {
    context: CONTEXTS,
    pasid: PASIDS,
    iotlb: TRANSLATIONS,
    firstStage: TABLES,
    secondStage: TABLES,
    hostPermission: HOST_PERMISSIONS,
    interrupt: INTERRUPTS,
  },
  {},
);

/** The PASID in tags of the second stage, which has none. */
const NO_TAG = 0;

/** Caches that keep what walks read until it is invalidated, or until its room is needed, §6.2. */
export class RememberingCaches implements Caches {
  readonly policy: Exclude<CachePolicy, 'none'>;
  readonly context: ContextCache;
  readonly pasid: PasidCache;
  readonly iotlb: Iotlb;
  readonly firstStage: TableCache;
  readonly secondStage: TableCache;
  readonly hostPermission: HostPermissionCache;
  readonly interrupt: InterruptEntryCache;

  constructor(policy: Exclude<CachePolicy, 'none'>, pasidHitsNoPasid: boolean) {
    this.policy = policy;
    const capacities = policy === 'full' ? {} : policy;
    const { replacement = 'round-robin' } = capacities;
    const of = (name: CacheName): number => capacities[name] ?? Number.POSITIVE_INFINITY;
    this.context = new ContextCache(of('context'), replacement);
    this.pasid = new PasidCache(of('pasid'), replacement);
    this.iotlb = new Iotlb(of('iotlb'), replacement, pasidHitsNoPasid);
    this.firstStage = new TableCache(of('firstStage'), replacement);
    this.secondStage = new TableCache(of('secondStage'), replacement);
    this.hostPermission = new HostPermissionCache(of('hostPermission'), replacement);
    this.interrupt = new InterruptEntryCache(of('interrupt'), replacement);
  }

  /** How many entries there are in all caches. */
  get size(): number {
    const { leaves, tables } = this.hostPermission;
    const stores = [this.context, this.pasid, this.iotlb, this.firstStage, this.secondStage, this.interrupt];
    return stores.reduce((sum, { store }) => sum + store.count, leaves.count + tables.count);
  }

  snapshot(): SavedCaches {
    const { context, pasid, iotlb, firstStage, secondStage, hostPermission, interrupt } = this;
    return {
      context: context.snapshot(),
      pasid: pasid.snapshot(),
      iotlb: iotlb.snapshot(),
      firstStage: firstStage.snapshot(),
      secondStage: secondStage.snapshot(),
      hostPermission: hostPermission.snapshot(),
      interrupt: interrupt.snapshot(),
    };
  }

  /** For caches in which nothing is yet. Throws a RangeError if they cannot have such entries. */
  restore(saved: Read<typeof CACHES>, where: string): void {
    for (const name of CACHE_NAMES) this[name].restore(saved[name] as never, `${where}.${name}`);
  }

  findContext(sourceId: number, words: Words): Found {
    return this.context.find(sourceId, words);
  }

  keepContext(sourceId: number, domainId: number, words: Words, fault: Condition | undefined): void {
    this.context.keep(sourceId, domainId, words, fault);
  }

  findPasid(sourceId: number, pasid: number, content: PasidContent): Found {
    return this.pasid.find(sourceId, pasid, content);
  }

  keepPasid(
    sourceId: number,
    pasid: number,
    domainId: number,
    content: PasidContent,
    fault: Condition | undefined,
  ): void {
    this.pasid.keep(sourceId, pasid, domainId, content, fault);
  }

  findTranslation(request: DmaRequest, translation: Translation): Found {
    return this.iotlb.find(request, translation);
  }

  keepTranslation(request: DmaRequest, translation: Translation, fault: Condition | undefined): void {
    this.iotlb.keep(request, translation, fault);
  }

  findSecondStageTable(domainId: number, input: PageNumber, levels: number, place: TablePlace): boolean {
    return this.secondStage.find(domainId, NO_TAG, input, levels, place);
  }

  keepSecondStageTable(domainId: number, input: PageNumber, level: number, place: TablePlace): void {
    this.secondStage.keep(domainId, NO_TAG, input, level, 0, place);
  }

  findFirstStageTable(domainId: number, pasid: number, input: PageNumber, levels: number, place: TablePlace): boolean {
    return this.firstStage.find(domainId, pasid, input, levels, place);
  }

  keepFirstStageTable(domainId: number, pasid: number, input: PageNumber, levels: number, place: TablePlace): void {
    this.firstStage.keep(domainId, pasid, input, place.level, levels, place);
  }

  findHostPermission(request: DmaRequest): number {
    return this.hostPermission.findPermission(request);
  }

  keepHostPermission(request: DmaRequest, domainId: number, level: number, permission: number): void {
    this.hostPermission.keepPermission(request, domainId, level, permission);
  }

  findHostPermissionTable(domainId: number, page: PageNumber, place: HostPermissionPlace): boolean {
    return this.hostPermission.findTable(domainId, page, place);
  }

  keepHostPermissionTable(domainId: number, page: PageNumber, place: HostPermissionPlace): void {
    this.hostPermission.keepTable(domainId, page, place);
  }

  findInterrupt(index: number, words: Words): Found<InterruptCondition> {
    return this.interrupt.find(index, words);
  }

  keepInterrupt(index: number, words: Words, fault: InterruptCondition | undefined): void {
    this.interrupt.keep(index, words, fault !== undefined);
  }

  invalidateContexts(scope: ContextScope): void {
    this.context.invalidate(scope);
  }

  invalidatePasids(scope: PasidScope): void {
    this.pasid.invalidate(scope);
  }

  invalidateTranslations(scope: TranslationScope): void {
    this.iotlb.invalidate(scope);
    this.firstStage.removeWhere((tags) => mustGoFirstStageTable(scope, tags));
    this.secondStage.removeWhere((tags) => mustGoSecondStageTable(scope, tags));
  }

  invalidatePasidTranslations(scope: PasidTranslationScope): void {
    this.iotlb.invalidatePasid(scope);
    this.firstStage.removeWhere((tags) => mustGoPasidTable(scope, tags));
  }

  invalidateHostPermissions(scope: HostPermissionScope): void {
    this.hostPermission.invalidate(scope);
  }

  invalidateInterrupts(scope: InterruptScope): void {
    this.interrupt.invalidate(scope);
  }

  invalidateAll(): void {
    for (const { store } of [this.context, this.pasid, this.iotlb, this.firstStage, this.secondStage]) store.clear();
    this.hostPermission.clear();
  }

  invalidateAllInterrupts(): void {
    this.interrupt.store.clear();
  }

  reset(): void {
    this.invalidateAll();
    this.invalidateAllInterrupts();
  }

  /** Every command was done at once. */
  complete(): void {}
}

/**
 * The caches of a unit, §6.2; undefined if it remembers nothing. Throws as {@link checkCachePolicy} does unless they are
 * a policy, or caches already.
 */
export function cachesOf(caches: CachePolicy | Caches, pasidHitsNoPasid: boolean): Caches | undefined {
  if (typeof caches === 'object' && caches !== null && 'findTranslation' in caches) return caches;
  checkCachePolicy(caches);
  return caches === 'none' ? undefined : new RememberingCaches(caches, pasidHitsNoPasid);
}
