import { bits } from './bits.ts';
import { supportedAddressWidth } from './capabilities.ts';
import { fetchWords, type Lookup, Stopped, stop } from './journey.ts';
import type { ScalableContext } from './scalable-context.ts';
import { inputLimit } from './second-stage.ts';

/** 9.6 after its checks. */
export interface PasidEntry {
  /** 1 first-stage, 2 second-stage, 3 nested, 4 pass-through */
  readonly pgtt: number;
  /** 39, 48 or 57 when pgtt is 2 or 3. */
  readonly width: number;
  readonly secondStagePointer: bigint;
  readonly ssade: boolean;
  /** 3.10-R2: SMPWCS=1 and PWSNP=1. */
  readonly walksSnoop: boolean;
  readonly pgsnp: boolean;
  readonly cd: boolean;
  readonly emte: boolean;
  /** Bits 127:96. */
  readonly pat: bigint;
  readonly sre: boolean;
  readonly firstStageLevels: number;
  readonly wpe: boolean;
  readonly eafe: boolean;
  readonly firstStagePointer: bigint;
  readonly hptSize: bigint;
  readonly hptPointer: bigint;
}

/** 3.4.3-R5, 9.5: the PASID-table pointer. */
export function pasidDirectoryEntry(journey: Lookup, context: ScalableContext): bigint {
  const { caps, memory } = journey;
  const entry = memory.read(context.directory + bits(context.pasid, 19, 6) * 8n);
  if (entry === undefined) stop('SPD.1');
  if (bits(entry, 1) === 1n) journey.fpd = true; // 9-R4
  if (bits(entry, 0) === 0n) stop('SPD.2'); // 9.5-R2
  if (bits(entry, 11, 2) !== 0n || bits(entry, 63, caps.HAW) !== 0n) stop('SPD.3'); // 9.5-R1
  return bits(entry, caps.HAW - 1, 12) << 12n;
}

/** 3.4.3-R6, R7, 9.6. */
export function pasidTableEntry(journey: Lookup, context: ScalableContext, table: bigint): PasidEntry {
  const { caps, memory } = journey;
  const entry = fetchWords(memory, table + bits(context.pasid, 5, 0) * 64n, 8);
  if (entry === undefined) stop('SPT.1');
  if (bits(entry, 1) === 1n) journey.fpd = true; // 9-R4
  if (bits(entry, 0) === 0n) stop('SPT.2');
  if (pasidEntryIsDirty(journey, entry)) stop('SPT.3');

  const pgtt = Number(bits(entry, 8, 6));
  const width = supportedAddressWidth(caps, bits(entry, 4, 2));
  const fspm = bits(entry, 131, 130);
  const firstStagePointer = bits(entry, caps.HAW + 127, 140) << 12n;
  // 9.6-R5, G5; with SSTS=0 AW is no field but reserved(0) (9-R8), so the type is what is wrong (3.4.3-R7)
  if (caps.SSTS && (pgtt === 2 || pgtt === 3) && width === undefined) stop('SPT.4.1');
  judgePgtt(journey, pgtt);
  if (fspm >= 2n || (fspm === 1n && !caps.FS5LP)) stop('SPT.4.3'); // 9.6-R5, G4
  if (pgtt === 3 && firstStagePointer >= inputLimit(journey, width ?? 0)) stop('SPT.4.4'); // 3.8-R6
  return {
    pgtt,
    width: width ?? 0,
    secondStagePointer: bits(entry, caps.HAW - 1, 12) << 12n,
    ssade: bits(entry, 9) === 1n,
    walksSnoop: caps.SMPWCS && bits(entry, 87) === 1n,
    pgsnp: bits(entry, 88) === 1n,
    cd: bits(entry, 89) === 1n,
    emte: bits(entry, 90) === 1n,
    pat: bits(entry, 127, 96),
    sre: bits(entry, 128) === 1n,
    firstStageLevels: fspm === 1n ? 5 : 4,
    wpe: bits(entry, 132) === 1n,
    eafe: bits(entry, 135) === 1n,
    firstStagePointer,
    hptSize: bits(entry, 257, 256),
    hptPointer: bits(entry, caps.HAW + 255, 268) << 12n,
  };
}

/** 3.4.3-R7; 4.2.3-G1 for the values no unit supports. */
function judgePgtt(journey: Lookup, pgtt: number): void {
  const { caps, choices, requestClass } = journey;
  const isReserved = pgtt === 0 || pgtt >= 5;
  const isTranslation = requestClass === 'TRn' || requestClass === 'TRp';
  if (isReserved && isTranslation && choices.reservedTranslationType === 'UR') throw new Stopped('SPT.4.2', 'UR');
  if (isReserved) stop('SPT.4.2');
  if (pgtt === 1 && !caps.FSTS) stop('SPT.4.2');
  if (pgtt === 2 && !caps.SSTS) stop('SPT.4.2');
  if (pgtt === 3 && !caps.NEST) stop('SPT.4.2');
  if (pgtt === 4 && !caps.PT) stop('SPT.4.2');
}

/** 9.6-R1, R2, R6 and section R. */
function pasidEntryIsDirty(journey: Lookup, entry: bigint): boolean {
  const { caps } = journey;
  // 9.6-R1
  if (bits(entry, 511, 336) !== 0n) return true;
  if (bits(entry, 267, 259) !== 0n) return true;
  if (bits(entry, 255, 192) !== 0n) return true;
  if (bits(entry, 139, 136) !== 0n) return true;
  if (bits(entry, 129) !== 0n) return true;
  if (bits(entry, 95, 91) !== 0n) return true;
  if (bits(entry, 86, 80) !== 0n) return true;
  if (bits(entry, 11, 10) !== 0n) return true;
  if (bits(entry, 5) !== 0n) return true;
  // 9.6-R2
  if (bits(entry, 319, caps.HAW + 256) !== 0n) return true;
  if (bits(entry, 191, caps.HAW + 128) !== 0n) return true;
  if (bits(entry, 63, caps.HAW) !== 0n) return true;
  // 9.6-R9, 9.6-G2
  if (bits(entry, 79, caps.domainWidth + 64) !== 0n) return true;
  if (bits(entry, 335, caps.domainWidth + 320) !== 0n) return true;
  // 9.6-G3: the top bit of each PAT nibble
  for (let i = 0; i < 8; i += 1) if (bits(entry, 99 + 4 * i) !== 0n) return true;
  // 9.6-R6
  if (!caps.SSTS && (bits(entry, 4, 2) !== 0n || bits(entry, 63, 12) !== 0n || bits(entry, 9) !== 0n)) return true;
  if (!caps.SSADS && bits(entry, 9) !== 0n) return true;
  if (!caps.FSTS && (bits(entry, 191, 140) !== 0n || bits(entry, 132, 130) !== 0n)) return true;
  if (!caps.MTS && (bits(entry, 127, 96) !== 0n || bits(entry, 90, 89) !== 0n)) return true;
  if (!caps.SC && bits(entry, 88) !== 0n) return true;
  if (!caps.SMPWCS && bits(entry, 87) !== 0n) return true;
  if (!caps.EAFS && bits(entry, 135) !== 0n) return true;
  if (!caps.SRS && bits(entry, 128) !== 0n) return true;
  if (!caps.HPTS && (bits(entry, 335, 320) !== 0n || bits(entry, 319, 268) !== 0n)) return true;
  if (!caps.HPTS && bits(entry, 258, 256) !== 0n) return true;
  return false;
}
