import type { RegisterDeclaration } from '../../src/bits/register.ts';
import { type Memory, RemappingUnit, SparseMemory, type UnitParameters } from '../../src/index.ts';
import type { Finding } from '../../src/lint/finding.ts';
import { lint } from '../../src/lint/lint.ts';
import type { LintOptions } from '../../src/lint/options.ts';
import { wordsOf } from '../../src/platform/unit-parameters.ts';
import { CAP_REG, ECAP_REG } from '../../src/registers/capability.ts';

/** 64-bit words by address. */
export type Qwords = Readonly<Record<string, bigint>>;

/** A mistake: words over those of a scene that is sound, and what is otherwise with the unit. */
export interface Planted {
  readonly words?: Qwords;
  /** Fields of the capability registers that are otherwise. */
  readonly cap?: Readonly<Record<string, number>>;
  readonly ecap?: Readonly<Record<string, number>>;
  readonly haw?: number;
  readonly rtaddr?: bigint;
  /** The interrupt remapping table; without it there is none. */
  readonly irta?: bigint;
  /** Register writes after everything is on. */
  readonly writes?: readonly (readonly [offset: number, width: 32 | 64, value: bigint])[];
  readonly options?: LintOptions;
  /** SRTP is left out. */
  readonly noRoot?: boolean;
  /** Memory refuses every update. */
  readonly readOnly?: boolean;
  /** What memory is where nothing was written. */
  readonly unwritten?: 'refused' | 'zero';
}

/** Where everything of the two scenes stands. */
const ROOT = 0x1000;
const CONTEXT = 0x2000;
const TOP = 0x3000;
const TABLE = 0x2_0000n;

/** 00:04.0: 16 bytes a function in legacy mode, 32 in scalable mode. */
export const LEGACY_ENTRY = CONTEXT + 0x20 * 16;
export const SCALABLE_ENTRY = CONTEXT + 0x20 * 32;
export const DEVICE = 0x20;

/** Second-stage tables of four levels at 3000h that map page 1 to 12345000h. */
const SECOND_STAGE: Qwords = { [TOP]: 0x4003n, '0x4000': 0x5003n, '0x5000': 0x6003n, '0x6008': 0x1234_5003n };
/** First-stage tables at 9000h that do the same for users, with their flags set. */
const FIRST_STAGE: Qwords = { '0x9000': 0xa027n, '0xa000': 0xb027n, '0xb000': 0xc027n, '0xc008': 0x1234_5067n };

/** HAW 46, MGAW 48, SAGAW 4 (48 bits alone), ND 6, SSLPS 3, PSI, ESRTPS; C, QI, IR, EIM, PT. */
const LEGACY: UnitParameters = {
  version: 0x50,
  hostAddressWidth: 46,
  capabilities: capabilities(0n, CAP_REG, {
    ND: 6,
    SAGAW: 4,
    MGAW: 47,
    SSLPS: 3,
    FRO: 0x20,
    ESRTPS: 1,
    PI: 1,
    DRD: 1,
    DWD: 1,
  }),
  extendedCapabilities: capabilities(0n, ECAP_REG, { C: 1, QI: 1, IR: 1, EIM: 1, PT: 1, IRO: 0x50, MHMV: 15 }),
};
/** And SMTS, both stages, nested, every field of the entries. */
const SCALABLE: UnitParameters = {
  ...LEGACY,
  capabilities: capabilities(LEGACY.capabilities, CAP_REG, { FS1GP: 1 }),
  extendedCapabilities: capabilities(LEGACY.extendedCapabilities, ECAP_REG, {
    SMTS: 1,
    FSTS: 1,
    SSTS: 1,
    NEST: 1,
    PASID: 1,
    PSS: 19,
    RPS: 1,
    SMPWCS: 1,
    SSADS: 1,
    EAFS: 1,
    SRS: 1,
    RPRIVS: 1,
    SC: 1,
  }),
};

/** The words of a sound legacy scene: 00:04.0 has domain 1. */
const LEGACY_WORDS: Qwords = {
  [ROOT]: 0x2001n,
  [LEGACY_ENTRY]: 0x3001n,
  [LEGACY_ENTRY + 8]: 0x102n,
  ...SECOND_STAGE,
};
/** Of a scalable one: RID_PASID 0 of 00:04.0 has a second stage and domain 1. The PASID table is at 8000h. */
export const PASID_ENTRY = 0x8000;
const SCALABLE_WORDS: Qwords = {
  [ROOT]: 0x2001n,
  [SCALABLE_ENTRY]: 0x7001n,
  '0x7000': 0x8001n,
  [PASID_ENTRY]: 0x3089n,
  [PASID_ENTRY + 8]: 0x80_0001n,
  ...SECOND_STAGE,
  ...FIRST_STAGE,
};
/** One entry of the interrupt remapping table: vector 31h to APIC id 1 from 00:04.0. */
export const interruptWords = (extended: boolean): Qwords => ({
  [Number(TABLE)]: extended ? 0x0000_0001_0031_0001n : 0x0000_0100_0031_0001n,
  [Number(TABLE) + 8]: 0x0000_0000_0004_0020n,
});
/** IRTA_REG of a table with 256 entries, in xAPIC mode. */
export const IRTA = TABLE | 0x7n;
export const IRTE = Number(TABLE);

export function legacyUnit(planted: Planted = {}): RemappingUnit {
  return unitOf(LEGACY, LEGACY_WORDS, BigInt(ROOT), planted);
}

export function scalableUnit(planted: Planted = {}): RemappingUnit {
  return unitOf(SCALABLE, SCALABLE_WORDS, BigInt(ROOT) | 0x400n, planted);
}

/** A unit with its interrupt remapping table on. */
export const interruptUnit = ({ words = {}, irta = IRTA, ...planted }: Planted = {}): RemappingUnit =>
  legacyUnit({ ...planted, irta, words: { ...interruptWords((irta & 0x800n) !== 0n), ...words } });

/** What the linter finds in a unit, notes that are of the unit and not of its tables left out. */
export const findingsOf = (unit: RemappingUnit, options: LintOptions = {}): readonly Finding[] =>
  lint(unit, unit.memory, options);

function unitOf(base: UnitParameters, sound: Qwords, root: bigint, planted: Planted): RemappingUnit {
  const memory = new SparseMemory({ unwritten: planted.unwritten ?? 'refused' });
  // One after the other: an address may be written as a number here and in hexadecimal there.
  for (const words of [sound, planted.words ?? {}]) {
    for (const [address, word] of Object.entries(words)) memory.writeQwords(BigInt(address), [word]);
  }
  const unit = new RemappingUnit({
    memory: planted.readOnly === true ? readOnly(memory) : memory,
    unit: {
      ...base,
      hostAddressWidth: planted.haw ?? base.hostAddressWidth,
      capabilities: capabilities(base.capabilities, CAP_REG, planted.cap ?? {}),
      extendedCapabilities: capabilities(base.extendedCapabilities, ECAP_REG, planted.ecap ?? {}),
    },
  });
  unit.writeRegister(0x20, 64, planted.rtaddr ?? root);
  if (planted.noRoot !== true) unit.writeRegister(0x18, 32, 0x4000_0000n);
  unit.writeRegister(0x18, 32, 0x8000_0000n);
  if (planted.irta !== undefined) {
    unit.writeRegister(0xb8, 64, planted.irta);
    unit.writeRegister(0x18, 32, 0x8100_0000n);
    unit.writeRegister(0x18, 32, 0x8200_0000n);
  }
  for (const [offset, width, value] of planted.writes ?? []) unit.writeRegister(offset, width, value);
  return unit;
}

const readOnly = (memory: Memory): Memory => ({
  load: (page, offset, words) => memory.load(page, offset, words),
  store: () => false,
  compareAndSwap: () => 'refused',
});

/** A capability register with some fields replaced. */
function capabilities(value: bigint, register: RegisterDeclaration, fields: Readonly<Record<string, number>>): bigint {
  const words = wordsOf(value);
  for (const [name, content] of Object.entries(fields)) {
    const field = register.fields[name];
    if (field === undefined || field.kind === 'wide') throw new RangeError(`no field ${name}`);
    field.put(words, content);
  }
  return (BigInt(words[1]!) << 32n) | BigInt(words[0]!);
}
