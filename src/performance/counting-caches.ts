import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { Caches, Found, HostPermissionPlace, PasidContent, TablePlace } from '../caches/caches.ts';
import type {
  ContextScope,
  HostPermissionScope,
  InterruptScope,
  PasidScope,
  PasidTranslationScope,
  TranslationScope,
} from '../caches/scopes.ts';
import type { Condition } from '../conditions/condition.ts';
import type { InterruptCondition } from '../conditions/interrupt.ts';
import type { DmaRequest } from '../messages/dma-request.ts';
import type { Translation } from '../messages/translation.ts';
import { EVENT, type PerformanceEvent } from '../registers/performance-events.ts';
import { InterruptRemappingEntry } from '../structures/interrupt-remapping-entry.ts';

/** Takes an event, the domain-id if it is known, and the level of the entry or page that was found, from 1 on. */
export type Tell = (event: PerformanceEvent, domainId?: number, level?: number) => void;

/** Caches whose look-ups and hits are counted, §10.7. */
export class CountingCaches implements Caches {
  readonly #below: Caches;
  readonly #tell: Tell;

  constructor(below: Caches, tell: Tell) {
    this.#below = below;
    this.#tell = tell;
  }

  findContext(sourceId: number, words: Words): Found {
    this.#tell(EVENT.CTXT_CACHE_LOOKUP);
    const found = this.#below.findContext(sourceId, words);
    if (found !== false) this.#tell(EVENT.CTXT_CACHE_HIT);
    return found;
  }

  findPasid(sourceId: number, pasid: number, content: PasidContent): Found {
    this.#tell(EVENT.PASID_CACHE_LOOKUP);
    const found = this.#below.findPasid(sourceId, pasid, content);
    if (found !== false) this.#tell(EVENT.PASID_CACHE_HIT);
    return found;
  }

  findTranslation(request: DmaRequest, translation: Translation): Found {
    this.#tell(EVENT.IOTLB_LOOKUP);
    const found = this.#below.findTranslation(request, translation);
    if (found !== false) this.#tell(EVENT.IOTLB_HIT, translation.domainId, levelOfPage(translation.leafPages));
    return found;
  }

  findSecondStageTable(domainId: number, input: PageNumber, levels: number, place: TablePlace): boolean {
    this.#tell(EVENT.SS_NONLEAF_LOOKUP, domainId);
    const found = this.#below.findSecondStageTable(domainId, input, levels, place);
    if (found) this.#tell(EVENT.SS_NONLEAF_HIT, domainId, levelAbove(place.level));
    return found;
  }

  findFirstStageTable(domainId: number, pasid: number, input: PageNumber, levels: number, place: TablePlace): boolean {
    this.#tell(EVENT.FS_NONLEAF_LOOKUP, domainId);
    const found = this.#below.findFirstStageTable(domainId, pasid, input, levels, place);
    if (found) this.#tell(EVENT.FS_NONLEAF_HIT, domainId, levelAbove(place.level));
    return found;
  }

  findHostPermission(request: DmaRequest): number {
    this.#tell(EVENT.HPT_LEAF_LOOKUP);
    const permission = this.#below.findHostPermission(request);
    if (permission >= 0) this.#tell(EVENT.HPT_LEAF_HIT);
    return permission;
  }

  findHostPermissionTable(domainId: number, page: PageNumber, place: HostPermissionPlace): boolean {
    this.#tell(EVENT.HPT_NONLEAF_LOOKUP, domainId);
    const found = this.#below.findHostPermissionTable(domainId, page, place);
    if (found) this.#tell(EVENT.HPT_NONLEAF_HIT, domainId, levelAbove(place.level));
    return found;
  }

  findInterrupt(index: number, words: Words): Found<InterruptCondition> {
    this.#tell(EVENT.INT_CACHE_LOOKUP);
    const found = this.#below.findInterrupt(index, words);
    // What is known of an entry that could not be read is neither.
    if (found === true) {
      const posted = InterruptRemappingEntry.IM(words) === 1;
      this.#tell(posted ? EVENT.INT_CACHE_HIT_POSTED : EVENT.INT_CACHE_HIT_NONPOSTED);
    }
    return found;
  }

  isKnownWay(page: PageNumber, permission: number): boolean {
    return this.#below.isKnownWay?.(page, permission) ?? false;
  }

  keepContext(sourceId: number, domainId: number, words: Words, fault: Condition | undefined): void {
    this.#below.keepContext(sourceId, domainId, words, fault);
  }

  keepPasid(
    sourceId: number,
    pasid: number,
    domainId: number,
    content: PasidContent,
    fault: Condition | undefined,
  ): void {
    this.#below.keepPasid(sourceId, pasid, domainId, content, fault);
  }

  keepTranslation(request: DmaRequest, translation: Translation, fault: Condition | undefined): void {
    this.#below.keepTranslation(request, translation, fault);
  }

  keepSecondStageTable(domainId: number, input: PageNumber, level: number, place: TablePlace): void {
    this.#below.keepSecondStageTable(domainId, input, level, place);
  }

  keepFirstStageTable(domainId: number, pasid: number, input: PageNumber, levels: number, place: TablePlace): void {
    this.#below.keepFirstStageTable(domainId, pasid, input, levels, place);
  }

  keepHostPermission(request: DmaRequest, domainId: number, level: number, permission: number): void {
    this.#below.keepHostPermission(request, domainId, level, permission);
  }

  keepHostPermissionTable(domainId: number, page: PageNumber, place: HostPermissionPlace): void {
    this.#below.keepHostPermissionTable(domainId, page, place);
  }

  keepInterrupt(index: number, words: Words, fault: InterruptCondition | undefined): void {
    this.#below.keepInterrupt(index, words, fault);
  }

  invalidateContexts(scope: ContextScope): void {
    this.#below.invalidateContexts(scope);
  }

  invalidatePasids(scope: PasidScope): void {
    this.#below.invalidatePasids(scope);
  }

  invalidateTranslations(scope: TranslationScope): void {
    this.#below.invalidateTranslations(scope);
  }

  invalidatePasidTranslations(scope: PasidTranslationScope): void {
    this.#below.invalidatePasidTranslations(scope);
  }

  invalidateHostPermissions(scope: HostPermissionScope): void {
    this.#below.invalidateHostPermissions(scope);
  }

  invalidateInterrupts(scope: InterruptScope): void {
    this.#below.invalidateInterrupts(scope);
  }

  invalidateAll(): void {
    this.#below.invalidateAll();
  }

  invalidateAllInterrupts(): void {
    this.#below.invalidateAllInterrupts();
  }

  reset(): void {
    this.#below.reset();
  }

  complete(asked?: number): void {
    this.#below.complete(asked);
  }
}

/** §11.4.13.20: of an entry that points to the table of a level; none is known where a walk ends there. */
const levelAbove = (level: number): number => (level === 0 ? 0 : level + 1);

/** §11.4.13.20: 4 KiB pages have level 1, those of 2 MiB 2, of 1 GiB 3; pass-through and faults have none. */
const levelOfPage = (pages: number): number => (pages === 0 ? 0 : 1 + Math.log2(pages) / 9);
