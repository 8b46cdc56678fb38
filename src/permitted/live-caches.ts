import type { Words } from '../bits/field.ts';
import { type PageNumber, POWER_OF_2 } from '../bits/page-number.ts';
import {
  type CacheInvalidation,
  type CacheName,
  type Caches,
  type Found,
  type HostPermissionPlace,
  leafPagesKept,
  type PasidContent,
  type TablePlace,
} from '../caches/caches.ts';
import { describeScope } from '../caches/scope-text.ts';
import type {
  ContextScope,
  HostPermissionScope,
  InterruptScope,
  PasidScope,
  PasidTranslationScope,
  TableTags,
  TranslationScope,
  TranslationTags,
} from '../caches/scopes.ts';
import type { Condition } from '../conditions/condition.ts';
import type { InterruptCondition } from '../conditions/interrupt.ts';
import { type DmaRequest, NO_PASID } from '../messages/dma-request.ts';
import type { Translation } from '../messages/translation.ts';
import type { Branches, Command } from './branches.ts';
import {
  contextTag,
  type InterruptTags,
  type PermissionTags,
  tableTag,
  textOf,
  translationTag,
  translationText,
} from './entry-keys.ts';
import { LiveEntries, type LiveEntry, type Source } from './live-entries.ts';
import { type NamedEntries, namedBy, namedByPageRequest } from './named-entries.ts';
import { type Read, take } from './read-content.ts';
import { RANK, SubmittedCommands } from './submitted-commands.ts';

/** Of tables that an entry can point to. */
const TABLE_LEVELS = [1, 2, 3, 4] as const;
/** By the number of its size: pages of an entry of the IOTLB. */
const SIZES = [1, 2 ** 9, 2 ** 18] as const;
/** By level: bits of a page number below a permission of a host permission entry, and below the entry (§9.12). */
const PERMISSION_BITS = [0, 0, 9, 18] as const;
const ENTRY_BITS = [0, 5, 13, 21, 29] as const;

/**
 * The caches of every legal unit at once, 6.A: a lookup is a point of choice between all entries that may be there and
 * reading memory, and what is kept on any path may be there from then on.
 */
export class LiveCaches implements Caches {
  readonly entries: LiveEntries;
  /** The step of the history that is under way: requests and invalidations count. */
  step = 0;
  readonly #branches: () => Branches;
  /** What the present path has read so far. */
  readonly #reads: () => readonly Source[];
  /** What the paths through the present request may have made: it counts once all were taken. */
  readonly #made = new Map<string, { readonly tag: string; readonly entry: LiveEntry }[]>();
  /** What the present path used in place of memory, while it has these reads and so many choices. */
  #from:
    | { readonly reads: readonly Source[]; readonly depth: number; readonly entries: readonly LiveEntry[] }
    | undefined;
  readonly #commands: SubmittedCommands;
  /** Invalidations that are no commands, but part of something else: what they name is gone at once, §6.5.3.1. */
  readonly atOnce: Pick<CacheInvalidation, 'invalidateTranslations' | 'invalidatePasidTranslations'> = {
    invalidateTranslations: (scope) =>
      this.#remove(describeScope.translations(scope), namedByPageRequest.translations(scope)),
    invalidatePasidTranslations: (scope) =>
      this.#remove(describeScope.pasidTranslations(scope), namedByPageRequest.pasidTranslations(scope)),
  };

  constructor(
    branches: () => Branches,
    reads: () => readonly Source[],
    flushes: () => number,
    entries = new LiveEntries(),
  ) {
    this.#commands = new SubmittedCommands(flushes);
    this.entries = entries;
    this.#branches = branches;
    this.#reads = reads;
  }

  /** All paths of a request were taken. */
  settle(): void {
    for (const made of this.#made.values()) for (const { tag, entry } of made) this.entries.add(tag, entry);
    this.#made.clear();
  }

  findContext(sourceId: number, words: Words): Found {
    return take(this.#choose<Read<Words>>(contextTag(sourceId, words)), (content) => words.set(content));
  }

  keepContext(sourceId: number, domainId: number, words: Words, fault: Condition | undefined): void {
    const content = () => ({ fault, content: words.slice() });
    this.#keep('context', contextTag(sourceId, words), { sourceId, domainId }, content, textOf(words, fault));
  }

  findPasid(sourceId: number, pasid: number, into: PasidContent): Found {
    return take(this.#choose<Read<PasidContent>>(`pasid ${sourceId} ${pasid}`), (content) => {
      into.words.set(content.words);
      into.directoryFaultProcessingDisabled = content.directoryFaultProcessingDisabled;
    });
  }

  keepPasid(
    sourceId: number,
    pasid: number,
    domainId: number,
    { words, directoryFaultProcessingDisabled }: PasidContent,
    fault: Condition | undefined,
  ): void {
    const content = () => ({ fault, content: { words: words.slice(), directoryFaultProcessingDisabled } });
    const text = `${textOf(words, fault)} ${directoryFaultProcessingDisabled} ${domainId}`;
    this.#keep('pasid', `pasid ${sourceId} ${pasid}`, { pasid, domainId }, content, text);
  }

  findTranslation({ sourceId, page, pasid }: DmaRequest, translation: Translation): Found {
    const chosen = this.#branches().choose(() => {
      const tags = SIZES.map((pages) => translationTag(sourceId, pasid, page, pages));
      const own = tags.flatMap((tag) => this.#under<Read<Translation>, TranslationTags>(tag));
      // 6.2.1-M1: an entry without PASID may serve a request with the PASID that it was made for.
      const shared = pasid === NO_PASID ? [] : SIZES.flatMap((pages) => this.#shared(sourceId, pasid, page, pages));
      return [...own, ...shared];
    });
    return take(chosen, (content) => {
      Object.assign(translation, content);
      translation.page += page - chosen!.tags.page;
    });
  }

  keepTranslation({ sourceId, page, pasid }: DmaRequest, translation: Translation, fault: Condition | undefined): void {
    const { domainId, stages, fiveLevels } = translation;
    const leafPages = leafPagesKept(translation, fault);
    for (const pages of SIZES) {
      // §6.2.4.1: a large page may be kept in pieces of a smaller size.
      if (pages > Math.max(leafPages, 1)) break;
      const first = page - (page % pages);
      const tags = { domainId, pasid: translation.pasid, stages, page: first, pages, tagWidth: fiveLevels ? 45 : 36 };
      const host = translation.page - (page - first);
      const content = () => ({ fault, content: { ...translation, page: host, leafPages } });
      this.#keep(
        'iotlb',
        translationTag(sourceId, pasid, page, pages),
        tags,
        content,
        translationText(host, leafPages, translation, fault),
      );
    }
  }

  findSecondStageTable(domainId: number, input: PageNumber, _levels: number, place: TablePlace): boolean {
    return this.#findTable('secondStage', domainId, 0, input, place);
  }

  keepSecondStageTable(domainId: number, input: PageNumber, level: number, place: TablePlace): void {
    this.#keepTable('secondStage', domainId, 0, input, level, 0, place);
  }

  isKnownWay(page: PageNumber, permission: number): boolean {
    return this.#branches().ledBefore(`${page} ${permission}`);
  }

  findFirstStageTable(domainId: number, pasid: number, input: PageNumber, _levels: number, place: TablePlace): boolean {
    return this.#findTable('firstStage', domainId, pasid, input, place);
  }

  keepFirstStageTable(domainId: number, pasid: number, input: PageNumber, levels: number, place: TablePlace): void {
    this.#keepTable('firstStage', domainId, pasid, input, place.level, levels, place);
  }

  findHostPermission({ sourceId, pasid, page }: DmaRequest): number {
    for (const level of [1, 2, 3]) {
      const span = Math.floor(page / POWER_OF_2[PERMISSION_BITS[level]!]!);
      // §6.2.6: of several levels the lowest decides.
      const chosen = this.#choose<number>(`permission ${sourceId} ${pasid} ${level} ${span}`);
      if (chosen !== undefined) return chosen.content;
    }
    return -1;
  }

  keepHostPermission({ sourceId, pasid, page }: DmaRequest, domainId: number, level: number, permission: number): void {
    const pages = POWER_OF_2[PERMISSION_BITS[level]!]!;
    const span = Math.floor(page / pages);
    const tags: PermissionTags = { domainId, level, page: span * pages, pages };
    const tag = `permission ${sourceId} ${pasid} ${level} ${span}`;
    this.#keep('hostPermission', tag, tags, () => permission, `${permission} ${domainId}`);
  }

  findHostPermissionTable(domainId: number, page: PageNumber, place: HostPermissionPlace): boolean {
    const chosen = this.#branches().choose(() =>
      [2, 3, 4].flatMap((level) => {
        const span = Math.floor(page / POWER_OF_2[ENTRY_BITS[level]!]!);
        return this.#under<HostPermissionPlace>(`permissions ${domainId} ${level} ${span}`);
      }),
    );
    if (chosen === undefined) return false;
    Object.assign(place, chosen.content);
    return true;
  }

  keepHostPermissionTable(domainId: number, page: PageNumber, place: HostPermissionPlace): void {
    const level = place.level + 1;
    const pages = POWER_OF_2[ENTRY_BITS[level]!]!;
    const span = Math.floor(page / pages);
    const tags: PermissionTags = { domainId, level, page: span * pages, pages };
    const content = { ...place };
    this.#keep('hostPermission', `permissions ${domainId} ${level} ${span}`, tags, () => content, `${place.table}`);
  }

  findInterrupt(index: number, words: Words): Found<InterruptCondition> {
    return take(this.#choose<Read<Words, InterruptCondition>>(`interrupt ${index}`), (content) => words.set(content));
  }

  keepInterrupt(index: number, words: Words, fault: InterruptCondition | undefined): void {
    const tags: InterruptTags = { index };
    const content = () => ({ fault, content: words.slice() });
    this.#keep('interrupt', `interrupt ${index}`, tags, content, textOf(words, fault));
  }

  invalidateContexts(scope: ContextScope): void {
    this.#submit(describeScope.contexts(scope), RANK.contexts, namedBy.contexts(scope));
  }

  invalidatePasids(scope: PasidScope): void {
    this.#submit(describeScope.pasids(scope), RANK.pasids, namedBy.pasids(scope));
  }

  invalidateTranslations(scope: TranslationScope): void {
    this.#submit(describeScope.translations(scope), RANK.translations, namedBy.translations(scope));
  }

  invalidatePasidTranslations(scope: PasidTranslationScope): void {
    this.#submit(describeScope.pasidTranslations(scope), RANK.translations, namedBy.pasidTranslations(scope));
  }

  invalidateHostPermissions(scope: HostPermissionScope): void {
    this.#submit(describeScope.hostPermissions(scope), undefined, namedBy.hostPermissions(scope));
  }

  invalidateInterrupts(scope: InterruptScope): void {
    this.#submit(describeScope.interrupts(scope), undefined, namedBy.interrupts(scope));
  }

  invalidateAll(): void {
    this.#commands.count();
    this.entries.remove(({ cache }) => cache !== 'interrupt', this.step, 'SRTP with ESRTPS=1, or TE=0 with SMTS=1');
  }

  invalidateAllInterrupts(): void {
    this.#commands.count();
    this.entries.remove(({ cache }) => cache === 'interrupt', this.step, 'SIRTP or IRE=0 with ESIRTPS=1');
  }

  /** A new history begins. */
  reset(): void {
    this.step = 0;
    this.#commands.forget();
    this.entries.clear();
  }

  complete(asked?: number): void {
    const commands = this.#commands.complete(asked);
    if (commands.length === 0) return;
    const text = commands.map((command) => `${command.text} of step ${command.step}`).join(', ');
    const goes = ({ doomedBy }: LiveEntry) => commands.some((command) => doomedBy.has(command));
    this.entries.remove(goes, this.step, text);
  }

  /** 6.5.2.11-R8: what these name may be used until later commands say so again. */
  abandon(asked: number): void {
    this.entries.spare(this.#commands.abandon(asked));
  }

  /** The commands that are not done while memory shows what stood there before that many flushes, §6.8. */
  commandsOfFlush(flushes: number): ReadonlySet<Command> {
    return this.#commands.ofFlush(flushes);
  }

  /** 6.A-R4: what a command names may be used until it is complete, and goes then. */
  #submit(text: string, rank: number | undefined, named: NamedEntries): void {
    this.step += 1;
    const names = (entry: LiveEntry) => named[entry.cache]?.(entry) ?? false;
    this.entries.doom(this.#commands.submit({ rank, names, text, step: this.step }), names);
  }

  #remove(text: string, named: NamedEntries): void {
    const goes = (entry: LiveEntry) => named[entry.cache]?.(entry) ?? false;
    this.entries.remove(goes, this.step, `${text}, which a queued page request implies`);
  }

  #under<Content, Tags = unknown>(tag: string): readonly LiveEntry<Content, Tags>[] {
    return this.entries.under(tag) as readonly LiveEntry<Content, Tags>[];
  }

  #choose<Content>(tag: string): LiveEntry<Content> | undefined {
    return this.#branches().choose(() => this.#under<Content>(tag));
  }

  #shared(sourceId: number, pasid: number, page: PageNumber, pages: number) {
    const entries = this.#under<Read<Translation>, TranslationTags>(translationTag(sourceId, NO_PASID, page, pages));
    return entries.filter(({ tags }) => tags.pasid === pasid);
  }

  #findTable(
    cache: 'firstStage' | 'secondStage',
    domainId: number,
    pasid: number,
    input: PageNumber,
    place: TablePlace,
  ): boolean {
    // Of any level, 6.A-R2: a domain may have had more levels than the walk has now.
    const chosen = this.#branches().choose(() =>
      TABLE_LEVELS.flatMap((level) => this.#under<TablePlace>(tableTag(cache, domainId, pasid, input, level))),
    );
    if (chosen === undefined) return false;
    Object.assign(place, chosen.content);
    return true;
  }

  #keepTable(
    cache: 'firstStage' | 'secondStage',
    domainId: number,
    pasid: number,
    input: PageNumber,
    level: number,
    levels: number,
    { level: next, page, rights, fault, writable }: TablePlace,
  ): void {
    const pages = POWER_OF_2[9 * level]!;
    const tags: TableTags = { domainId, pasid, page: input - (input % pages), pages, tagWidth: levels === 5 ? 45 : 36 };
    const text = `${next} ${page} ${rights} ${fault?.code} ${writable}`;
    const content = (): TablePlace => ({ level: next, page, rights, fault, writable });
    this.#keep(cache, tableTag(cache, domainId, pasid, input, level), tags, content, text);
  }

  /** What the present path keeps. It goes with a command under way if the path used what that command names. */
  #keep(cache: CacheName, tag: string, tags: unknown, content: () => unknown, text: string): void {
    const branches = this.#branches();
    const key = `${tag}: ${text}`;
    branches.kept(key);
    const made = this.#made.get(key);
    if (made?.some(({ entry }) => entry.doomedBy.size === 0)) return;
    const reads = this.#reads();
    const from = this.#usedOnPath(reads);
    const entry: LiveEntry = {
      key,
      cache,
      tags,
      content: content(),
      reads,
      from,
      step: this.step,
      doomedBy: new Set(),
    };
    const added = { tag, entry: { ...entry, doomedBy: this.#commands.removing(entry, branches.ahead) } };
    if (made === undefined) this.#made.set(key, [added]);
    else made.push(added);
  }

  /** The list is made once for all that is kept between two choices. */
  #usedOnPath(reads: readonly Source[]): readonly LiveEntry[] {
    const branches = this.#branches();
    const { depth } = branches;
    if (this.#from?.reads !== reads || this.#from.depth !== depth) {
      const entries = branches.taken.filter((taken): taken is LiveEntry => 'cache' in taken);
      this.#from = { reads, depth, entries };
    }
    return this.#from.entries;
  }
}
