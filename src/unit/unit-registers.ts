import type { Words } from '../bits/field.ts';
import { type PlacedRegister, RegisterFile } from '../bits/register-file.ts';
import { counterCapability } from '../performance/counter-capability.ts';
import type { Choices } from '../platform/choices.ts';
import type { Configuration } from '../platform/configuration.ts';
import { isBefore } from '../platform/revision.ts';
import { wordsOf } from '../platform/unit-parameters.ts';
import { CAP_REG, ECAP_REG, VER_REG } from '../registers/capability.ts';
import { FEUADDR_REG } from '../registers/fault.ts';
import { RTADDR_REG } from '../registers/global.ts';
import { IRTA_REG } from '../registers/interrupt-remapping.ts';
import { IEUADDR_REG, IQA_REG, IQERCD_REG } from '../registers/invalidation.ts';
import { placeRegisters } from '../registers/map.ts';
import { MTRR_PHYSBASE_REG, MTRR_PHYSMASK_REG } from '../registers/memory-type-range.ts';
import { PEUADDR_REG, PQA_REG } from '../registers/page-request.ts';
import { PERFCNTR_PTLFLTR_REG, PERFCNTR_REG, PERFCNTRCFG_REG, PERFINTRUADDR_REG } from '../registers/performance.ts';
import { PHMBASE_REG, PHMLIMIT_REG, PLMBASE_REG, PLMLIMIT_REG } from '../registers/protected-memory.ts';

/** The registers of one unit: a file, and where each stands in it. */
export interface UnitRegisters {
  readonly file: RegisterFile;
  readonly placed: readonly PlacedRegister[];
  /** Bytes that the registers take, in whole pages of 4 KiB. */
  readonly size: number;
  /** Whether the unit has a register of this name. */
  has(name: string): boolean;
  /** Bytes from the base of a register by name, `FRCD_REG[3]`. Throws a RangeError for a name that is not there. */
  offsetOf(name: string): number;
  /** The live words of a register by name. */
  words(name: string): Words;
  /** Whether the lockable fields of a register by name are locked from now on, §11.3. */
  lock(name: string, locked: boolean): void;
}

/** The registers of a unit like this, after power-on (§11.4). */
export function unitRegisters(configuration: Configuration, choices: Choices): UnitRegisters {
  const placed = placeRegisters(configuration.capability);
  const end = Math.max(...placed.map(({ offset, register }) => offset + register.width / 8));
  const size = Math.ceil(end / 4096) * 4096;
  const file = new RegisterFile(size, placed);
  file.initialize(VER_REG.offset as number, Uint32Array.of(configuration.version));
  file.initialize(CAP_REG.offset as number, wordsOf(configuration.capabilities));
  file.initialize(ECAP_REG.offset as number, wordsOf(configuration.extendedCapabilities));
  restrict(file, configuration, choices);
  for (const one of placed) {
    if (!one.present(one.register.requires)) continue;
    initializeGiven(file, one, configuration);
    restrictWidth(file, one, configuration);
    restrictCounter(file, one, configuration, choices);
  }

  const byName = new Map(placed.map((one) => [one.name, one]));
  const find = (name: string): PlacedRegister => {
    const found = byName.get(name);
    if (found === undefined) throw new RangeError(`this unit has no register ${name}`);
    return found;
  };
  return {
    file,
    placed,
    size,
    has: (name) => {
      const found = byName.get(name);
      return found?.present(found.register.requires) ?? false;
    },
    offsetOf: (name) => find(name).offset,
    words: (name) => file.words(find(name).offset, find(name).register.width),
    lock: (name, locked) => file.lock(find(name).offset, find(name).register.width, locked),
  };
}

/** A register by which the unit tells what it has. What is reserved in it may read 1 all the same, §11.4.13.2. */
function initializeGiven(file: RegisterFile, { name, register, offset }: PlacedRegister, unit: Configuration) {
  const value = unit.registers[name];
  if (value === undefined) return;
  const atReset = file.words(offset, register.width);
  const given = wordsOf(value);
  file.initialize(
    offset,
    atReset.map((word, i) => word | given[i]!),
  );
}

/** What is reserved from a width on: HAW in the MTRRs (§11.4.12.4), that of each counter (§11.4.13.23). */
function restrictWidth(file: RegisterFile, { name, register, offset }: PlacedRegister, unit: Configuration) {
  const { title } = register;
  const isRange = title === MTRR_PHYSBASE_REG.title || title === MTRR_PHYSMASK_REG.title;
  if (isRange) file.restrict(offset + 4, onesBelow(unit.hostAddressWidth - 32));
  if (title !== PERFCNTR_REG.title) return;
  const { width } = counterCapability(unit.capability, indexIn(name));
  file.restrict(offset, onesBelow(Math.min(width, 32)));
  file.restrict(offset + 4, onesBelow(Math.max(width - 32, 0)));
}

/** What the choices take from the registers of a counter, §11.4.13.15, §11.4.13.20. */
function restrictCounter(
  file: RegisterFile,
  { name, register: { title }, offset }: PlacedRegister,
  { capability }: Configuration,
  choices: Choices,
): void {
  if (title === PERFCNTR_PTLFLTR_REG.title && choices.pageTableLevelFilter === 'write-only') {
    file.conceal(offset, onesBelow(PERFCNTR_PTLFLTR_REG.PTL.high + 1));
  }
  if (title !== PERFCNTRCFG_REG.title || choices.unsupportedOverflowActions === 'stored') return;
  const { interrupts, freezes } = counterCapability(capability, indexIn(name));
  if (!interrupts) file.restrict(offset, ~(1 << PERFCNTRCFG_REG.IO.low));
  if (!freezes) file.restrict(offset, ~(1 << PERFCNTRCFG_REG.GFO.low));
}

/** Of the counter in `PERFCNTR_REG[3]`. */
const indexIn = (name: string): number => Number(/\d+/.exec(name));

const onesBelow = (width: number): number => 2 ** width - 1;

/** What the choices and HAW take from the readable and writable bits of the layouts. */
function restrict(file: RegisterFile, { hostAddressWidth, ECAP }: Configuration, choices: Choices): void {
  if (isBefore(choices.specRevision, '3.1')) file.hide(IQERCD_REG.offset as number, IQERCD_REG.width);
  const aligned = (0xffff_ffff << (choices.protectedMemoryAlignment + 1)) >>> 0;
  for (const register of [PLMBASE_REG, PLMLIMIT_REG, PHMBASE_REG, PHMLIMIT_REG]) {
    file.restrict(register.offset as number, aligned);
  }
  if (choices.addressTopBits === 'drop') {
    const below = onesBelow(hostAddressWidth - 32);
    for (const register of [RTADDR_REG, IRTA_REG, IQA_REG, PQA_REG, PHMBASE_REG, PHMLIMIT_REG]) {
      file.restrict((register.offset as number) + 4, below);
    }
  }
  if (choices.upperAddress === 'reserved' && ECAP.EIM === 0) {
    for (const register of [FEUADDR_REG, IEUADDR_REG, PEUADDR_REG, PERFINTRUADDR_REG]) {
      file.restrict(register.offset as number, 0);
    }
  }
}
