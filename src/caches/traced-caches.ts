import type { Words } from '../bits/field.ts';
import { hex } from '../bits/hex.ts';
import type { PageNumber } from '../bits/page-number.ts';
import { wordsText } from '../bits/words-text.ts';
import type { Condition } from '../conditions/condition.ts';
import type { InterruptCondition } from '../conditions/interrupt.ts';
import { type DmaRequest, NO_PASID } from '../messages/dma-request.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { Translation } from '../messages/translation.ts';
import type { CacheName, Caches, Found, HostPermissionPlace, PasidContent, TablePlace } from './caches.ts';
import { describeScope } from './scope-text.ts';
import type {
  ContextScope,
  HostPermissionScope,
  InterruptScope,
  PasidScope,
  PasidTranslationScope,
  TranslationScope,
} from './scopes.ts';

/** What happens in caches, §6.2. */
export type CacheEvent =
  /** An entry answered in place of memory, or was kept. `tags` says which, `content` what it holds. */
  | { readonly kind: 'hit' | 'fill'; readonly cache: CacheName; readonly tags: string; readonly content: string }
  /** An invalidation, and how many entries it removed. */
  | { readonly kind: 'invalidation'; readonly command: string; readonly removed: number };

/** Caches whose entries can be counted. */
interface Counted {
  readonly size: number;
}

/** Caches, and somebody who is told what happens in them. With `readOnly` nothing is kept: to see what would happen. */
export class TracedCaches implements Caches {
  readonly #below: Caches & Partial<Counted>;
  readonly #tell: (event: CacheEvent) => void;
  readonly #readOnly: boolean;

  constructor(below: Caches, tell: (event: CacheEvent) => void, readOnly = false) {
    this.#below = below;
    this.#tell = tell;
    this.#readOnly = readOnly;
  }

  findContext(sourceId: number, words: Words): Found {
    return this.#found(this.#below.findContext(sourceId, words), 'context', () => contextText(sourceId, words));
  }

  keepContext(sourceId: number, domainId: number, words: Words, fault: Condition | undefined): void {
    this.#kept('context', contextText(sourceId, words, fault));
    if (!this.#readOnly) this.#below.keepContext(sourceId, domainId, words, fault);
  }

  findPasid(sourceId: number, pasid: number, content: PasidContent): Found {
    const found = this.#below.findPasid(sourceId, pasid, content);
    return this.#found(found, 'pasid', () => pasidText(sourceId, pasid, content));
  }

  keepPasid(
    sourceId: number,
    pasid: number,
    domainId: number,
    content: PasidContent,
    fault: Condition | undefined,
  ): void {
    this.#kept('pasid', pasidText(sourceId, pasid, content, fault));
    if (!this.#readOnly) this.#below.keepPasid(sourceId, pasid, domainId, content, fault);
  }

  findTranslation(request: DmaRequest, translation: Translation): Found {
    const found = this.#below.findTranslation(request, translation);
    return this.#found(found, 'iotlb', () => translationText(request, translation));
  }

  keepTranslation(request: DmaRequest, translation: Translation, fault: Condition | undefined): void {
    this.#kept('iotlb', translationText(request, translation, fault));
    if (!this.#readOnly) this.#below.keepTranslation(request, translation, fault);
  }

  findSecondStageTable(domainId: number, input: PageNumber, levels: number, place: TablePlace): boolean {
    const found = this.#below.findSecondStageTable(domainId, input, levels, place);
    return this.#found(found, 'secondStage', () => tableText(`DID=${hex(domainId)}`, input, place)) !== false;
  }

  keepSecondStageTable(domainId: number, input: PageNumber, level: number, place: TablePlace): void {
    this.#kept('secondStage', tableText(`DID=${hex(domainId)}`, input, place));
    if (!this.#readOnly) this.#below.keepSecondStageTable(domainId, input, level, place);
  }

  findFirstStageTable(domainId: number, pasid: number, input: PageNumber, levels: number, place: TablePlace): boolean {
    const found = this.#below.findFirstStageTable(domainId, pasid, input, levels, place);
    const tags = `DID=${hex(domainId)} PASID=${hex(pasid)}`;
    return this.#found(found, 'firstStage', () => tableText(tags, input, place)) !== false;
  }

  keepFirstStageTable(domainId: number, pasid: number, input: PageNumber, levels: number, place: TablePlace): void {
    this.#kept('firstStage', tableText(`DID=${hex(domainId)} PASID=${hex(pasid)}`, input, place));
    if (!this.#readOnly) this.#below.keepFirstStageTable(domainId, pasid, input, levels, place);
  }

  findHostPermission(request: DmaRequest): number {
    const permission = this.#below.findHostPermission(request);
    this.#found(permission >= 0, 'hostPermission', () => permissionText(request, permission));
    return permission;
  }

  keepHostPermission(request: DmaRequest, domainId: number, level: number, permission: number): void {
    this.#kept('hostPermission', permissionText(request, permission));
    if (!this.#readOnly) this.#below.keepHostPermission(request, domainId, level, permission);
  }

  findHostPermissionTable(domainId: number, page: PageNumber, place: HostPermissionPlace): boolean {
    const found = this.#below.findHostPermissionTable(domainId, page, place);
    return this.#found(found, 'hostPermission', () => permissionsText(domainId, page, place)) !== false;
  }

  keepHostPermissionTable(domainId: number, page: PageNumber, place: HostPermissionPlace): void {
    this.#kept('hostPermission', permissionsText(domainId, page, place));
    if (!this.#readOnly) this.#below.keepHostPermissionTable(domainId, page, place);
  }

  findInterrupt(index: number, words: Words): Found<InterruptCondition> {
    return this.#found(this.#below.findInterrupt(index, words), 'interrupt', () => interruptText(index, words));
  }

  keepInterrupt(index: number, words: Words, fault: InterruptCondition | undefined): void {
    this.#kept('interrupt', interruptText(index, words, fault));
    if (!this.#readOnly) this.#below.keepInterrupt(index, words, fault);
  }

  invalidateContexts(scope: ContextScope): void {
    this.#invalidated(describeScope.contexts(scope), () => this.#below.invalidateContexts(scope));
  }

  invalidatePasids(scope: PasidScope): void {
    this.#invalidated(describeScope.pasids(scope), () => this.#below.invalidatePasids(scope));
  }

  invalidateTranslations(scope: TranslationScope): void {
    this.#invalidated(describeScope.translations(scope), () => this.#below.invalidateTranslations(scope));
  }

  invalidatePasidTranslations(scope: PasidTranslationScope): void {
    this.#invalidated(describeScope.pasidTranslations(scope), () => this.#below.invalidatePasidTranslations(scope));
  }

  invalidateHostPermissions(scope: HostPermissionScope): void {
    this.#invalidated(describeScope.hostPermissions(scope), () => this.#below.invalidateHostPermissions(scope));
  }

  invalidateInterrupts(scope: InterruptScope): void {
    this.#invalidated(describeScope.interrupts(scope), () => this.#below.invalidateInterrupts(scope));
  }

  invalidateAll(): void {
    this.#invalidated('everything of DMA remapping', () => this.#below.invalidateAll());
  }

  invalidateAllInterrupts(): void {
    this.#invalidated('everything of interrupt remapping', () => this.#below.invalidateAllInterrupts());
  }

  reset(): void {
    this.#invalidated('everything, by a reset', () => this.#below.reset());
  }

  complete(): void {
    this.#below.complete();
  }

  #found<Row extends Condition>(found: Found<Row>, cache: CacheName, text: () => EntryText): Found<Row> {
    if (found !== false) this.#tell({ kind: 'hit', cache, ...text() });
    return found;
  }

  #kept(cache: CacheName, text: EntryText): void {
    if (!this.#readOnly) this.#tell({ kind: 'fill', cache, ...text });
  }

  #invalidated(command: string, perform: () => void): void {
    const before = this.#below.size ?? 0;
    perform();
    this.#tell({ kind: 'invalidation', command, removed: before - (this.#below.size ?? 0) });
  }
}

interface EntryText {
  readonly tags: string;
  readonly content: string;
}

const addressText = (page: PageNumber): string => hex(page * 4096);
const rightsText = (rights: number): string => `${(rights & 1) === 0 ? '-' : 'r'}${(rights & 2) === 0 ? '-' : 'w'}`;

function contextText(sourceId: number, words: Words, fault?: Condition): EntryText {
  return { tags: `SID=${formatSourceId(sourceId)}`, content: fault?.code ?? wordsText(words) };
}

function pasidText(sourceId: number, pasid: number, { words }: PasidContent, fault?: Condition): EntryText {
  return {
    tags: `SID=${formatSourceId(sourceId)} PASID=${hex(pasid)}`,
    content: fault?.code ?? wordsText(words.subarray(0, 8)),
  };
}

function translationText(
  { sourceId, page, pasid }: DmaRequest,
  translation: Translation,
  fault?: Condition,
): EntryText {
  const { domainId, leafPages, secondStagePermission, page: host } = translation;
  const own = pasid === NO_PASID ? '' : ` PASID=${hex(pasid)}`;
  const size = Math.max(leafPages, 1);
  const rights = secondStagePermission & (translation.writable ? 3 : 1);
  return {
    tags: `SID=${formatSourceId(sourceId)}${own} DID=${hex(domainId)} ADDR=${addressText(page - (page % size))}`,
    content: fault?.code ?? `${addressText(host - (host % size))}, ${size * 4} KiB, ${rightsText(rights)}`,
  };
}

function tableText(tags: string, input: PageNumber, { level, page, fault }: TablePlace): EntryText {
  const span = 2 ** (9 * level);
  const content =
    fault?.code ?? (level === 0 ? 'no permission' : `the table of level ${level} at ${addressText(page)}`);
  return { tags: `${tags} ADDR=${addressText(input - (input % span))}`, content };
}

function permissionText({ sourceId, page }: DmaRequest, permission: number): EntryText {
  return { tags: `SID=${formatSourceId(sourceId)} ADDR=${addressText(page)}`, content: rightsText(permission) };
}

function permissionsText(domainId: number, page: PageNumber, { level, table }: HostPermissionPlace): EntryText {
  const content = `the table of level ${level} at ${addressText(table)}`;
  return { tags: `HPTDID=${hex(domainId)} ADDR=${addressText(page)}`, content };
}

function interruptText(index: number, words: Words, fault?: Condition): EntryText {
  return { tags: `INDEX=${hex(index)}`, content: fault?.code ?? wordsText(words) };
}
