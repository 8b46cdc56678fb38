import { integer, members, type Read } from '../bits/json-values.ts';
import { highWordOf, type PageNumber, POWER_OF_2, pageOfWords } from '../bits/page-number.ts';
import { pageText, pageValue } from '../bits/saved-words.ts';
import { type DmaRequest, NO_PASID } from '../messages/dma-request.ts';
import { formatSourceId, sourceIdValue } from '../messages/source-id.ts';
import type { HostPermissionPlace } from './caches.ts';
import {
  checkFirstPage,
  domainIdValue,
  type EntryOf,
  pasidValue,
  permissionValue,
  type SavedStore,
  storeValue,
} from './saved-entries.ts';
import { type HostPermissionScope, mustGoHostPermission } from './scopes.ts';
import { type Replacement, TAG_WORDS, TaggedStore } from './tagged-store.ts';

/** In the second word of a tag, above the high bits of the span: the level of the entry, 1 to 4. */
const LEVEL = 2 ** 24;

/** Leaf part: the tag is span, level, source-id and PASID; behind it HPTDID, and the permission. */
const SOURCE_ID = 2;
const PASID = 3;
const LEAF_DOMAIN_ID = TAG_WORDS;
const PERMISSION = TAG_WORDS + 1;
/** Paging part: the tag is span, level and HPTDID; behind it the table below, two words. */
const DOMAIN_ID = 2;
const TABLE_LOW = TAG_WORDS;
const TABLE_HIGH = TAG_WORDS + 1;

/** By level of the entry: bits of a page number below one permission, and below the whole entry (§9.12). */
const PERMISSION_BITS = [0, 0, 9, 18, 0] as const;
const ENTRY_BITS = [0, 5, 13, 21, 29] as const;

/** An entry of the leaf part in a snapshot. */
export interface SavedPermission {
  /** The first address that has the permission. */
  readonly address: string;
  /** Level of the entry that gives it, 1 to 3. */
  readonly level: number;
  readonly source: string;
  /** Of the translated request; none where it had none. */
  readonly pasid?: number;
  /** HPTDID. */
  readonly domainId: number;
  /** Bit 0 reads, bit 1 writes. */
  readonly permission: number;
}

/** An entry of the paging part in a snapshot. */
export interface SavedPermissionTable {
  /** The first address that the entry stands for. */
  readonly address: string;
  /** Level of the table that it points to, 1 to 3. */
  readonly level: number;
  readonly domainId: number;
  readonly table: string;
}

export const PERMISSIONS = storeValue(
  members(
    {
      address: pageValue,
      level: integer(1, 3),
      source: sourceIdValue,
      domainId: domainIdValue,
      permission: permissionValue,
    },
    { pasid: pasidValue },
  ),
);
export const PERMISSION_TABLES = storeValue(
  members({ address: pageValue, level: integer(1, 3), domainId: domainIdValue, table: pageValue }, {}),
);

/** Both parts in a snapshot. */
export interface SavedHostPermissions {
  readonly leaves: SavedStore<SavedPermission>;
  readonly tables: SavedStore<SavedPermissionTable>;
}

export const HOST_PERMISSIONS = members({ leaves: PERMISSIONS, tables: PERMISSION_TABLES }, {});

/** What of a request is a tag of a permission. */
type Asked = Pick<DmaRequest, 'page' | 'sourceId' | 'pasid'>;
type Leaves = typeof PERMISSIONS;
type Tables = typeof PERMISSION_TABLES;

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

  keepPermission({ page, sourceId, pasid }: Asked, domainId: number, level: number, permission: number): void {
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

  snapshot(): SavedHostPermissions {
    const { leaves, tables } = this;
    return {
      leaves: leaves.snapshot((at) => {
        const pasid = leaves.words[at + PASID]!;
        return {
          address: pageText(firstPageOf(leaves.words, at, PERMISSION_BITS)),
          level: levelOf(leaves.words, at),
          source: formatSourceId(leaves.words[at + SOURCE_ID]!),
          domainId: leaves.words[at + LEAF_DOMAIN_ID]!,
          permission: leaves.words[at + PERMISSION]!,
          ...(pasid === NO_PASID ? {} : { pasid }),
        };
      }),
      tables: tables.snapshot((at) => {
        return {
          address: pageText(firstPageOf(tables.words, at, ENTRY_BITS)),
          level: levelOf(tables.words, at) - 1,
          domainId: tables.words[at + DOMAIN_ID]!,
          table: pageText(pageOfWords(tables.words[at + TABLE_LOW]!, tables.words[at + TABLE_HIGH]!)),
        };
      }),
    };
  }

  /** Throws a RangeError, after some of it, if these caches cannot have such entries; `where` names them in the snapshot. */
  restore({ leaves, tables }: Read<typeof HOST_PERMISSIONS>, where: string): void {
    const keepLeaf = ({ address: page, level, source: sourceId, pasid, domainId, permission }: EntryOf<Leaves>) => {
      checkFirstPage(page, POWER_OF_2[PERMISSION_BITS[level]!]!, `${where}.leaves`);
      this.keepPermission({ page, sourceId, pasid: pasid ?? NO_PASID }, domainId, level, permission);
    };
    this.leaves.restore(leaves, keepLeaf, `${where}.leaves`);
    const keepTable = ({ address, level, domainId, table }: EntryOf<Tables>) => {
      checkFirstPage(address, POWER_OF_2[ENTRY_BITS[level + 1]!]!, `${where}.tables`);
      this.keepTable(domainId, address, { level, table });
    };
    this.tables.restore(tables, keepTable, `${where}.tables`);
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
  const level = levelOf(words, entry);
  return mustGoHostPermission(scope, domainId, level, firstPageOf(words, entry, bits), POWER_OF_2[bits[level]!]!);
}

const levelOf = (words: Int32Array, entry: number): number => Math.floor(words[entry + 1]! / LEVEL);

const firstPageOf = (words: Int32Array, entry: number, bits: readonly number[]): PageNumber =>
  pageOfWords(words[entry]!, words[entry + 1]! % LEVEL) * POWER_OF_2[bits[levelOf(words, entry)]!]!;
