import { CAP_REG, ECAP_REG, VER_REG } from '../registers/capability.ts';
import { placeRegisters } from '../registers/map.ts';
import { fieldOfCapabilityRegister } from './capability-registers.ts';
import { contradictionsOfRegisters } from './register-contradictions.ts';
import { type UnitParameters, wordsOf } from './unit-parameters.ts';

/**
 * A field that must be 0 while another one is, §11.4.3: `[register of the field, field, register of the other, other]`.
 */
type ForcedZero = readonly ['CAP' | 'ECAP', string, 'CAP' | 'ECAP', string];

// biome-ignore format: a table is read by its columns
const FORCED_ZERO: readonly ForcedZero[] = [
  ['CAP', 'FS5LP', 'ECAP', 'FSTS'],   ['CAP', 'PI', 'ECAP', 'IR'],        ['CAP', 'FS1GP', 'ECAP', 'FSTS'],
  ['ECAP', 'IRREQ', 'ECAP', 'IR'],    ['ECAP', 'EIMER', 'ECAP', 'EIM'],   ['ECAP', 'HPT1GPS', 'ECAP', 'HPTS'],
  ['ECAP', 'SMS', 'ECAP', 'PRS'],     ['ECAP', 'SSIRWS', 'ECAP', 'SSTS'], ['ECAP', 'PTRS', 'ECAP', 'DT'],
  ['ECAP', 'PTRS', 'ECAP', 'PASID'],  ['ECAP', 'HPTS', 'ECAP', 'SMTS'],   ['ECAP', 'HPTS', 'ECAP', 'DT'],
  ['ECAP', 'RPRIVS', 'ECAP', 'SRS'],  ['ECAP', 'PMS', 'CAP', 'ECMDS'],    ['ECAP', 'RPS', 'ECAP', 'SMTS'],
  ['ECAP', 'SMPWCS', 'ECAP', 'SMTS'], ['ECAP', 'FSTS', 'ECAP', 'SMTS'],   ['ECAP', 'SSADS', 'ECAP', 'SMPWCS'],
  ['ECAP', 'SMTS', 'ECAP', 'QI'],     ['ECAP', 'PDS', 'ECAP', 'DT'],      ['ECAP', 'DIT', 'ECAP', 'DT'],
  ['ECAP', 'PASID', 'ECAP', 'SMTS'],  ['ECAP', 'PSS', 'ECAP', 'SMTS'],    ['ECAP', 'EAFS', 'ECAP', 'FSTS'],
  ['ECAP', 'EAFS', 'ECAP', 'SMPWCS'], ['ECAP', 'NWFS', 'ECAP', 'DT'],     ['ECAP', 'SRS', 'ECAP', 'SMTS'],
  ['ECAP', 'PRS', 'ECAP', 'DT'],      ['ECAP', 'PRS', 'ECAP', 'SMTS'],    ['ECAP', 'NEST', 'ECAP', 'SMTS'],
  ['ECAP', 'NEST', 'ECAP', 'FSTS'],   ['ECAP', 'NEST', 'ECAP', 'SSTS'],   ['ECAP', 'MTS', 'ECAP', 'SMTS'],
  ['ECAP', 'MHMV', 'ECAP', 'IR'],     ['ECAP', 'EIM', 'ECAP', 'IR'],      ['ECAP', 'IR', 'ECAP', 'QI'],
  ['ECAP', 'DT', 'ECAP', 'QI'],
];

/** What is reserved in CAP_REG and ECAP_REG and must read 0, §11.4.2, §11.4.3. */
const CAP_RESERVED = 0x0600_0040_0000_e008n;
const ECAP_RESERVED = 0x8040_0001_190c_0000n;

/** Everything that keeps these parameters from being a unit's, a sentence each; empty if nothing does. */
export function contradictionsOf(parameters: UnitParameters): readonly string[] {
  const found: string[] = [];
  const { version, hostAddressWidth: HAW, capabilities, extendedCapabilities, registers = {} } = parameters;
  const claim = (holds: boolean, otherwise: string) => {
    if (!holds) found.push(otherwise);
  };
  claim(Number.isInteger(version) && version >= 0 && version <= 0xff, `VER_REG is 8 bits wide, got ${version}`);
  claim(Number.isInteger(HAW) && HAW >= 32 && HAW <= 52, `the host address width is 32 to 52 bits, got ${HAW}`);
  claim(is64Bits(capabilities), 'CAP_REG is 64 bits wide');
  claim(is64Bits(extendedCapabilities), 'ECAP_REG is 64 bits wide');
  if (found.length > 0) return found;

  const CAP = CAP_REG.unpack(wordsOf(capabilities));
  const ECAP = ECAP_REG.unpack(wordsOf(extendedCapabilities));
  const major = VER_REG.MAX(Uint32Array.of(version));
  const values: Record<'CAP' | 'ECAP', Readonly<Record<string, number | bigint>>> = { CAP, ECAP };

  claim((capabilities & CAP_RESERVED) === 0n, 'CAP_REG has reserved bits set');
  claim((extendedCapabilities & ECAP_RESERVED) === 0n, 'ECAP_REG has reserved bits set');
  claim(CAP.DEP === 0, 'CAP_REG bit 23 is deprecated and reads 0');
  claim((extendedCapabilities & (1n << 5n)) === 0n, 'ECAP_REG bit 5 is deprecated and reads 0');
  claim(ECAP.ERS === 0, 'ECAP_REG.ERS must be 0');
  claim(CAP.ND !== 7, 'CAP_REG.ND=7 is reserved');
  claim((CAP.SAGAW & 0b10001) === 0, 'CAP_REG.SAGAW has reserved bits set');
  claim([0, 1, 3].includes(CAP.SSLPS), `CAP_REG.SSLPS is 0, 1 or 3, got ${CAP.SSLPS}`);
  for (const [register, field, otherRegister, other] of FORCED_ZERO) {
    claim(
      Number(values[register][field]) === 0 || Number(values[otherRegister][other]) !== 0,
      `${register}_REG.${field} must be 0 while ${otherRegister}_REG.${other} is 0`,
    );
  }
  claim(CAP.RWBF === 0 || ECAP.SMTS === 0, 'CAP_REG.RWBF must be 0 while ECAP_REG.SMTS is 1');
  claim(major < 2 || (CAP.DRD === 1 && CAP.DWD === 1), 'CAP_REG.DRD and DWD must be 1 from major version 2 on');
  // §11.4.2: a unit without second-stage translation reports no widths; from major version 6 on it must not.
  const secondStage = ECAP.SSTS === 1 || major < 6;
  claim(CAP.SAGAW === 0 || secondStage, 'CAP_REG.SAGAW must be 0 while ECAP_REG.SSTS is 0 from major version 6 on');
  const needsWidth = ECAP.SSTS === 1 || (ECAP.SMTS === 0 && major < 6);
  claim(CAP.SAGAW !== 0 || !needsWidth, 'CAP_REG.SAGAW has no width for the second stage');
  claim(CAP.MGAW !== 0, 'CAP_REG.MGAW=0 is reserved');
  claim(CAP.MGAW + 1 >= HAW, `CAP_REG.MGAW is ${CAP.MGAW + 1} bits, less than the host address width of ${HAW}`);
  const capability = (name: string) => capabilityIn(values, name, registers);
  const ofRegisters = contradictionsOfRegisters(registers, capability);
  // What is wrong there may place registers anywhere.
  return [...found, ...(ofRegisters.length > 0 ? ofRegisters : overlapsIn(capability))];
}

/** Registers that CAP_REG and ECAP_REG place on top of others. */
function overlapsIn(capability: (name: string) => number): readonly string[] {
  const owner = new Map<number, string>();
  const found = new Set<string>();
  for (const { name, register, offset, present } of placeRegisters(capability)) {
    if (!present(register.requires)) continue;
    for (let dword = offset; dword < offset + register.width / 8; dword += 4) {
      const other = owner.get(dword);
      if (other !== undefined) found.add(`${name} and ${other} are both at 0x${dword.toString(16)}`);
      owner.set(dword, name);
    }
  }
  return [...found];
}

/** A capability field by name, `ECAP_REG.QI`, `PERFCAP_REG.CW`; 0 where none is given. */
export function capabilityIn(
  values: Readonly<Record<'CAP' | 'ECAP', Readonly<Record<string, number | bigint>>>>,
  name: string,
  registers: UnitParameters['registers'] = {},
): number {
  const [register, field = ''] = name.split('.');
  if (register === 'CAP_REG') return Number(values.CAP[field] ?? 0);
  if (register === 'ECAP_REG') return Number(values.ECAP[field] ?? 0);
  return fieldOfCapabilityRegister(registers, name);
}

function is64Bits(value: bigint): boolean {
  return typeof value === 'bigint' && value >= 0n && value >> 64n === 0n;
}
