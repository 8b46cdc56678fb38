import { boolean, integer, members, type Read } from '../bits/json-values.ts';
import { highWordOf, type PageNumber, POWER_OF_2, pageOfWords } from '../bits/page-number.ts';
import { pageText, pageValue } from '../bits/saved-words.ts';
import { TRANSLATION_FAULTS } from '../conditions/translation.ts';
import { newTablePlace, type TablePlace } from './caches.ts';
import {
  checkFirstPage,
  domainIdValue,
  type EntryOf,
  faultValue,
  pasidValue,
  type SavedStore,
  storeValue,
} from './saved-entries.ts';
import type { TableTags } from './scopes.ts';
import { type Replacement, TAG_WORDS, TaggedStore } from './tagged-store.ts';

/** Where in an entry. The tag: number of the span of pages, its high word with the level above it, domain-id, PASID. */
const SPAN_LOW = 0;
const SPAN_HIGH = 1;
const DOMAIN_ID = 2;
const PASID = 3;
/** Behind the tag: the table, two words; rights and others. */
const TABLE_LOW = TAG_WORDS;
const TABLE_HIGH = TAG_WORDS + 1;
const FLAGS = TAG_WORDS + 2;
const CONTENT_WORDS = 3;

/** Bits of the page in a first-stage tag, Table 18. */
const FOUR_LEVEL_TAG = 36;
const FIVE_LEVEL_TAG = 45;

/** In the second word of a tag, above the high bits of the span: the level of the table below the entry, 1 to 4. */
const LEVEL = 2 ** 24;

/** FLAGS: rights, level of the table below or 0, writable, five levels, number of the fault. */
const PLACE_LEVEL = 1 << 3;
const WRITABLE = 1 << 6;
const FIVE_LEVELS = 1 << 7;
const FAULT = 1 << 8;

/** An entry of {@link TableCache} in a snapshot. */
export interface SavedTable {
  /** The first address that the table below it maps. */
  readonly address: string;
  /** Level of the table below it, 1 to 4; with `permitted` false there is none, §6.2.5. */
  readonly level: number;
  readonly permitted: boolean;
  readonly table: string;
  readonly domainId: number;
  /** 0 in the second stage. */
  readonly pasid: number;
  readonly rights: number;
  readonly writable: boolean;
  /** Entries of a first stage of five levels have a longer tag. */
  readonly fiveLevels: boolean;
  readonly fault?: string;
}

export const TABLES = storeValue(
  members(
    {
      address: pageValue,
      level: integer(1, 4),
      permitted: boolean,
      table: pageValue,
      domainId: domainIdValue,
      pasid: pasidValue,
      rights: integer(0, PLACE_LEVEL - 1),
      writable: boolean,
      fiveLevels: boolean,
    },
    { fault: faultValue },
  ),
);

/** Levels of tables that an entry can point to. */
const TOP = 4;
/** Pages below a table by its level, and the reciprocals, which are exact. */
const SPAN = Float64Array.from({ length: TOP + 1 }, (_, level) => POWER_OF_2[9 * level]!);
const PER_SPAN = SPAN.map((pages) => 1 / pages);

/**
 * One of the paging-structure caches, §6.2.5: for each level of tables the entries that point to one. That of a lower
 * level stands for all entries above it.
 */
export class TableCache {
  readonly store: TaggedStore;
  /** Whether there was ever an entry for a level: the others are not looked for. */
  readonly #has = [false, false, false, false, false];
  /** The tags of the entry that an invalidation asks about. */
  readonly #tags = { domainId: 0, pasid: 0, page: 0, pages: 0, tagWidth: 0 };

  constructor(capacity: number, replacement: Replacement) {
    this.store = new TaggedStore(CONTENT_WORDS, capacity, replacement);
  }

  /** The lowest table known on the way to `input`, in a walk of so many levels, into `place`, §6.2.7. */
  find(domainId: number, pasid: number, input: PageNumber, levels: number, place: TablePlace): boolean {
    for (let level = 1; level < levels; level++) {
      if (!this.#has[level]) continue;
      const span = Math.floor(input * PER_SPAN[level]!);
      const entry = this.store.find(span | 0, highWordOf(span) + level * LEVEL, domainId, pasid);
      if (entry < 0) continue;
      this.#take(entry, place);
      return true;
    }
    return false;
  }

  /** `level` is that of the table below the entry, `place.level` the same or 0; `levels` those of the walk. */
  keep(domainId: number, pasid: number, input: PageNumber, level: number, levels: number, place: TablePlace): void {
    const span = Math.floor(input * PER_SPAN[level]!);
    const entry = this.store.insert(span | 0, highWordOf(span) + level * LEVEL, domainId, pasid);
    if (entry < 0) return;
    this.#has[level] = true;
    const into = this.store.words;
    into[entry + TABLE_LOW] = place.page | 0;
    into[entry + TABLE_HIGH] = highWordOf(place.page);
    const number = place.fault === undefined ? 0 : TRANSLATION_FAULTS.indexOf(place.fault) + 1;
    into[entry + FLAGS] =
      place.rights +
      place.level * PLACE_LEVEL +
      (place.writable ? WRITABLE : 0) +
      (levels === 5 ? FIVE_LEVELS : 0) +
      number * FAULT;
  }

  snapshot(): SavedStore<SavedTable> {
    return this.store.snapshot((at) => {
      const { page, domainId, pasid, tagWidth } = this.#tagsOf(at);
      const place = newTablePlace();
      this.#take(at, place);
      return {
        address: pageText(page),
        level: (this.store.words[at + SPAN_HIGH]! / LEVEL) | 0,
        permitted: place.level !== 0,
        table: pageText(place.page),
        domainId,
        pasid,
        rights: place.rights,
        writable: place.writable,
        fiveLevels: tagWidth === FIVE_LEVEL_TAG,
        ...(place.fault === undefined ? {} : { fault: place.fault.code }),
      };
    });
  }

  /** Throws a RangeError, after some of it, if this cache cannot have such entries; `where` names it in the snapshot. */
  restore(saved: Read<typeof TABLES>, where: string): void {
    const keep = (entry: EntryOf<typeof TABLES>) => {
      const { address, level, permitted, table, domainId, pasid, rights, writable, fiveLevels, fault } = entry;
      checkFirstPage(address, SPAN[level]!, where);
      const place = { level: permitted ? level : 0, page: table, rights, writable, fault };
      this.keep(domainId, pasid, address, level, fiveLevels ? 5 : 4, place);
    };
    this.store.restore(saved, keep, where);
  }

  /** Removes the entries of which `goes` says so by their tags. */
  removeWhere(goes: (tags: TableTags) => boolean): void {
    this.store.removeWhere((entry) => goes(this.#tagsOf(entry)));
  }

  #take(entry: number, place: TablePlace): void {
    const from = this.store.words;
    const flags = from[entry + FLAGS]!;
    place.page = pageOfWords(from[entry + TABLE_LOW]!, from[entry + TABLE_HIGH]!);
    place.rights = flags & (PLACE_LEVEL - 1);
    place.level = ((flags / PLACE_LEVEL) | 0) & 7;
    place.writable = (flags & WRITABLE) !== 0;
    place.fault = flags < FAULT ? undefined : TRANSLATION_FAULTS[((flags / FAULT) | 0) - 1]!;
  }

  #tagsOf(entry: number): TableTags {
    const tags = this.#tags;
    const from = this.store.words;
    const high = from[entry + SPAN_HIGH]!;
    const level = (high / LEVEL) | 0;
    tags.domainId = from[entry + DOMAIN_ID]!;
    tags.pasid = from[entry + PASID]!;
    tags.page = pageOfWords(from[entry + SPAN_LOW]!, high % LEVEL) * SPAN[level]!;
    tags.pages = SPAN[level]!;
    tags.tagWidth = (from[entry + FLAGS]! & FIVE_LEVELS) === 0 ? FOUR_LEVEL_TAG : FIVE_LEVEL_TAG;
    return tags;
  }
}
