import { hex } from '../../bits/hex.ts';
import { contradictionsOf } from '../../platform/contradictions.ts';
import { type UnitParameters, wordsOf } from '../../platform/unit-parameters.ts';
import { CAP_REG, ECAP_REG } from '../../registers/capability.ts';
import type { VectorUnit } from '../../vectors/types.ts';
import { parametersOf } from '../../vectors/unit.ts';
import type { Plan } from './plan.ts';

/** What a unit may lack which could have it: fields of CAP_REG, §11.4.2, those of several bits bit by bit. */
const OF_CAP: readonly (readonly [name: keyof typeof CAP_REG.fields, bit?: number])[] = [
  ['ND', 0],
  ['ND', 1],
  ['ND', 2],
  ['SAGAW', 1],
  ['SAGAW', 2],
  ['SAGAW', 3],
  ['ZLR'],
  ['SSLPS', 0],
  ['SSLPS', 1],
  ['PSI'],
  ['NFR', 0],
  ['NFR', 1],
  ['NFR', 2],
  ['DWD'],
  ['DRD'],
  ['FS1GP'],
  ['PI'],
  ['FS5LP'],
  ['ESIRTPS'],
  ['ESRTPS'],
];

/** The same of ECAP_REG, §11.4.3. */
const OF_ECAP: readonly (keyof typeof ECAP_REG.fields)[] = [
  ...(['C', 'DT', 'IR', 'EIM', 'PT', 'SC', 'MTS', 'NEST', 'PRS', 'SRS', 'NWFS'] as const),
  ...(['EAFS', 'PASID', 'SSADS', 'SSTS', 'FSTS', 'RPS', 'ADMS', 'RPRIVS', 'PTRS', 'SSIRWS', 'EIMER'] as const),
];

const HOST_ADDRESS_WIDTHS = [46, 39, 36];

/** A unit that offers nothing which this one does not: some of its capabilities are taken away. */
export function lessenedUnit(unit: VectorUnit, { lacks, hostAddressWidth }: Plan): VectorUnit {
  let parameters = parametersOf(unit);
  const tried = (changed: Partial<UnitParameters>) => {
    const candidate = { ...parameters, ...changed };
    if (contradictionsOf(candidate).length === 0) parameters = candidate;
  };
  for (const place of lacks) {
    const { capabilities, extendedCapabilities } = parameters;
    const [ofCap, bit = 0] = OF_CAP[place] ?? [];
    const ofEcap = OF_ECAP[place - OF_CAP.length];
    if (ofCap !== undefined) tried({ capabilities: withoutBit(capabilities, CAP_REG.fields[ofCap].low + bit) });
    else if (ofEcap !== undefined)
      tried({ extendedCapabilities: withoutBit(extendedCapabilities, ECAP_REG.fields[ofEcap].low) });
  }
  const width = HOST_ADDRESS_WIDTHS[hostAddressWidth - 1];
  if (width !== undefined && width < unit.hostAddressWidth) tried({ hostAddressWidth: width });
  return {
    version: hex(parameters.version),
    hostAddressWidth: parameters.hostAddressWidth,
    capabilities: hex(parameters.capabilities),
    extendedCapabilities: hex(parameters.extendedCapabilities),
    ...(unit.registers === undefined ? {} : { registers: unit.registers }),
  };
}

const withoutBit = (value: bigint, bit: number): bigint => value & ~(1n << BigInt(bit));

/** What a unit and its adapter can do. */
export class Offer {
  readonly unit: VectorUnit;
  readonly CAP: ReturnType<typeof CAP_REG.unpack>;
  readonly ECAP: ReturnType<typeof ECAP_REG.unpack>;
  readonly #features: ReadonlySet<string>;
  readonly #methods: ReadonlySet<string> | undefined;

  constructor(unit: VectorUnit, features: ReadonlySet<string>, methods: ReadonlySet<string> | undefined) {
    this.unit = unit;
    this.CAP = CAP_REG.unpack(wordsOf(BigInt(unit.capabilities)));
    this.ECAP = ECAP_REG.unpack(wordsOf(BigInt(unit.extendedCapabilities)));
    this.#features = features;
    this.#methods = methods;
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
    return [4, 3, 5].filter((levels) => ((this.CAP.SAGAW >>> (levels - 2)) & 1) === 1);
  }
}
