/** The filters of a counter, §10.4: by requester-id, domain-id, PASID, address type, page-table level. */
export type FilterName = 'RID' | 'DID' | 'PASID' | 'AT' | 'PTL';

/** A row of Table 49. */
export interface PerformanceEvent {
  /** The index that PERFCNTRCFG_REG.EGI selects. */
  readonly group: number;
  /** The bit of PERFCNTRCFG_REG.ES. */
  readonly bit: number;
  readonly mnemonic: string;
  /** What is counted. */
  readonly title: string;
  /** The filters that the table allows. */
  readonly filters: readonly FilterName[];
}

const event = (
  group: number,
  bit: number,
  mnemonic: string,
  title: string,
  ...filters: FilterName[]
): PerformanceEvent => ({ group, bit, mnemonic, title, filters });

/** Table 49, §10.7: the events that a unit can count, whichever it has. */
// biome-ignore format: a table is read by its columns
export const EVENT = Object.freeze({
  IOMMU_CLOCKS:           event(0, 0, 'IOMMU_CLOCKS', 'clock cycles of the unit'),
  IOMMU_REQUESTS:         event(0, 1, 'IOMMU_REQUESTS', 'requests that come in, of every address type', 'AT'),
  PW_OCCUPANCY:           event(0, 2, 'PW_OCCUPANCY', 'occupancy by requests that need a page walk'),
  ATS_BLOCKED:            event(0, 3, 'ATS_BLOCKED', 'back-pressure on translation completions'),
  TOTAL_OCCUPANCY:        event(0, 5, 'TOTAL_OCCUPANCY', 'occupancy by all requests in the unit'),
  MEM_OCCUPANCY:          event(0, 6, 'MEM_OCCUPANCY', 'occupancy by accesses to memory'),
  IOMMU_MRDS:             event(1, 0, 'IOMMU_MRDS', 'reads of memory'),
  IOMMU_ATOMIC_AD_UPDATE: event(1, 3, 'IOMMU_ATOMIC_AD_UPDATE', 'atomic updates of accessed and dirty flags'),
  IOMMU_MEM_BLOCKED:      event(1, 5, 'IOMMU_MEM_BLOCKED', 'back-pressure on requests to memory'),
  PG_REQ_POSTED:          event(1, 6, 'PG_REQ_POSTED', 'page requests that were queued'),
  PG_REQ_OVERFLOW:        event(1, 7, 'PG_REQ_OVERFLOW', 'responses because the page request queue was full'),
  CTXT_CACHE_LOOKUP:      event(2, 0, 'CTXT_CACHE_LOOKUP', 'look-ups in the context-cache'),
  CTXT_CACHE_HIT:         event(2, 1, 'CTXT_CACHE_HIT', 'hits in the context-cache'),
  PASID_CACHE_LOOKUP:     event(2, 2, 'PASID_CACHE_LOOKUP', 'look-ups in the PASID-cache'),
  PASID_CACHE_HIT:        event(2, 3, 'PASID_CACHE_HIT', 'hits in the PASID-cache'),
  SS_NONLEAF_LOOKUP:      event(2, 4, 'SS_NONLEAF_LOOKUP', 'look-ups in the second-stage paging-structure caches'),
  SS_NONLEAF_HIT:         event(2, 5, 'SS_NONLEAF_HIT', 'hits in the second-stage paging-structure caches', 'PTL'),
  FS_NONLEAF_LOOKUP:      event(2, 6, 'FS_NONLEAF_LOOKUP', 'look-ups in the first-stage paging-structure caches'),
  FS_NONLEAF_HIT:         event(2, 7, 'FS_NONLEAF_HIT', 'hits in the first-stage paging-structure caches', 'PTL'),
  HPT_NONLEAF_LOOKUP:     event(2, 8, 'HPT_NONLEAF_LOOKUP', 'look-ups in the paging part of the HPT caches', 'AT'),
  HPT_NONLEAF_HIT:        event(2, 9, 'HPT_NONLEAF_HIT', 'hits in the paging part of the HPT caches', 'AT', 'PTL'),
  IOTLB_LOOKUP:           event(3, 0, 'IOTLB_LOOKUP', 'look-ups in the IOTLB'),
  IOTLB_HIT:              event(3, 1, 'IOTLB_HIT', 'hits in the IOTLB', 'PTL'),
  HPT_LEAF_LOOKUP:        event(3, 2, 'HPT_LEAF_LOOKUP', 'look-ups in the leaf part of the HPT caches'),
  HPT_LEAF_HIT:           event(3, 3, 'HPT_LEAF_HIT', 'hits in the leaf part of the HPT caches', 'PTL'),
  INT_CACHE_LOOKUP:       event(4, 0, 'INT_CACHE_LOOKUP', 'look-ups in the interrupt entry cache'),
  INT_CACHE_HIT_NONPOSTED: event(4, 1, 'INT_CACHE_HIT_NONPOSTED', 'hits on entries of remapped interrupts'),
  INT_CACHE_HIT_POSTED:   event(4, 2, 'INT_CACHE_HIT_POSTED', 'hits on entries of posted interrupts'),
});

/** The event of a bit in a group; undefined if the table has none. */
export const eventAt = (group: number, bit: number): PerformanceEvent | undefined => BY_PLACE.get(placeOf(group, bit));

/** Distinct for each bit of each group. */
const placeOf = (group: number, bit: number): number => group * 32 + bit;

const BY_PLACE: ReadonlyMap<number, PerformanceEvent> = new Map(
  Object.values(EVENT).map((one) => [placeOf(one.group, one.bit), one]),
);
