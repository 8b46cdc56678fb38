import type { PlacedRegister } from '../bits/register-file.ts';
import { REGISTERS } from './all.ts';
import { FRCD_REG } from './fault.ts';
import { IOTLB_REG, IVA_REG } from './invalidation.ts';
import { MTRR_PHYSBASE_REG, MTRR_PHYSMASK_REG } from './memory-type-range.ts';
import {
  PERFCNTR_ATFLTR_REG,
  PERFCNTR_DIDFLTR_REG,
  PERFCNTR_PASIDFLTR_REG,
  PERFCNTR_PTLFLTR_REG,
  PERFCNTR_REG,
  PERFCNTR_RIDFLTR_REG,
  PERFCNTRCAP_REG,
  PERFCNTRCFG_REG,
  PERFCNTREVCAP_REG,
  PERFEVNTCAP_REG,
  PERFFRZSTS_REG,
  PERFOVFSTS_REG,
} from './performance.ts';
import { type CapabilityValue, isPresent } from './presence.ts';

/** Offsets 180h to 218h have room for this many variable ranges, whatever MTRRCAP_REG.VCNT says, §11.4.12.4. */
const VARIABLE_RANGES = 10;

/**
 * The registers of one unit with their offsets, §11.4. One that the unit does not have is among them with a `present`
 * that says so, except in arrays, whose length is what the unit has.
 */
export function placeRegisters(capability: CapabilityValue): readonly PlacedRegister[] {
  const present = (requires: string | undefined) => isPresent(requires, capability);
  return [
    ...fixedRegisters(capability),
    { name: IVA_REG.title, register: IVA_REG, offset: 16 * capability('ECAP_REG.IRO'), present },
    { name: IOTLB_REG.title, register: IOTLB_REG, offset: 16 * capability('ECAP_REG.IRO') + 8, present },
    ...many(capability('CAP_REG.NFR') + 1, (n) => ({
      name: `FRCD_REG[${n}]`,
      register: FRCD_REG,
      offset: 16 * (capability('CAP_REG.FRO') + n),
      present,
    })),
    ...variableRanges(capability),
    ...(present('ECAP_REG.PMS') ? performanceArrays(capability) : []),
  ];
}

/** The register at a byte offset. Of two, one of which the unit does not have, it is the other. */
export function registerAt(placed: readonly PlacedRegister[], offset: number): PlacedRegister | undefined {
  const found = placed.filter((it) => offset >= it.offset && offset < it.offset + it.register.width / 8);
  return found.find(({ present, register }) => present(register.requires)) ?? found[0];
}

function fixedRegisters(capability: CapabilityValue): PlacedRegister[] {
  return Object.entries(REGISTERS).flatMap(([name, register]) => {
    const { offset } = register;
    if (typeof offset !== 'number') return [];
    // Without MTRRCAP_REG.FIX the fixed ranges are taken to be reserved: the document does not say.
    const missing = name.startsWith('MTRR_FIX') && capability('MTRRCAP_REG.FIX') === 0;
    return [{ name, register, offset, present: (requires) => !missing && isPresent(requires, capability) }];
  });
}

/** Pairs from MTRRCAP_REG.VCNT on are taken to be reserved: the document does not say. */
function variableRanges(capability: CapabilityValue): PlacedRegister[] {
  const count = Math.min(capability('MTRRCAP_REG.VCNT'), VARIABLE_RANGES);
  const present = (requires: string | undefined) => isPresent(requires, capability);
  return many(count, (i) => [
    { name: `MTRR_PHYSBASE${i}_REG`, register: MTRR_PHYSBASE_REG, offset: 0x180 + 0x10 * i, present },
    { name: `MTRR_PHYSMASK${i}_REG`, register: MTRR_PHYSMASK_REG, offset: 0x188 + 0x10 * i, present },
  ]).flat();
}

/** What the four offset registers place, §11.4.13: nothing where the offset register is 0. */
function performanceArrays(capability: CapabilityValue): PlacedRegister[] {
  const present = (requires: string | undefined) => isPresent(requires, capability);
  const counters = capability('PERFCAP_REG.NCNTR');
  const freeze = capability('PERFFRZOFF_REG.FZO');
  const overflow = capability('PERFOVFOFF_REG.OFO');
  const configuration = capability('PERFCFGOFF_REG.CFGO');
  const values = capability('PERFCNTROFF_REG.CNTO');
  const stride = 2 ** (capability('PERFCAP_REG.CS') + 10);
  const statusWords = Math.ceil(counters / 64);
  return [
    ...many(capability('PERFCAP_REG.EGCNT'), (g) => ({
      name: `PERFEVNTCAP_REG[${g}]`,
      register: PERFEVNTCAP_REG,
      offset: 0x380 + 8 * g,
      present,
    })),
    ...many(freeze === 0 ? 0 : statusWords, (m) => ({
      name: `PERFFRZSTS_REG[${m}]`,
      register: PERFFRZSTS_REG,
      offset: freeze + 8 * m,
      present,
    })),
    ...many(overflow === 0 ? 0 : statusWords, (m) => ({
      name: `PERFOVFSTS_REG[${m}]`,
      register: PERFOVFSTS_REG,
      offset: overflow + 8 * m,
      present,
    })),
    ...many(configuration === 0 ? 0 : counters, (c) => counterBlock(capability, c, configuration + 0x100 * c)).flat(),
    ...many(values === 0 ? 0 : counters, (c) => ({
      name: `PERFCNTR_REG[${c}]`,
      register: PERFCNTR_REG,
      offset: values + c * stride,
      present,
    })),
  ];
}

/** The 256 bytes of one counter's configuration. */
function counterBlock(capability: CapabilityValue, c: number, base: number): PlacedRegister[] {
  // A capability of this counter, as against those of all of them in PERFCAP_REG.
  const own = (name: string) => capability(name.replace(`${PERFCNTRCAP_REG.title}.`, `PERFCNTRCAP_REG[${c}].`));
  const present = (requires: string | undefined) => isPresent(requires, own);
  const registers = [
    [PERFCNTRCFG_REG, 0x00],
    [PERFCNTR_RIDFLTR_REG, 0x08],
    [PERFCNTR_DIDFLTR_REG, 0x0c],
    [PERFCNTR_PASIDFLTR_REG, 0x10],
    [PERFCNTR_ATFLTR_REG, 0x14],
    [PERFCNTR_PTLFLTR_REG, 0x18],
    [PERFCNTRCAP_REG, 0x80],
  ] as const;
  return [
    ...registers.map(([register, at]) => ({ name: `${register.title}[${c}]`, register, offset: base + at, present })),
    ...many(own('PERFCNTRCAP_REG.EGCNT'), (e) => ({
      name: `PERFCNTREVCAP_REG[${c},${e}]`,
      register: PERFCNTREVCAP_REG,
      offset: base + 0x84 + 4 * e,
      present,
    })),
  ];
}

function many<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
