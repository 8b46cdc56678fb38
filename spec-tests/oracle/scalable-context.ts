import { bits } from './bits.ts';
import { fetchWords, type Lookup, stop } from './journey.ts';

export interface ScalableContext {
  readonly directory: bigint;
  /** 3.4.3-R4: the PASID and privilege in force, also for requests without PASID. */
  readonly pasid: bigint;
  readonly supervisor: boolean;
  readonly hpte: boolean;
}

/** 3.4.3-R1, 9.2: the pointer of the half that serves the request's device. */
export function scalableRootEntry(journey: Lookup): bigint {
  const { caps, choices, latched, memory, request } = journey;
  const source = BigInt(request.source);
  const address = (bits(latched.rtaddr, 63, 12) << 12n) + bits(source, 15, 8) * 16n;
  const entry = fetchWords(memory, address, 2);
  if (entry === undefined) stop('SRT.1');
  const low = bits(entry, 63, 0);
  const high = bits(entry, 127, 64);
  const used = bits(source, 7) === 1n ? high : low;
  const other = bits(source, 7) === 1n ? low : high;
  if (bits(used, 0) === 0n) stop('SRT.2'); // 9.2-R2
  if (rootHalfIsDirty(journey, used)) stop('SRT.3'); // 9.2-R3
  if (choices.scalableRootHalf === 'both' && bits(other, 0) === 1n) {
    if (rootHalfIsDirty(journey, other)) stop('SRT.3'); // 9.2-G1
  }
  return bits(used, caps.HAW - 1, 12) << 12n;
}

function rootHalfIsDirty(journey: Lookup, half: bigint): boolean {
  return bits(half, 63, journey.caps.HAW) !== 0n || bits(half, 11, 1) !== 0n;
}

/** 3.4.3-R2 to R4, 9.4; the order of 3.4.3-G1. */
export function scalableContextEntry(journey: Lookup, table: bigint): ScalableContext {
  const { caps, memory, request, requestClass } = journey;
  const entry = fetchWords(memory, table + bits(BigInt(request.source), 6, 0) * 32n, 4);
  if (entry === undefined) stop('SCT.1');
  if (bits(entry, 1) === 1n) journey.fpd = true; // 9-R4
  if (bits(entry, 0) === 0n) stop('SCT.2');
  if (contextIsDirty(journey, entry)) stop('SCT.3');

  const dte = bits(entry, 2) === 1n;
  const paside = bits(entry, 3) === 1n;
  const pre = bits(entry, 4) === 1n;
  const eptr = bits(entry, 6) === 1n;
  const ridPasid = caps.RPS ? bits(entry, 83, 64) : 0n;
  const ridPriv = caps.RPRIVS && bits(entry, 84) === 1n;
  const limit = (1n << (bits(entry, 11, 9) + 13n)) - 1n; // 3.4.3-R5
  const isTranslation = requestClass === 'TRn' || requestClass === 'TRp';
  const isTranslated = requestClass === 'TDn' || requestClass === 'TDp';
  const isPageRequest = requestClass === 'PQr' || requestClass === 'PQd';

  if (!dte && pre) stop('SCT.4.1');
  if (ridPasid > limit) stop('SCT.4.2');
  if (eptr && !paside && requestClass !== 'Up' && requestClass !== 'TRp') stop('SCT.4.3'); // 7.1.3-R7
  if (!dte && (isTranslation || isTranslated)) stop('SCT.5');
  if (isPageRequest && !pre) stop('SCT.8');
  if (request.pasid !== undefined) {
    const pasid = BigInt(request.pasid);
    if (!paside && !isTranslated) stop('SCT.6'); // 7.1.3-R7
    if (!eptr && isTranslated) stop('SCT.10');
    if (!isPageRequest && pasid >= 1n << BigInt(caps.PSS + 1)) stop('SGN.10');
    if (pasid > limit) stop('SCT.7');
    if (pasid === ridPasid) stop('SCT.9'); // 3.4.3-G2
  }
  return {
    directory: bits(entry, caps.HAW - 1, 12) << 12n,
    pasid: request.pasid === undefined ? ridPasid : BigInt(request.pasid),
    supervisor: request.pasid === undefined ? ridPriv : request.privileged === true,
    hpte: bits(entry, 5) === 1n,
  };
}

/** 9.4-R2 and section R. */
function contextIsDirty(journey: Lookup, entry: bigint): boolean {
  const { caps } = journey;
  if (bits(entry, 255, 85) !== 0n) return true;
  if (bits(entry, 8, 7) !== 0n) return true;
  if (bits(entry, 63, caps.HAW) !== 0n) return true;
  if (!caps.DT && bits(entry, 2) !== 0n) return true;
  if (!caps.PASID && bits(entry, 3) !== 0n) return true;
  if (!caps.PRS && bits(entry, 4) !== 0n) return true;
  if (!caps.HPTS && bits(entry, 5) !== 0n) return true;
  if (!caps.PTRS && bits(entry, 6) !== 0n) return true;
  if (!caps.RPS && bits(entry, 83, 64) !== 0n) return true;
  if (!caps.RPRIVS && bits(entry, 84) !== 0n) return true;
  return false;
}
