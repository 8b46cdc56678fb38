import { highWordOf, type PageNumber, POWER_OF_2, pageOfWords } from '../bits/page-number.ts';
import type { DmaRequest } from '../messages/dma-request.ts';
import type { HostPermissionPlace } from './caches.ts';
import { type HostPermissionScope, mustGoHostPermission } from './scopes.ts';
import { type Replacement, TAG_WORDS, TaggedStore } from './tagged-store.ts';

/** In the second word of a tag, above the high bits of the span: the level of the entry, 1 to 4. */
const LEVEL = 2 ** 24;

/** Leaf part: the tag is span, level, source-id and PASID; behind it HPTDID, and the permission. */
const LEAF_DOMAIN_ID = TAG_WORDS;
const PERMISSION = TAG_WORDS + 1;
/** Paging part: the tag is span, level and HPTDID; behind it the table below, two words. */
const DOMAIN_ID = 2;
const TABLE_LOW = TAG_WORDS;
const TABLE_HIGH = TAG_WORDS + 1;

/** By level of the entry: bits of a page number below one permission, and below the whole entry (§9.12). */
const PERMISSION_BITS = [0, 0, 9, 18, 0] as const;
const ENTRY_BITS = [0, 5, 13, 21, 29] as const;

/** The HPT caches, §6.2.6: permissions by source-id, PASID and page, and tables by HPTDID and page. */
export class HostPermissionCache {
  readonly leaves: TaggedStore;
  readonly tables: TaggedStore;

  constructor(capacity: number, replacement: Replacement) {
    this.leaves = new TaggedStore(2, capacity, replacement);
    this.tables = new TaggedStore(2, capacity, replacement);
  }

  /** The permission for the page of a translated request, or -1: of several the lowest level decides, §6.2.6. */
  findPermission({ page, sourceId, pasid }: DmaRequest): number {
    for (let level = 1; level <= 3; level++) {
      const span = Math.floor(page / POWER_OF_2[PERMISSION_BITS[level]!]!);
      const entry = this.leaves.find(span | 0, highWordOf(span) + level * LEVEL, sourceId, pasid);
      if (entry >= 0) return this.leaves.words[entry + PERMISSION]!;
    }
    return -1;
  }

  keepPermission({ page, sourceId, pasid }: DmaRequest, domainId: number, level: number, permission: number): void {
    const span = Math.floor(page / POWER_OF_2[PERMISSION_BITS[level]!]!);
    const entry = this.leaves.insert(span | 0, highWordOf(span) + level * LEVEL, sourceId, pasid);
    if (entry < 0) return;
    this.leaves.words[entry + LEAF_DOMAIN_ID] = domainId;
    this.leaves.words[entry + PERMISSION] = permission;
  }

  /** The lowest table known on the way to `page` into `place`. */
  findTable(domainId: number, page: PageNumber, place: HostPermissionPlace): boolean {
    for (let level = 2; level <= 4; level++) {
      const span = Math.floor(page / POWER_OF_2[ENTRY_BITS[level]!]!);
      const entry = this.tables.find(span | 0, highWordOf(span) + level * LEVEL, domainId, 0);
      if (entry < 0) continue;
      const from = this.tables.words;
      place.level = level - 1;
      place.table = pageOfWords(from[entry + TABLE_LOW]!, from[entry + TABLE_HIGH]!);
      return true;
    }
    return false;
  }

  /** An entry points to the table at `place`. */
  keepTable(domainId: number, page: PageNumber, place: HostPermissionPlace): void {
    const level = place.level + 1;
    const span = Math.floor(page / POWER_OF_2[ENTRY_BITS[level]!]!);
    const entry = this.tables.insert(span | 0, highWordOf(span) + level * LEVEL, domainId, 0);
    if (entry < 0) return;
    this.tables.words[entry + TABLE_LOW] = place.table | 0;
    this.tables.words[entry + TABLE_HIGH] = highWordOf(place.table);
  }

  invalidate(scope: HostPermissionScope): void {
    const { leaves, tables } = this;
    leaves.removeWhere((entry) =>
      mustGo(scope, leaves.words, entry, leaves.words[entry + LEAF_DOMAIN_ID]!, PERMISSION_BITS),
    );
    tables.removeWhere((entry) => mustGo(scope, tables.words, entry, tables.words[entry + DOMAIN_ID]!, ENTRY_BITS));
  }

  clear(): void {
    this.leaves.clear();
    this.tables.clear();
  }
}

function mustGo(
  scope: HostPermissionScope,
  words: Int32Array,
  entry: number,
  domainId: number,
  bits: readonly number[],
): boolean {
  const high = words[entry + 1]!;
  const level = Math.floor(high / LEVEL);
  const pages = POWER_OF_2[bits[level]!]!;
  return mustGoHostPermission(scope, domainId, level, pageOfWords(words[entry]!, high % LEVEL) * pages, pages);
}
