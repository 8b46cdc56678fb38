import { bits } from './bits.ts';
import type { UnitFacts } from './types.ts';

/** CAP_REG (11.4.2), ECAP_REG (11.4.3) and VER_REG (11.4.1) taken apart under the digest's names. */
export interface Capabilities {
  readonly HAW: number;
  readonly MAJOR: number;
  readonly domainWidth: number;
  readonly PLMR: boolean;
  readonly PHMR: boolean;
  readonly SAGAW: bigint;
  readonly MGAW: number;
  readonly ZLR: boolean;
  readonly SSLPS_2M: boolean;
  readonly SSLPS_1G: boolean;
  readonly FS1GP: boolean;
  readonly PI: boolean;
  readonly FS5LP: boolean;
  readonly DT: boolean;
  readonly EIM: boolean;
  readonly PT: boolean;
  readonly SC: boolean;
  readonly MTS: boolean;
  readonly NEST: boolean;
  readonly PRS: boolean;
  readonly ERS: boolean;
  readonly SRS: boolean;
  readonly NWFS: boolean;
  readonly EAFS: boolean;
  readonly PSS: number;
  readonly PASID: boolean;
  readonly SMTS: boolean;
  readonly SSADS: boolean;
  readonly SSTS: boolean;
  readonly FSTS: boolean;
  readonly SMPWCS: boolean;
  readonly RPS: boolean;
  readonly ADMS: boolean;
  readonly RPRIVS: boolean;
  readonly HPTS: boolean;
  readonly PTRS: boolean;
  readonly SSIRWS: boolean;
  readonly SMS: boolean;
  readonly HPT1GPS: boolean;
  readonly EIMER: boolean;
  readonly IRREQ: boolean;
}

export function capabilitiesOf(unit: UnitFacts): Capabilities {
  const cap = unit.capabilities;
  const ecap = unit.extendedCapabilities;
  return {
    HAW: unit.hostAddressWidth,
    MAJOR: Number(bits(BigInt(unit.version), 7, 4)), // 11.4.1
    domainWidth: 4 + 2 * Number(bits(cap, 2, 0)), // ch09 section 0
    PLMR: bits(cap, 5) === 1n,
    PHMR: bits(cap, 6) === 1n,
    SAGAW: bits(cap, 12, 8),
    MGAW: Number(bits(cap, 21, 16)) + 1, // ch03 section 0
    ZLR: bits(cap, 22) === 1n,
    SSLPS_2M: bits(cap, 34) === 1n,
    SSLPS_1G: bits(cap, 35) === 1n,
    FS1GP: bits(cap, 56) === 1n,
    PI: bits(cap, 59) === 1n,
    FS5LP: bits(cap, 60) === 1n,
    DT: bits(ecap, 2) === 1n,
    EIM: bits(ecap, 4) === 1n,
    PT: bits(ecap, 6) === 1n,
    SC: bits(ecap, 7) === 1n,
    MTS: bits(ecap, 25) === 1n,
    NEST: bits(ecap, 26) === 1n,
    PRS: bits(ecap, 29) === 1n,
    ERS: bits(ecap, 30) === 1n,
    SRS: bits(ecap, 31) === 1n,
    NWFS: bits(ecap, 33) === 1n,
    EAFS: bits(ecap, 34) === 1n,
    PSS: Number(bits(ecap, 39, 35)),
    PASID: bits(ecap, 40) === 1n,
    SMTS: bits(ecap, 43) === 1n,
    SSADS: bits(ecap, 45) === 1n,
    SSTS: bits(ecap, 46) === 1n,
    FSTS: bits(ecap, 47) === 1n,
    SMPWCS: bits(ecap, 48) === 1n,
    RPS: bits(ecap, 49) === 1n,
    ADMS: bits(ecap, 52) === 1n,
    RPRIVS: bits(ecap, 53) === 1n,
    HPTS: bits(ecap, 55) === 1n,
    PTRS: bits(ecap, 56) === 1n,
    SSIRWS: bits(ecap, 57) === 1n,
    SMS: bits(ecap, 58) === 1n,
    HPT1GPS: bits(ecap, 59) === 1n,
    EIMER: bits(ecap, 61) === 1n,
    IRREQ: bits(ecap, 62) === 1n,
  };
}

/** ch03 section 0: input width of an AW value; undefined: reserved or not in SAGAW (9.3-R3, 9.6-R5). */
export function supportedAddressWidth(caps: Capabilities, aw: bigint): number | undefined {
  if (aw === 1n && bits(caps.SAGAW, 1) === 1n) return 39;
  if (aw === 2n && bits(caps.SAGAW, 2) === 1n) return 48;
  if (aw === 3n && bits(caps.SAGAW, 3) === 1n) return 57;
  return undefined;
}
