import type { UnitParameters } from '../../src/index.ts';

/** 39 and 48 bits, all page sizes, HAW 48, 16-bit domain-ids; pass-through. */
export const LEGACY_UNIT: UnitParameters = {
  version: 0x10,
  hostAddressWidth: 48,
  capabilities: 0x00d2_008c_222f_0606n,
  extendedCapabilities: 0x0000_0000_00f0_0f4bn,
};

/** All of scalable mode: both stages, nested, PASIDs of 20 bits; HAW 46. */
export const SCALABLE_UNIT: UnitParameters = {
  version: 0x60,
  hostAddressWidth: 46,
  capabilities: 0x11d2_000c_2238_0e06n,
  extendedCapabilities: 0x0023_e998_a600_0fc7n,
};

/** As the first, with posting and x2APIC mode. */
export const INTERRUPT_UNIT: UnitParameters = {
  ...LEGACY_UNIT,
  capabilities: LEGACY_UNIT.capabilities | (1n << 59n),
  extendedCapabilities: LEGACY_UNIT.extendedCapabilities | 0x18n,
};
