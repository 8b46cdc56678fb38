import type { Choices } from './types.ts';

/** The defaults the digest proposes. */
export const DEFAULT_CHOICES: Choices = {
  atomicWithoutPermission: 'LGN.2',
  passThroughAddressWidth: 'checked',
  passThroughPointer: 'ignored',
  interruptRangeChecks: 'enabled',
  interruptWriteByteEnables: 'all',
  compressFaults: false,
  faultAddressWidth: 'largest-agaw',
  protectedMemoryBlocksAll: 'by-version',
  protectedMemoryAlignment: 19,
  legacyTranslationRange: 'range',
  reservedTranslationType: 'CA',
  scalableRootHalf: 'used',
  rightsBeforeWalkEnd: false,
  nestedTableRead: 'SFS.6',
  passThroughTranslationInRange: 'CA',
  interruptEntryOrder: '26h',
  reservedSourceValidation: '24h',
  reservedDeliveryMode: '24h',
  postedDestinationCheck: 'always',
  pageRequestWithoutTranslation: 'answered',
  pageRequestOrder: 'tables',
  stopMarkerOverflow: false,
  stopMarkerFault: 'silent',
  pageRequestServiced: 'both',
};
