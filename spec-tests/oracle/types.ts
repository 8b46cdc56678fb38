// What goes into the second opinion and what comes out.

/** Freedoms and gaps of the digest that change an answer here; each names its rule. */
export interface Choices {
  /** 3.7.1-G1: code for an atomic that lacks both permissions in legacy mode. */
  atomicWithoutPermission: 'LGN.2' | 'LGN.3';
  /** 3.4.2-G1, 9.3-G2: is AW judged when TT=10b. */
  passThroughAddressWidth: 'checked' | 'ignored';
  /** 9.3-G1: are bits 63:HAW judged when TT=10b. */
  passThroughPointer: 'ignored' | 'reserved';
  /** 3.15-G1: are illegal requests to FEEx_xxxxh refused also with TES=IRES=0. */
  interruptRangeChecks: 'enabled' | 'always';
  /** 3.15-G3: what counts as a write of one DWORD. */
  interruptWriteByteEnables: 'all' | 'any';
  /** 7.2.1-M1. */
  compressFaults: boolean;
  /** 7.2.1-G3. */
  faultAddressWidth: 'largest-agaw' | 'untruncated';
  /** 11.4.8.1-R2, 11.4.1-G1. */
  protectedMemoryBlocksAll: 'by-version' | 'always' | 'never';
  /** 11.4.8.2-R1: the N of the protected memory registers. */
  protectedMemoryAlignment: number;
  /** 4.2.3-G6: does LGN.4 judge the whole output page of a translation request. */
  legacyTranslationRange: 'range' | 'address';
  /** 4.2.3-G1: answer to a translation request through a reserved TT or PGTT value. */
  reservedTranslationType: 'CA' | 'UR';
  /** 3.4.3-G3, 9.2-G1: which halves of the scalable root entry SRT.3 judges. */
  scalableRootHalf: 'used' | 'both';
  /** 3.6.1-G1: judge first-stage rights at each entry instead of after the walk. */
  rightsBeforeWalkEnd: boolean;
  /** 3.8.1-G1: code for a first-stage table on a read-only second-stage page with SSADE=1. */
  nestedTableRead: 'SFS.6' | 'SFS.8';
  /** 3.15-G2. */
  passThroughTranslationInRange: 'CA';
  /** 5.1.4-G1: which is reported of an entry that fails the source check and is programmed wrongly. */
  interruptEntryOrder: '26h' | '24h';
  /** 5.1.4-G1: SVT=11b. */
  reservedSourceValidation: '24h' | '26h';
  /** 5.1.4-G2: DLM=011b and 110b. */
  reservedDeliveryMode: '24h' | 'delivered';
  /** 9.11-G1: when the bits of NDST are judged that EIME=0 makes reserved. */
  postedDestinationCheck: 'always' | 'when-notifying';
  /** 7.4-G1: the last page request of a group while TES=0. */
  pageRequestWithoutTranslation: 'answered' | 'dropped';
  /** 7.4.1-G1: what is looked at first, the tables or PRO. */
  pageRequestOrder: 'tables' | 'overflow';
  /** 7.4.1-G4: SMS=1, a Stop Marker at a full queue sets PRO. */
  stopMarkerOverflow: boolean;
  /** 7.4.1-G4: SMS=1, is the fault of a Stop Marker reported. */
  stopMarkerFault: 'silent' | 'recorded';
  /** 7.5-G1: what software clears to take back an event that is held. */
  pageRequestServiced: 'both' | 'PPR';
  /** 4.2.3-M1; absent: the largest page size the unit supports. */
  passThroughRegion?: 4096 | 0x200000 | 0x40000000 | undefined;
}

export interface UnitFacts {
  /** VER_REG */
  version: number;
  hostAddressWidth: number;
  /** CAP_REG */
  capabilities: bigint;
  /** ECAP_REG */
  extendedCapabilities: bigint;
  choices: Choices;
}

/** 11.4.12; MTRR registers of a unit with MTS=1. */
export interface MemoryTypeRanges {
  /** MTRRDEF_REG */
  def: bigint;
  /** The 11 fixed-range registers in the order of their offsets. */
  fixed: readonly bigint[];
  variable: readonly { base: bigint; mask: bigint }[];
}

export interface Latched {
  /** RTADDR_REG as latched by SRTP */
  rtaddr: bigint;
  tes: boolean;
  ires: boolean;
  /** PMEN_REG.PRS */
  pmen: boolean;
  plmBase: bigint;
  plmLimit: bigint;
  phmBase: bigint;
  phmLimit: bigint;
  /** Absent: MTRRDEF.E=0. */
  mtrrs?: MemoryTypeRanges | undefined;
}

export interface MemoryReader {
  /** Aligned 64-bit little-endian word; undefined: the access was refused. */
  read(address: bigint): bigint | undefined;
  /** False: the update failed. */
  write?(address: bigint, value: bigint): boolean;
}

export interface Request {
  source: number;
  address: bigint;
  access: 'read' | 'write' | 'atomic';
  /** In bytes; the request does not cross a 4 KiB page. */
  length: number;
  type: 'untranslated' | 'translation' | 'translated';
  pasid?: number;
  privileged?: boolean;
  execute?: boolean;
  noSnoop?: boolean;
  noWrite?: boolean;
  zeroLength?: boolean;
}

export interface Fault {
  condition: string;
  reason: number;
  qualified: boolean;
  /** 11.4.7.6-R4: FI of an interrupt fault, in place; absent where it is undefined */
  fi?: bigint;
}

export interface Opinion {
  outcome: 'completed' | 'interrupt' | 'translation' | 'UR' | 'CA';
  /** completed: host physical address of the first byte; translation: base of the translated range */
  address?: bigint;
  /** completed through tables: leaf size in bytes */
  pageSize?: number;
  read?: boolean;
  write?: boolean;
  /** the access is snooped (Table 6) */
  snoop?: boolean;
  memoryType?: string;
  /** translation completion: size of the translated range in bytes */
  size?: number;
  /** translation completion: the N bit (Table 10) */
  nonSnooped?: boolean;
  /** translation completion: the U bit */
  untranslatedOnly?: boolean;
  /** translation completion: the PRIV bit */
  privileged?: boolean;
  fault?: Fault;
  /** any FPD=1 met on the way */
  fpd: boolean;
  /** the fault is to be reported to the fault log (7.1.3-R8) */
  logged: boolean;
}
