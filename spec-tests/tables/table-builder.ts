import { RemappingUnit, SparseMemory, type UnitParameters } from '../../src/index.ts';

/** 39, 48 and 57-bit AGAW, MGAW 57, 2 MiB and 1 GiB pages, 16-bit domain-ids; pass-through, no snoop control. */
const ROOMY: UnitParameters = {
  version: 0x10,
  hostAddressWidth: 48,
  capabilities: 0x00d2_000c_2238_0e06n,
  extendedCapabilities: 0x0000_0000_00f0_0f4an,
};

/** A unit in legacy mode with its root table at 1000h and these 64-bit words in memory. */
export function unitWith(
  words: Readonly<Record<string, bigint>>,
  parameters: Partial<UnitParameters> = {},
): RemappingUnit {
  const memory = new SparseMemory({ unwritten: 'refused' });
  for (const [address, word] of Object.entries(words)) memory.writeQwords(BigInt(address), [word]);
  return unitOver(memory, parameters);
}

export function unitOver(memory: SparseMemory, parameters: Partial<UnitParameters> = {}): RemappingUnit {
  const unit = new RemappingUnit({ unit: { ...ROOMY, ...parameters }, memory });
  unit.writeRegister(0x20, 64, 0x1000n);
  unit.writeRegister(0x18, 32, 0x4000_0000n);
  unit.writeRegister(0x18, 32, 0x8000_0000n);
  return unit;
}

/**
 * All of scalable mode that tables show: both stages, nested, 3 to 5 levels, all page sizes, PASIDs of 20 bits, flags,
 * supervisors, RID_PASID and RID_PRIV; HAW 46.
 */
const SCALABLE: UnitParameters = {
  version: 0x60,
  hostAddressWidth: 46,
  capabilities: 0x11d2_000c_2238_0e06n,
  extendedCapabilities: 0x0023_e998_a600_0fc6n,
};

/** A unit in scalable mode with its root table at 1000h and these 64-bit words in memory; elsewhere memory refuses. */
export function scalableUnitWith(
  words: Readonly<Record<string, bigint>>,
  parameters: Partial<UnitParameters> = {},
): RemappingUnit {
  const memory = new SparseMemory({ unwritten: 'refused' });
  for (const [address, word] of Object.entries(words)) memory.writeQwords(BigInt(address), [word]);
  return scalableUnitOver(memory, parameters);
}

export function scalableUnitOver(memory: SparseMemory, parameters: Partial<UnitParameters> = {}): RemappingUnit {
  const unit = new RemappingUnit({ unit: { ...SCALABLE, ...parameters }, memory });
  unit.writeRegister(0x20, 64, 0x1400n);
  unit.writeRegister(0x18, 32, 0x4000_0000n);
  unit.writeRegister(0x18, 32, 0x8000_0000n);
  return unit;
}
