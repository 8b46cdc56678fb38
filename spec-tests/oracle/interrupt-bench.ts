import { interruptAnswer } from './interrupt-answer.ts';
import type { InterruptLatched, InterruptOpinion, InterruptRequest } from './interrupt-types.ts';
import { interruptOpinion } from './interrupts.ts';
import { Memory, unitOf } from './test-bench.ts';
import type { UnitFacts } from './types.ts';

/** Where the interrupt remapping table and a posted interrupt descriptor are. */
export const TABLE = 0x10_0000n;
export const DESCRIPTOR = 0x2_0000n;

/** CAP_REG: PI. ECAP_REG: C, QI, IR, EIM, MHMV=15. */
export const INTERRUPT_CAP = 1n << 59n;
export const INTERRUPT_ECAP = 0xf0_001bn;
export const EIMER = 1n << 61n;
export const IRREQ = 1n << 62n;

/** IRTA_REG.EIME */
export const EIME = 1n << 11n;

/** Source 00:1f.0. */
export const DEVICE = 0x00f8;

/** The defaults of the cases of chapter 5: HAW=46. */
export function interruptUnit(changes: Parameters<typeof unitOf>[0] = {}): UnitFacts {
  return unitOf({ cap: INTERRUPT_CAP, ecap: INTERRUPT_ECAP, ...changes });
}

/** 256 entries, EIME=0, IRES=1, CFIS=0. */
export function interruptLatched(changes: Partial<InterruptLatched> = {}): InterruptLatched {
  return { irta: TABLE | 7n, ires: true, cfis: false, ...changes };
}

/** Handle = index, SHV=0. */
export const handle = (index: number): bigint => 0xfee0_0010n | (BigInt(index) << 5n);

/** Fixed, edge, vector 31h to processor 12h, any source. */
export const GOOD = 0x1200_0031_0001n;
/** Vector 50h posted at DESCRIPTOR. */
export const POSTED = 0x2_0000_0050_8001n;
export const URG = 1n << 14n;
/** Word 4 of a descriptor: NV=F2h. */
export const NV = 0xf2_0000n;
export const ON = 1n;
export const SN = 2n;
/** Word 4 of a descriptor: processor 20h, xAPIC. */
export const NDST = 0x2000n << 32n;

/** A table whose entry 5 is this. */
export function entry5(low: bigint, high = 0n): Memory {
  return new Memory().put(TABLE + 0x50n, low, high);
}

export interface Question {
  unit?: UnitFacts;
  latched?: Partial<InterruptLatched>;
  source?: number;
  address?: bigint;
  data?: bigint;
}

/** The opinion on a request; unless told otherwise for entry 5 with SHV=0 and data 0. */
export function askInterrupt(memory: Memory, question: Question = {}): InterruptOpinion {
  const { unit = interruptUnit(), latched, source = DEVICE, address = handle(5), data = 0n } = question;
  return interruptOpinion(unit, interruptLatched(latched), memory, { source, address, data });
}

/** What `askInterrupt` says, in words. */
export const says = (memory: Memory, question: Question = {}): string =>
  interruptAnswer(askInterrupt(memory, question));

/** For the fault log. */
export const asked = (address: bigint, source = DEVICE, data = 0n): InterruptRequest => ({ source, address, data });
