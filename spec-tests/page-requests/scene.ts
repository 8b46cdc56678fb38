import {
  type CachePolicy,
  type Choices,
  type PlatformMessage,
  RemappingUnit,
  SparseMemory,
  type UnitParameters,
} from '../../src/index.ts';
import {
  PasidDirectoryEntry,
  PasidTableEntry,
  ScalableModeContextEntry,
  ScalableModeRootEntry,
} from '../../src/structures/index.ts';

/** Of functions on bus 0: the first two pass, the third has PRE=0. */
export const PASSES = 0x18;
export const OTHER = 0x20;
export const BLOCKED = 0x28;
export const PASID = 5;
/** The queue, and the data of its event. */
export const QUEUE = 0x10_0000n;

/** Version 7, SMTS, FSTS, SSTS, NEST, PT, PASID, DT, PRS, PDS, SMS, SMPWCS; CAP.PSI. */
export const UNIT: UnitParameters = {
  version: 0x70,
  hostAddressWidth: 46,
  capabilities: 0x91d2_818c_226f_0606n,
  extendedCapabilities: 0x0401_cd98_2400_0fc7n,
};

export interface Scene {
  readonly unit: RemappingUnit;
  readonly memory: SparseMemory;
  readonly sent: PlatformMessage[];
}

/** RID_PASID is 0, of a second stage over the table at 6000h, domain 2; PASID 5 is first-stage at 7000h, domain 1. */
export function scene(
  choices: Partial<Choices> = {},
  caches: CachePolicy = 'none',
  unit: UnitParameters = UNIT,
): Scene {
  const memory = new SparseMemory();
  memory.store(1, 0, ScalableModeRootEntry.pack({ LP: 1, LCTP: 2 }));
  for (const source of [PASSES, OTHER, BLOCKED]) setContext(memory, source, { PRE: source === BLOCKED ? 0 : 1 });
  memory.store(4, 0, PasidDirectoryEntry.pack({ P: 1, SMPTBLPTR: 5 }));
  setPasid(memory, 0, { PGTT: 0b010, AW: 2, SSPTPTR: 6, DID: 2 });
  setPasid(memory, PASID, { PGTT: 0b001, FSPTPTR: 7, DID: 1, PWSNP: 1 });
  const sent: PlatformMessage[] = [];
  const made = new RemappingUnit({ unit, memory, choices, caches, send: (message) => sent.push(message) });
  made.writeRegister(0x20, 64, 0x1400n);
  made.writeRegister(0x18, 32, 0x4000_0000n);
  made.writeRegister(0x18, 32, 0x8000_0000n);
  made.writeRegister(0xd0, 64, QUEUE);
  made.writeRegister(0xe4, 32, 0x53n);
  made.writeRegister(0xe8, 32, 0xfee0_2000n);
  return { unit: made, memory, sent };
}

export const setContext = (memory: SparseMemory, source: number, fields: { PRE?: number; PASIDE?: number }) =>
  memory.store(2, source * 32, ScalableModeContextEntry.pack({ P: 1, DTE: 1, PASIDE: 1, PASIDDIRPTR: 4, ...fields }));

export const setPasid = (memory: SparseMemory, pasid: number, fields: Parameters<typeof PasidTableEntry.pack>[0]) =>
  memory.store(5, pasid * 64, PasidTableEntry.pack({ P: 1, ...fields }));

/** Words of memory as software reads them. */
export function qwordsAt(memory: SparseMemory, address: bigint, count: number): readonly bigint[] {
  const { buffer, byteOffset } = memory.read(address, count * 8);
  const view = new DataView(buffer, byteOffset);
  return Array.from({ length: count }, (_, n) => view.getBigUint64(8 * n, true));
}
