import { registerValue } from '../bits/register-value.ts';
import { contradictionsOf } from '../platform/contradictions.ts';
import type { UnitParameters } from '../platform/unit-parameters.ts';
import { CAP_REG, ECAP_REG, VER_REG } from '../registers/capability.ts';

/**
 * The unit that a server has until it is told otherwise: all that DMA remapping can use in legacy and scalable mode, on
 * a host of 46 bits. What is not named is 0.
 */
export const DEFAULT_UNIT: UnitParameters = Object.freeze({
  version: Number(registerValue(VER_REG, { MAX: 8 })),
  hostAddressWidth: 46,
  capabilities: registerValue(CAP_REG, {
    ND: 6, // 16-bit domain-ids
    PLMR: 1,
    PHMR: 1,
    SAGAW: 0b01110, // 39, 48 and 57 bits
    MGAW: 56, // 57 bits
    ZLR: 1,
    FRO: 0x40, // FRCD_REG[0] at 400h
    SSLPS: 3, // 2 MB and 1 GB
    PSI: 1,
    NFR: 7, // 8 records
    MAMV: 18, // up to 1 GB at once
    DWD: 1,
    DRD: 1,
    FS1GP: 1,
    PI: 1,
    FS5LP: 1,
    ESIRTPS: 1,
    ESRTPS: 1,
  }),
  extendedCapabilities: registerValue(ECAP_REG, {
    C: 1,
    QI: 1,
    DT: 1,
    IR: 1,
    EIM: 1,
    PT: 1,
    SC: 1,
    IRO: 0x50, // IVA_REG at 500h, IOTLB_REG at 508h
    MHMV: 15,
    MTS: 1,
    NEST: 1,
    PRS: 1,
    SRS: 1,
    NWFS: 1,
    EAFS: 1,
    PSS: 19, // 20-bit PASIDs
    PASID: 1,
    PDS: 1,
    SMTS: 1,
    SSADS: 1,
    SSTS: 1,
    FSTS: 1,
    SMPWCS: 1,
    RPS: 1,
    ADMS: 1,
    RPRIVS: 1,
    HPTS: 1,
    PTRS: 1,
    SSIRWS: 1,
    SMS: 1,
    HPT1GPS: 1,
  }),
});

const MAJOR_VERSIONS: readonly number[] = Object.freeze([8, 7, 6, 5, 4, 3, 2, 1]);

/**
 * The default unit with some parameters replaced. Where the version is not among them it is the newest whose rules the
 * others keep, so that the capabilities of an older machine can be given alone.
 */
export function unitWith(given: Partial<UnitParameters>): UnitParameters {
  const unit = { ...DEFAULT_UNIT, ...given };
  if (given.version !== undefined) return unit;
  const versions = MAJOR_VERSIONS.map((MAX) => Number(registerValue(VER_REG, { MAX })));
  const version = versions.find((version) => contradictionsOf({ ...unit, version }).length === 0);
  return { ...unit, version: version ?? DEFAULT_UNIT.version };
}
