import { type PageNumber, POWER_OF_2 } from '../bits/page-number.ts';
import { PGTT } from '../structures/pasid-table-entry.ts';

/**
 * How far an invalidation reaches. Up to PAGE it is what CCMD_REG.CAIG and IOTLB_REG.IAIG report, where 0 is an incorrect
 * request; descriptors have encodings of their own.
 */
export const Granularity = Object.freeze({ NONE: 0, GLOBAL: 1, DOMAIN: 2, DEVICE: 3, PAGE: 3, PASID: 4 });

/** The entries of the context-cache that an invalidation names, §6.5.1.1, §6.5.2.1: GLOBAL, DOMAIN or DEVICE. */
export interface ContextScope {
  readonly granularity: number;
  /** Undefined: not compared. In scalable mode the entries have none. */
  readonly domainId: number | undefined;
  readonly sourceId: number;
  /** Bits of the source-id that are not compared. */
  readonly functionMask: number;
}

/** The entries of the PASID-cache that an invalidation names, §6.5.2.2: GLOBAL, DOMAIN or PASID (within the domain). */
export interface PasidScope {
  readonly granularity: number;
  readonly domainId: number;
  readonly pasid: number;
}

/** Pages whose numbers are equal but for their low `addressMask` bits, Table 22. */
export interface AddressRange {
  /** Bits 63:12 of an address in the range. */
  readonly page: PageNumber;
  /** 0 to 63: all addresses are in the range where it is 52 or more. */
  readonly addressMask: number;
}

/**
 * The translations that an IOTLB invalidation names, §6.5.1.2, §6.5.2.3: GLOBAL, DOMAIN or PAGE. Table 23 says which
 * entries of which cache go.
 */
export interface TranslationScope extends AddressRange {
  readonly granularity: number;
  readonly domainId: number;
  /** IH: entries that are not leaves may stay. */
  readonly leavesOnly: boolean;
}

/**
 * The translations that a PASID-based IOTLB invalidation names, §6.5.2.4: PASID or PAGE (within the PASID). Table 24
 * says which entries of which cache go.
 */
export interface PasidTranslationScope extends TranslationScope {
  readonly pasid: number;
}

/** The entries of the HPT caches that an invalidation names, §6.5.2.7: GLOBAL, DOMAIN or PAGE. */
export interface HostPermissionScope extends AddressRange {
  readonly granularity: number;
  /** HPTDID. */
  readonly domainId: number;
  /** IH: entries of the tables from level 1 up to this one go. */
  readonly levels: number;
}

/** The entries of the interrupt entry cache that an invalidation names, §6.5.2.8. */
export interface InterruptScope {
  /** Every entry: the index is not looked at. */
  readonly global: boolean;
  readonly index: number;
  /** Low bits of the index that are not compared. */
  readonly indexMask: number;
}

/** The tags of an IOTLB entry that invalidations look at, Table 17. */
export interface TranslationTags {
  readonly domainId: number;
  /** The PASID that it was made for; RID_PASID where the request had none, §6.2.1. */
  readonly pasid: number;
  /** A value of {@link PGTT}; of legacy mode SECOND_STAGE or PASS_THROUGH. */
  readonly stages: number;
  /** The first page that it maps, and how many. */
  readonly page: PageNumber;
  readonly pages: number;
  /** Bits of a page number that a first-stage tag has: 36, or 45 with five levels (Table 18). */
  readonly tagWidth: number;
}

/** The tags of an entry of the paging-structure caches, Table 17. */
export interface TableTags {
  readonly domainId: number;
  /** Of the first stage alone. */
  readonly pasid: number;
  /** The first page below the table, and how many there are. */
  readonly page: PageNumber;
  readonly pages: number;
  readonly tagWidth: number;
}

/** §6.5.2.1: whether a context-cache entry must go. */
export function mustGoContext(scope: ContextScope, sourceId: number, domainId: number): boolean {
  if (scope.granularity === Granularity.GLOBAL) return true;
  if (scope.domainId !== undefined && scope.domainId !== domainId) return false;
  return scope.granularity === Granularity.DOMAIN || ((sourceId ^ scope.sourceId) & ~scope.functionMask) === 0;
}

/** §6.5.2.2: whether a PASID-cache entry must go. */
export function mustGoPasid(scope: PasidScope, domainId: number, pasid: number): boolean {
  if (scope.granularity === Granularity.GLOBAL) return true;
  if (scope.domainId !== domainId) return false;
  return scope.granularity === Granularity.DOMAIN || scope.pasid === pasid;
}

/** Table 23, §6.5.2.3: whether an IOTLB entry must go. */
export function mustGoTranslation(scope: TranslationScope, tags: TranslationTags): boolean {
  if (scope.granularity === Granularity.GLOBAL) return true;
  if (scope.domainId !== tags.domainId) return false;
  return (
    scope.granularity === Granularity.DOMAIN || hasFirstStage(tags.stages) || overlaps(scope, tags.page, tags.pages)
  );
}

/** Table 24, §6.5.2.4: whether an IOTLB entry must go. */
export function mustGoPasidTranslation(scope: PasidTranslationScope, tags: TranslationTags): boolean {
  if (scope.domainId !== tags.domainId || scope.pasid !== tags.pasid) return false;
  return scope.granularity === Granularity.PASID || (hasFirstStage(tags.stages) && overlapsTag(scope, tags));
}

/** Table 23, §6.5.2.3: whether an entry of the first-stage paging-structure caches, nested ones among them, must go. */
export function mustGoFirstStageTable(scope: TranslationScope, tags: TableTags): boolean {
  return scope.granularity === Granularity.GLOBAL || scope.domainId === tags.domainId;
}

/** Table 23, §6.5.2.3: whether an entry of the second-stage paging-structure caches must go. */
export function mustGoSecondStageTable(scope: TranslationScope, tags: TableTags): boolean {
  if (scope.granularity === Granularity.GLOBAL) return true;
  if (scope.domainId !== tags.domainId) return false;
  return scope.granularity === Granularity.DOMAIN || (!scope.leavesOnly && overlaps(scope, tags.page, tags.pages));
}

/** Table 24, §6.5.2.4: whether an entry of the first-stage paging-structure caches must go. */
export function mustGoPasidTable(scope: PasidTranslationScope, tags: TableTags): boolean {
  if (scope.domainId !== tags.domainId || scope.pasid !== tags.pasid) return false;
  return scope.granularity === Granularity.PASID || (!scope.leavesOnly && overlapsTag(scope, tags));
}

/** §6.5.2.8: whether an entry of the interrupt entry cache must go. */
export function mustGoInterrupt(scope: InterruptScope, index: number): boolean {
  return scope.global || (index ^ scope.index) >>> scope.indexMask === 0;
}

/** §6.5.2.7: whether an entry of the HPT caches, of a table at `level`, must go. */
export function mustGoHostPermission(
  scope: HostPermissionScope,
  domainId: number,
  level: number,
  page: PageNumber,
  pages: number,
): boolean {
  if (scope.granularity === Granularity.GLOBAL) return true;
  if (scope.domainId !== domainId || level > scope.levels) return false;
  return scope.granularity === Granularity.DOMAIN || overlaps(scope, page, pages);
}

const hasFirstStage = (stages: number): boolean => stages === PGTT.FIRST_STAGE || stages === PGTT.NESTED;

/** §6.5.2.3: a range and the pages of an entry, both powers of two and aligned: one lies in the other, or they do not meet. */
export function overlaps(range: AddressRange, page: PageNumber, pages: number): boolean {
  const larger = Math.max(POWER_OF_2[Math.min(range.addressMask, 52)]!, pages);
  return Math.floor(range.page / larger) === Math.floor(page / larger);
}

/** §6.5.2.3: whether the pages of an entry all lie in a range that meets them, if the granularity has one. */
export const coversWhole = ({ granularity, addressMask }: TranslationScope, { pages }: TranslationTags): boolean =>
  granularity !== Granularity.PAGE || POWER_OF_2[Math.min(addressMask, 52)]! >= pages;

/** §6.5.2.4: only the bits of the address that a tag holds are compared. */
function overlapsTag(range: AddressRange, tags: TableTags): boolean {
  const limit = POWER_OF_2[tags.tagWidth]!;
  return overlaps({ page: range.page % limit, addressMask: range.addressMask }, tags.page % limit, tags.pages);
}
