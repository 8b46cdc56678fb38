import { integer, listOf, members, oneOf, type Read } from '../bits/json-values.ts';
import { highWordOf, pageOfWords } from '../bits/page-number.ts';
import { pageText, pageValue } from '../bits/saved-words.ts';
import type { Condition } from '../conditions/condition.ts';
import { TRANSLATION_FAULTS } from '../conditions/translation.ts';
import { type DmaRequest, NO_PASID } from '../messages/dma-request.ts';
import { formatSourceId, sourceIdValue } from '../messages/source-id.ts';
import { MEMORY_TYPES, type MemoryType, newTranslation, type Translation } from '../messages/translation.ts';
import { PGTT } from '../structures/pasid-table-entry.ts';
import { type Found, leafPagesKept } from './caches.ts';
import {
  checkFirstPage,
  domainIdValue,
  type EntryOf,
  faultValue,
  pasidValue,
  permissionValue,
  type SavedStore,
  storeValue,
} from './saved-entries.ts';
import {
  mustGoPasidTranslation,
  mustGoTranslation,
  type PasidTranslationScope,
  type TranslationScope,
  type TranslationTags,
} from './scopes.ts';
import { type Replacement, TAG_WORDS, TaggedStore } from './tagged-store.ts';

/**
 * Where in an entry. The tag, Table 17: bits 31:0 of the first page that it maps; bits 51:32 of it with the size above
 * them; the source-id; the PASID of the request, NO_PASID being the mark of a request without.
 */
const PAGE_LOW = 0;
const PAGE_HIGH = 1;
const SOURCE_ID = 2;
const REQUEST_PASID = 3;
/** Behind the tag: the host page, two words; domain-id; PASID for invalidations; flags; stages, memory type, fault. */
const HOST_LOW = TAG_WORDS;
const HOST_HIGH = TAG_WORDS + 1;
const DOMAIN_ID = TAG_WORDS + 2;
const PASID = TAG_WORDS + 3;
const FLAGS = TAG_WORDS + 4;
const KIND = TAG_WORDS + 5;
const CONTENT_WORDS = 6;

/** Bits above bits 51:32 of the page in the second word of a tag, for the size: 4 KiB, 2 MiB or 1 GiB by number. */
const SIZE = 2 ** 20;
/** Pages of an entry by the number of its size. */
const PAGES = [1, 2 ** 9, 2 ** 18] as const;

/** Flags of an entry: the lowest two are READ and WRITE of the second stage. */
const SECOND_STAGE_RIGHTS = 3;
const WRITABLE = 1 << 2;
const USER = 1 << 3;
const SNOOPED = 1 << 4;
const WRITE_READY = 1 << 5;
const SUPERVISOR_ALLOWED = 1 << 6;
const WRITE_PROTECTED = 1 << 7;
const OWN_PRIVILEGE = 1 << 8;
const NO_FAULT_PROCESSING = 1 << 9;
const FIVE_LEVELS = 1 << 10;
/** From here on the size of the leaf, by number and one more; 0 where no leaf decided. */
const LEAF = 1 << 11;

/** The word KIND: stages, then memory type, then the number of the fault. */
const TYPE = 1 << 3;
const FAULT = 1 << 6;

/** What of a request is a tag. */
type Asked = Pick<DmaRequest, 'page' | 'sourceId' | 'pasid'>;

/** Table 18: bits of the page in a first-stage tag. */
const FOUR_LEVEL_TAG = 36;
const FIVE_LEVEL_TAG = 45;

/** An entry of {@link Iotlb} in a snapshot; what a walk came to by the names of {@link Translation}. */
export interface SavedTranslation {
  readonly source: string;
  /** Of the request; none where it had none. */
  readonly pasid?: number;
  /** The first address that the entry maps. */
  readonly address: string;
  /** The page that this address leads to. */
  readonly host: string;
  /** 1, 512 or 262144; 0 where no paging entry decided. */
  readonly leafPages: number;
  readonly domainId: number;
  /** By which invalidations find it; none in legacy mode. */
  readonly tagPasid?: number;
  readonly stages: number;
  readonly secondStagePermission: number;
  readonly memoryType: string;
  /** Those of {@link SAVED_FLAGS} that hold. */
  readonly flags: readonly string[];
  readonly fault?: string;
}

const SAVED_FLAGS = [
  'writable',
  'user',
  'leafSnooped',
  'writeReady',
  'supervisorAllowed',
  'writeProtected',
  'ownPrivilege',
  'faultProcessingDisabled',
  'fiveLevels',
] as const satisfies readonly (keyof Translation)[];

export const TRANSLATIONS = storeValue(
  members(
    {
      source: sourceIdValue,
      address: pageValue,
      host: pageValue,
      leafPages: oneOf([0, ...PAGES]),
      domainId: domainIdValue,
      stages: integer(0, PGTT.PASS_THROUGH),
      secondStagePermission: permissionValue,
      memoryType: oneOf(MEMORY_TYPES),
      flags: listOf(oneOf(SAVED_FLAGS)),
    },
    { pasid: pasidValue, tagPasid: pasidValue, fault: faultValue },
  ),
);

/** The IOTLB, §6.2.4: what walks came to, by source-id, PASID and page. */
export class Iotlb {
  readonly store: TaggedStore;
  readonly #pasidHitsNoPasid: boolean;
  /** Whether there was ever an entry of a size: the others are not looked for. */
  readonly #has: [boolean, boolean, boolean] = [false, false, false];
  /** The tags of the entry that an invalidation asks about. */
  readonly #tags = { domainId: 0, pasid: 0, stages: 0, page: 0, pages: 0, tagWidth: 0 };

  constructor(capacity: number, replacement: Replacement, pasidHitsNoPasid: boolean) {
    this.store = new TaggedStore(CONTENT_WORDS, capacity, replacement);
    this.#pasidHitsNoPasid = pasidHitsNoPasid;
  }

  /** What is known of the request's page into `translation`, §6.2.4.1. */
  find(request: DmaRequest, translation: Translation): Found {
    const { sourceId, page, pasid } = request;
    const known = this.#find(sourceId, page, pasid, translation);
    if (known !== false || !this.#pasidHitsNoPasid || pasid === NO_PASID) return known;
    // §6.2.1: such an entry may serve a request with the PASID that it was made for.
    const shared = this.#find(sourceId, page, NO_PASID, translation);
    return shared !== false && translation.pasid === pasid ? shared : false;
  }

  /** `fault`: caching mode, and the walk ended with it. */
  keep(request: Asked, translation: Translation, fault: Condition | undefined): void {
    const { sourceId, page, pasid } = request;
    const leafPages = leafPagesKept(translation, fault);
    const size = leafPages >= PAGES[2] ? 2 : leafPages >= PAGES[1] ? 1 : 0;
    const pages = PAGES[size]!;
    const inside = size === 0 ? 0 : page % pages;
    const first = page - inside;
    const entry = this.store.insert(first | 0, highWordOf(first) + size * SIZE, sourceId, pasid);
    if (entry < 0) return;
    this.#has[size] = true;
    const into = this.store.words;
    const host = translation.page - inside;
    into[entry + HOST_LOW] = host | 0;
    into[entry + HOST_HIGH] = highWordOf(host);
    into[entry + DOMAIN_ID] = translation.domainId;
    into[entry + PASID] = translation.pasid;
    into[entry + FLAGS] = flagsOf(translation) + (leafPages === 0 ? 0 : (size + 1) * LEAF);
    const number = fault === undefined ? 0 : TRANSLATION_FAULTS.indexOf(fault) + 1;
    into[entry + KIND] = translation.stages + numberOf(translation.memoryType) * TYPE + number * FAULT;
  }

  snapshot(): SavedStore<SavedTranslation> {
    const { words } = this.store;
    return this.store.snapshot((at) => {
      const { page, pasid: tagPasid } = this.#tagsOf(at);
      const translation = newTranslation();
      const fault = this.#take(at, 0, translation);
      // Of no use in legacy mode, but there all the same.
      takeOfPasid(words[at + FLAGS]!, words[at + KIND]!, tagPasid, translation);
      const pasid = words[at + REQUEST_PASID]!;
      return {
        source: formatSourceId(words[at + SOURCE_ID]!),
        ...(pasid === NO_PASID ? {} : { pasid }),
        address: pageText(page),
        host: pageText(translation.page),
        leafPages: translation.leafPages,
        domainId: translation.domainId,
        ...(tagPasid === NO_PASID ? {} : { tagPasid }),
        stages: translation.stages,
        secondStagePermission: translation.secondStagePermission,
        memoryType: translation.memoryType,
        flags: SAVED_FLAGS.filter((name) => translation[name]),
        ...(typeof fault === 'boolean' ? {} : { fault: fault.code }),
      };
    });
  }

  /** Throws a RangeError, after some of it, if this cache cannot have such entries; `where` names it in the snapshot. */
  restore(saved: Read<typeof TRANSLATIONS>, where: string): void {
    const keep = (entry: EntryOf<typeof TRANSLATIONS>) => {
      const { source: sourceId, pasid = NO_PASID, address: page, host, tagPasid = NO_PASID, flags, fault } = entry;
      const { leafPages, domainId, stages, secondStagePermission, memoryType } = entry;
      const result = { leafPages, domainId, stages, secondStagePermission, memoryType };
      const held = Object.fromEntries(SAVED_FLAGS.map((name) => [name, flags.includes(name)]));
      const translation = { ...newTranslation(), ...result, ...held, page: host, pasid: tagPasid };
      if (leafPagesKept(translation, fault) !== leafPages) {
        throw new RangeError(`${where} has an entry without a leaf, whose leafPages is 0, got ${leafPages}`);
      }
      checkFirstPage(page, Math.max(leafPages, 1), where);
      this.keep({ sourceId, pasid, page }, translation, fault);
    };
    this.store.restore(saved, keep, where);
  }

  invalidate(scope: TranslationScope): void {
    this.store.removeWhere((entry) => mustGoTranslation(scope, this.#tagsOf(entry)));
  }

  invalidatePasid(scope: PasidTranslationScope): void {
    this.store.removeWhere((entry) => mustGoPasidTranslation(scope, this.#tagsOf(entry)));
  }

  #find(sourceId: number, page: number, pasid: number, translation: Translation): Found {
    const { store } = this;
    let entry = this.#has[0] ? store.find(page | 0, highWordOf(page), sourceId, pasid) : -1;
    let inside = 0;
    for (let size = 1; entry < 0 && size < 3; size++) {
      if (!this.#has[size]) continue;
      inside = page % PAGES[size]!;
      const first = page - inside;
      entry = store.find(first | 0, highWordOf(first) + size * SIZE, sourceId, pasid);
    }
    return entry < 0 ? false : this.#take(entry, inside, translation);
  }

  /** The content of an entry into `translation`; `inside`: which of its pages. */
  #take(entry: number, inside: number, translation: Translation): Found {
    const from = this.store.words;
    const flags = from[entry + FLAGS]!;
    const kind = from[entry + KIND]!;
    translation.page = pageOfWords(from[entry + HOST_LOW]!, from[entry + HOST_HIGH]!) + inside;
    translation.leafPages = flags < LEAF ? 0 : PAGES[((flags / LEAF) | 0) - 1]!;
    translation.domainId = from[entry + DOMAIN_ID]!;
    translation.stages = kind & (TYPE - 1);
    translation.secondStagePermission = flags & SECOND_STAGE_RIGHTS;
    translation.leafSnooped = (flags & SNOOPED) !== 0;
    translation.faultProcessingDisabled = (flags & NO_FAULT_PROCESSING) !== 0;
    // The rest is that of a PASID-table entry: legacy mode has no use for it.
    const pasid = from[entry + PASID]!;
    if (pasid !== NO_PASID) takeOfPasid(flags, kind, pasid, translation);
    return kind < FAULT ? true : TRANSLATION_FAULTS[((kind / FAULT) | 0) - 1]!;
  }

  #tagsOf(entry: number): TranslationTags {
    const tags = this.#tags;
    const from = this.store.words;
    const high = from[entry + PAGE_HIGH]!;
    tags.domainId = from[entry + DOMAIN_ID]!;
    tags.pasid = from[entry + PASID]!;
    tags.stages = from[entry + KIND]! & (TYPE - 1);
    tags.page = pageOfWords(from[entry + PAGE_LOW]!, high % SIZE);
    tags.pages = PAGES[(high / SIZE) | 0]!;
    tags.tagWidth = (from[entry + FLAGS]! & FIVE_LEVELS) === 0 ? FOUR_LEVEL_TAG : FIVE_LEVEL_TAG;
    return tags;
  }
}

function takeOfPasid(flags: number, kind: number, pasid: number, translation: Translation): void {
  translation.pasid = pasid;
  translation.writable = (flags & WRITABLE) !== 0;
  translation.user = (flags & USER) !== 0;
  translation.writeReady = (flags & WRITE_READY) !== 0;
  translation.supervisorAllowed = (flags & SUPERVISOR_ALLOWED) !== 0;
  translation.writeProtected = (flags & WRITE_PROTECTED) !== 0;
  translation.ownPrivilege = (flags & OWN_PRIVILEGE) !== 0;
  translation.fiveLevels = (flags & FIVE_LEVELS) !== 0;
  translation.memoryType = MEMORY_TYPES[(kind / TYPE) & 7]!;
}

/** Mostly it is the first (measured). */
const numberOf = (type: MemoryType): number => (type === MEMORY_TYPES[0] ? 0 : MEMORY_TYPES.indexOf(type));

function flagsOf(translation: Translation): number {
  return (
    translation.secondStagePermission |
    (translation.writable ? WRITABLE : 0) |
    (translation.user ? USER : 0) |
    (translation.leafSnooped ? SNOOPED : 0) |
    (translation.writeReady ? WRITE_READY : 0) |
    (translation.supervisorAllowed ? SUPERVISOR_ALLOWED : 0) |
    (translation.writeProtected ? WRITE_PROTECTED : 0) |
    (translation.ownPrivilege ? OWN_PRIVILEGE : 0) |
    (translation.faultProcessingDisabled ? NO_FAULT_PROCESSING : 0) |
    (translation.fiveLevels ? FIVE_LEVELS : 0)
  );
}
