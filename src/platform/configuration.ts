import { POWER_OF_2, pagesWithin } from '../bits/page-number.ts';
import { CAP_REG, ECAP_REG, VER_REG } from '../registers/capability.ts';
import { capabilityIn, contradictionsOf } from './contradictions.ts';
import { type UnitParameters, wordsOf } from './unit-parameters.ts';

/** What follows from {@link UnitParameters}, worked out once. */
export interface Configuration extends Required<UnitParameters> {
  /** VER_REG.MAX. */
  readonly major: number;
  readonly CAP: ReturnType<typeof CAP_REG.unpack>;
  readonly ECAP: ReturnType<typeof ECAP_REG.unpack>;
  /** The value of a capability field by name, `ECAP_REG.QI`, `PERFCAP_REG.CW`. */
  readonly capability: (name: string) => number;
  /** Pages below 2^HAW: a page number is a host address if it is below this. */
  readonly hostPages: number;
  /** Pages below 2^MGAW. §6.5.2.3, §11.4.6.4: invalidations do not look at address bits from there up. */
  readonly guestPages: number;
  /** By AW: the levels of a second-stage walk, or 0 where CAP_REG.SAGAW lacks the width or it is reserved. */
  readonly levels: readonly number[];
  /** By AW: pages below 2^min(MGAW, AGAW), §3.7; 0 where not supported. */
  readonly inputPages: readonly number[];
  /** Bits of a domain-id. */
  readonly domainIdWidth: number;
  /** The width at which FI of a fault record is cut, §11.4.7.6: the largest AGAW, first stage included; 64 if none. */
  readonly largestAgaw: number;
}

/** AGAW by AW, §3.7. Other values are reserved. */
export const AGAW_BY_AW: readonly number[] = Object.freeze([0, 39, 48, 57, 0, 0, 0, 0]);

/**
 * The configuration of a unit with these parameters. Throws a RangeError that names every contradiction in them
 * (§11.4.2, §11.4.3).
 */
export function configure(parameters: UnitParameters): Configuration {
  const contradictions = contradictionsOf(parameters);
  if (contradictions.length > 0) throw new RangeError(`no unit can be like this: ${contradictions.join('; ')}`);
  const { capabilities, extendedCapabilities, version, hostAddressWidth, registers = {} } = parameters;
  const CAP = Object.freeze(CAP_REG.unpack(wordsOf(capabilities)));
  const ECAP = Object.freeze(ECAP_REG.unpack(wordsOf(extendedCapabilities)));
  const major = VER_REG.MAX(Uint32Array.of(version));
  const mgaw = CAP.MGAW + 1;
  const agaws = AGAW_BY_AW.map((agaw, AW) => (agaw !== 0 && ((CAP.SAGAW >>> AW) & 1) === 1 ? agaw : 0));
  return Object.freeze({
    version,
    hostAddressWidth,
    capabilities,
    extendedCapabilities,
    major,
    CAP,
    ECAP,
    registers: Object.freeze({ ...registers }),
    capability: (name: string) => capabilityIn({ CAP, ECAP }, name, registers),
    hostPages: pagesWithin(hostAddressWidth),
    guestPages: pagesWithin(mgaw),
    levels: agaws.map((agaw) => (agaw === 0 ? 0 : (agaw - 12) / 9)),
    inputPages: agaws.map((agaw) => (agaw === 0 ? 0 : POWER_OF_2[Math.max(Math.min(mgaw, agaw) - 12, 0)]!)),
    domainIdWidth: 4 + 2 * CAP.ND,
    largestAgaw: Math.max(...agaws, CAP.FS5LP === 1 ? 57 : ECAP.FSTS === 1 ? 48 : 0) || 64,
  });
}
