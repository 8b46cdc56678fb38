import type { UnitParameters } from '../platform/unit-parameters.ts';
import type { VectorUnit } from './types.ts';

/** The unit of a vector as the model takes it. */
export function parametersOf(unit: VectorUnit): UnitParameters {
  const { version, hostAddressWidth, capabilities, extendedCapabilities, registers = {} } = unit;
  return {
    version: Number(version),
    hostAddressWidth,
    capabilities: BigInt(capabilities),
    extendedCapabilities: BigInt(extendedCapabilities),
    registers: Object.fromEntries(Object.entries(registers).map(([name, value]) => [name, BigInt(value)])),
  };
}
