import { REVISIONS, type SpecRevision } from './revision.ts';

/**
 * The freedoms that the specification leaves (its MAYs) and the gaps in it, each with a name. `docs/choices.md` has a
 * row for each: what is open, the default and why.
 */
export interface Choices {
  /** The revision of the document that the unit was built by; docs/spec-revision.md says what follows. */
  readonly specRevision: SpecRevision;
  /** §3.7.1: an atomic with neither permission fits both rows. */
  readonly atomicWithoutPermission: 'LGN.2' | 'LGN.3';
  /** §3.4.2, §9.3: whether AW is looked at when TT=10b. */
  readonly passThroughAddressWidth: 'checked' | 'ignored';
  /** §9.3: whether bits 63:HAW of SSPTPTR are reserved when TT=10b. */
  readonly passThroughPointer: 'ignored' | 'reserved';
  /** §3.13: a request that crosses a 4 KiB page is split by the unit, or blocked before it. */
  readonly pageCrossing: 'split' | 'blocked';
  /** §3.15: whether an illegal request to the interrupt address range faults only while TES or IRES is 1. */
  readonly interruptRangeChecks: 'enabled' | 'always';
  /** §3.15: an interrupt request is a write of one whole DWORD, or any write within one. */
  readonly interruptWriteByteEnables: 'all' | 'any';
  /** §7.2.1: a fault of a source-id that already has a record with F=1 is dropped. */
  readonly compressFaults: boolean;
  /** §11.4.7.6: FI is cut at the largest AGAW, or kept whole. */
  readonly faultAddressWidth: 'largest-agaw' | 'untruncated';
  /** §11.4.5: bits 63:HAW of the registers that hold addresses are not implemented, or stored. */
  readonly addressTopBits: 'drop' | 'keep';
  /** §11.4.7.5: the upper address registers of events when EIM=0. */
  readonly upperAddress: 'reserved' | 'kept';
  /** §11.4.8.1: whether protected memory blocks also what the tables translated; older hardware does not have to. */
  readonly protectedMemoryBlocksAll: 'by-version' | 'always' | 'never';
  /** §11.4.8.2: N, the highest bit of the protected memory registers that is not implemented; 11 to 30. */
  readonly protectedMemoryAlignment: number;
  /** §11.4.6.1: how exactly a device- or domain-selective context-cache invalidation is done. */
  readonly contextInvalidationGranularity: 'exact' | 'domain' | 'global';
  /** §11.4.6.3: how exactly a page- or domain-selective IOTLB invalidation is done. */
  readonly iotlbInvalidationGranularity: 'exact' | 'domain' | 'global';
  /** §4.2.3: a translation request in legacy mode is refused if its output range, or its address, is at FEEx_xxxxh. */
  readonly legacyTranslationRange: 'range' | 'address';
  /** §4.2.3: Table 10 and Table 30 differ on a translation request that meets a reserved TT or PGTT. */
  readonly reservedTranslationType: 'CA' | 'UR';
  /** §9.2: reserved bits of a present half of the scalable-mode root entry that the request does not use. */
  readonly scalableRootHalf: 'used' | 'both';
  /** §3.4.3: of the rows that one context entry meets, the first in this order counts; it names each row once. */
  readonly contextEntryOrder: string;
  /** §9.6: an unsupported FSPM faults always, or only where PGTT has a first stage. */
  readonly firstStageMode: 'always' | 'used';
  /** §9.6: the unnamed top bit of each PAT entry. */
  readonly patTopBit: 'reserved' | 'ignored';
  /** §9.6: AW of the PASID-table entry without ECAP_REG.SSTS; revisions before 4.1 did not reserve it. */
  readonly addressWidthWithoutSecondStage: 'reserved' | 'ignored';
  /** §3.6.1: first-stage rights are judged at each entry, or once the walk has ended. */
  readonly rightsBeforeWalkEnd: boolean;
  /** §3.8.1: the row for a first-stage table that SSADE=1 makes unreadable for want of write permission. */
  readonly nestedTableRead: 'SFS.6' | 'SFS.8';
  /** §6.5.2.11: IQEI of a reserved granularity, of page granularity without PSI, and of padding that is not zero. */
  readonly invalidDescriptor: '4' | '3';
  /** §6.5.2.3, §6.5.2.8: a mask above CAP_REG.MAMV or ECAP_REG.MHMV is an error with IQEI 4, or is taken as it is. */
  readonly maskTooWide: 'error' | 'performed';
  /** §4.3: an endpoint has completed a Device-TLB invalidation at once, or the unit waits until it is told. */
  readonly deviceTlbCompletion: 'at-once' | 'asked';
  /** §6.2.1: a request with PASID may be served by what the IOTLB holds for one without, of RID_PASID. */
  readonly pasidHitsNoPasid: boolean;
  /** §5.1.4: what is reported of an entry that fails the source check and is programmed wrongly too; it is checked first. */
  readonly interruptEntryOrder: '26h' | '24h';
  /** §9.9: the row for the reserved SVT. */
  readonly reservedSourceValidation: '24h' | '26h';
  /** §9.9: whether a delivery mode that the document does not name is wrong programming. */
  readonly reservedDeliveryMode: '24h' | 'delivered';
  /** §9.11: reserved bits of NDST in xAPIC mode count always, or only if a notification would be sent. */
  readonly postedDestinationCheck: 'always' | 'when-notifying';
  /** §4.2.3: bytes of the range that answers a pass-through translation request; 0 is the largest page size. */
  readonly passThroughRegion: 0 | 0x1000 | 0x20_0000 | 0x4000_0000;
  /** §7.4: what becomes of a last page request of its group while TES is 0; all others are dropped. */
  readonly pageRequestWithoutTranslation: 'answered' | 'dropped';
  /** §7.4.1: whether a page request that the tables block and that meets PRS_REG.PRO=1 is blocked or overflows. */
  readonly pageRequestOrder: 'tables' | 'overflow';
  /** §7.4.1: whether a Stop Marker that meets a full queue sets PRS_REG.PRO. */
  readonly stopMarkerOverflow: boolean;
  /** §7.4.1: whether the fault of a Stop Marker is recorded. */
  readonly stopMarkerFault: 'silent' | 'recorded';
  /** §7.5: a page request event that IM holds back is serviced once both PPR and PRO are 0, or PPR alone is (§11.4.11.5). */
  readonly pageRequestServiced: 'both' | 'PPR';
  /** §10.4: the filters that an event takes are those of Table 49, or all. */
  readonly performanceFilterPairs: 'listed' | 'all';
  /** §10.6: an overflow while PERFINTRSTS_REG.PIS is 1 raises no performance event, or one more. */
  readonly performanceEventWhilePending: 'held' | 'sent';
  /** §11.4.13.15: IO and GFO of a counter that does not support them are stored, and fail its enabling, or dropped. */
  readonly unsupportedOverflowActions: 'stored' | 'dropped';
  /** §11.4.13.20: PTL is printed as write-only, unlike the fields of all other filters. */
  readonly pageTableLevelFilter: 'readable' | 'write-only';
  /** §4.2.1: bytes that the root complex completes at once: no translation request may ask for more. */
  readonly readCompletionBoundary: 64 | 128;
  /** §4.2.3.2: a request for several translations gets one, or as many as follow each other in one size. */
  readonly translationsPerCompletion: 'one' | 'several';
  /** §4.3: up to major version 5 an ITag that is not in use may keep the others of its message from being counted. */
  readonly unexpectedCompletion: 'counts-others' | 'drops-others';
}

/** §3.4.3 gives no order. A row that does not apply to a request is passed over. */
const CONTEXT_ENTRY_ORDER = 'SCT.3 SCT.4.1 SCT.4.2 SCT.4.3 SCT.5 SCT.8 SCT.6 SCT.10 SGN.10 SCT.7 SCT.9';

export const DEFAULT_CHOICES: Choices = Object.freeze({
  specRevision: '5.10',
  atomicWithoutPermission: 'LGN.2',
  passThroughAddressWidth: 'checked',
  passThroughPointer: 'ignored',
  pageCrossing: 'split',
  interruptRangeChecks: 'enabled',
  interruptWriteByteEnables: 'all',
  compressFaults: false,
  faultAddressWidth: 'largest-agaw',
  addressTopBits: 'drop',
  upperAddress: 'reserved',
  protectedMemoryBlocksAll: 'by-version',
  protectedMemoryAlignment: 19,
  contextInvalidationGranularity: 'exact',
  iotlbInvalidationGranularity: 'exact',
  legacyTranslationRange: 'range',
  reservedTranslationType: 'CA',
  scalableRootHalf: 'used',
  contextEntryOrder: CONTEXT_ENTRY_ORDER,
  firstStageMode: 'always',
  patTopBit: 'reserved',
  addressWidthWithoutSecondStage: 'reserved',
  rightsBeforeWalkEnd: false,
  nestedTableRead: 'SFS.6',
  invalidDescriptor: '4',
  maskTooWide: 'error',
  deviceTlbCompletion: 'at-once',
  pasidHitsNoPasid: false,
  interruptEntryOrder: '26h',
  reservedSourceValidation: '24h',
  reservedDeliveryMode: '24h',
  postedDestinationCheck: 'always',
  passThroughRegion: 0,
  pageRequestWithoutTranslation: 'answered',
  pageRequestOrder: 'tables',
  stopMarkerOverflow: false,
  stopMarkerFault: 'silent',
  pageRequestServiced: 'both',
  performanceFilterPairs: 'listed',
  performanceEventWhilePending: 'held',
  unsupportedOverflowActions: 'stored',
  pageTableLevelFilter: 'readable',
  readCompletionBoundary: 64,
  translationsPerCompletion: 'one',
  unexpectedCompletion: 'counts-others',
});

/** The values that a choice can take: a list, for a number its lowest and highest, for an order what it orders. */
export type ChoiceValues<Value> =
  | readonly Value[]
  | { readonly low: number; readonly high: number }
  | { readonly orderOf: readonly string[] };

export const CHOICE_VALUES: { readonly [Name in keyof Choices]: ChoiceValues<Choices[Name]> } = Object.freeze({
  specRevision: REVISIONS,
  atomicWithoutPermission: ['LGN.2', 'LGN.3'],
  passThroughAddressWidth: ['checked', 'ignored'],
  passThroughPointer: ['ignored', 'reserved'],
  pageCrossing: ['split', 'blocked'],
  interruptRangeChecks: ['enabled', 'always'],
  interruptWriteByteEnables: ['all', 'any'],
  compressFaults: [false, true],
  faultAddressWidth: ['largest-agaw', 'untruncated'],
  addressTopBits: ['drop', 'keep'],
  upperAddress: ['reserved', 'kept'],
  protectedMemoryBlocksAll: ['by-version', 'always', 'never'],
  protectedMemoryAlignment: { low: 11, high: 30 },
  contextInvalidationGranularity: ['exact', 'domain', 'global'],
  iotlbInvalidationGranularity: ['exact', 'domain', 'global'],
  legacyTranslationRange: ['range', 'address'],
  reservedTranslationType: ['CA', 'UR'],
  scalableRootHalf: ['used', 'both'],
  contextEntryOrder: { orderOf: CONTEXT_ENTRY_ORDER.split(' ') },
  firstStageMode: ['always', 'used'],
  patTopBit: ['reserved', 'ignored'],
  addressWidthWithoutSecondStage: ['reserved', 'ignored'],
  rightsBeforeWalkEnd: [false, true],
  nestedTableRead: ['SFS.6', 'SFS.8'],
  invalidDescriptor: ['4', '3'],
  maskTooWide: ['error', 'performed'],
  deviceTlbCompletion: ['at-once', 'asked'],
  pasidHitsNoPasid: [false, true],
  interruptEntryOrder: ['26h', '24h'],
  reservedSourceValidation: ['24h', '26h'],
  reservedDeliveryMode: ['24h', 'delivered'],
  postedDestinationCheck: ['always', 'when-notifying'],
  passThroughRegion: [0, 0x1000, 0x20_0000, 0x4000_0000],
  pageRequestWithoutTranslation: ['answered', 'dropped'],
  pageRequestOrder: ['tables', 'overflow'],
  stopMarkerOverflow: [false, true],
  stopMarkerFault: ['silent', 'recorded'],
  pageRequestServiced: ['both', 'PPR'],
  performanceFilterPairs: ['listed', 'all'],
  performanceEventWhilePending: ['held', 'sent'],
  unsupportedOverflowActions: ['stored', 'dropped'],
  pageTableLevelFilter: ['readable', 'write-only'],
  readCompletionBoundary: [64, 128],
  translationsPerCompletion: ['one', 'several'],
  unexpectedCompletion: ['counts-others', 'drops-others'],
});

/** The defaults with some choices replaced. Throws a RangeError that names an unknown choice or a wrong value. */
export function choicesWith(some: Readonly<Record<string, unknown>> = {}): Choices {
  for (const [name, value] of Object.entries(some)) {
    if (!Object.hasOwn(CHOICE_VALUES, name)) {
      throw new RangeError(`there is no choice "${name}"; there are ${Object.keys(CHOICE_VALUES).join(', ')}`);
    }
    const values: ChoiceValues<unknown> = CHOICE_VALUES[name as keyof Choices];
    if (!takes(values, value)) {
      throw new RangeError(`choice ${name} is ${describe(values)}, got ${JSON.stringify(value)}`);
    }
  }
  return Object.freeze({ ...DEFAULT_CHOICES, ...some });
}

function takes(values: ChoiceValues<unknown>, value: unknown): boolean {
  if ('low' in values) return Number.isInteger(value) && Number(value) >= values.low && Number(value) <= values.high;
  if (!('orderOf' in values)) return values.includes(value);
  return typeof value === 'string' && value.split(' ').sort().join() === values.orderOf.toSorted().join();
}

function describe(values: ChoiceValues<unknown>): string {
  if ('low' in values) return `an integer from ${values.low} to ${values.high}`;
  if ('orderOf' in values) return `an order of ${values.orderOf.join(' ')}, separated by spaces`;
  return values.join(' or ');
}
