import { contradictionsOf } from '../../platform/contradictions.ts';
import type { UnitParameters } from '../../platform/unit-parameters.ts';
import type { VectorUnit } from '../../vectors/types.ts';
import type { Plan } from './plan.ts';

/** Bits of CAP_REG, §11.4.2, and of ECAP_REG, §11.4.3, that a unit may lack which could have them. */
const OF_CAP = [0, 1, 2, 9, 10, 11, 22, 34, 35, 39, 40, 41, 42, 54, 55, 56, 59, 60, 62, 63];
const OF_ECAP = [0, 2, 3, 4, 6, 7, 25, 26, 29, 31, 33, 34, 40, 45, 46, 47, 49, 52, 53, 56, 57, 61];

const HOST_ADDRESS_WIDTHS = [46, 39, 36];

/** A unit that offers nothing which this one does not: some of its capabilities are taken away. */
export function lessenedUnit(unit: VectorUnit, { lacks, hostAddressWidth }: Plan): VectorUnit {
  let parameters: UnitParameters = {
    version: Number(unit.version),
    hostAddressWidth: unit.hostAddressWidth,
    capabilities: BigInt(unit.capabilities),
    extendedCapabilities: BigInt(unit.extendedCapabilities),
  };
  const tried = (changed: Partial<UnitParameters>) => {
    const candidate = { ...parameters, ...changed };
    if (contradictionsOf(candidate).length === 0) parameters = candidate;
  };
  for (const place of lacks) {
    const ofCap = OF_CAP[place];
    const ofEcap = OF_ECAP[place - OF_CAP.length];
    if (ofCap !== undefined) tried({ capabilities: parameters.capabilities & ~(1n << BigInt(ofCap)) });
    else if (ofEcap !== undefined)
      tried({ extendedCapabilities: parameters.extendedCapabilities & ~(1n << BigInt(ofEcap)) });
  }
  const width = HOST_ADDRESS_WIDTHS[hostAddressWidth - 1];
  if (width !== undefined && width < unit.hostAddressWidth) tried({ hostAddressWidth: width });
  const hex = (value: bigint | number) => `0x${value.toString(16)}`;
  return {
    version: hex(parameters.version),
    hostAddressWidth: parameters.hostAddressWidth,
    capabilities: hex(parameters.capabilities),
    extendedCapabilities: hex(parameters.extendedCapabilities),
  };
}

/** What a unit and its adapter can do, by the bit numbers of CAP_REG and ECAP_REG. */
export class Offer {
  readonly unit: VectorUnit;
  readonly #features: ReadonlySet<string>;
  readonly #methods: ReadonlySet<string> | undefined;
  readonly #cap: bigint;
  readonly #ecap: bigint;

  constructor(unit: VectorUnit, features: ReadonlySet<string>, methods: ReadonlySet<string> | undefined) {
    this.unit = unit;
    this.#features = features;
    this.#methods = methods;
    this.#cap = BigInt(unit.capabilities);
    this.#ecap = BigInt(unit.extendedCapabilities);
  }

  /** A field of CAP_REG. */
  cap(low: number, width = 1): number {
    return Number((this.#cap >> BigInt(low)) & ((1n << BigInt(width)) - 1n));
  }

  /** A field of ECAP_REG. */
  ecap(low: number, width = 1): number {
    return Number((this.#ecap >> BigInt(low)) & ((1n << BigInt(width)) - 1n));
  }

  has(feature: string): boolean {
    return this.#features.has(feature);
  }

  /** A target that does not list its methods is taken to have all. */
  hasMethod(name: string): boolean {
    return this.#methods?.has(name) ?? true;
  }

  /** Levels of second-stage tables that the unit walks, SAGAW. */
  get levels(): readonly number[] {
    return [4, 3, 5].filter((levels) => this.cap(8 + levels - 2) === 1);
  }
}
