import { hex } from '../../bits/hex.ts';
import type { Register, RegisterFields } from '../../bits/register.ts';
import { registerValue } from '../../bits/register-value.ts';
import { FRCD_REG, FSTS_REG } from '../../registers/fault.ts';
import type { ReadStep, WriteStep } from '../../vectors/types.ts';
import type { Offer } from './offer.ts';

/** A write of a register of 32 or 64 bits with these fields; `offset` where a capability places it. */
export function writeOf<F extends RegisterFields>(
  register: Register<F>,
  values: { readonly [Name in keyof F]?: number },
  offset: number | string = register.offset,
): WriteStep {
  const width = register.width === 32 ? 32 : 64;
  return { write: register.title, offset: hex(Number(offset)), width, value: hex(registerValue(register, values)) };
}

const readStep = (name: string, offset: number, width: 32 | 64): ReadStep => ({
  read: name,
  offset: hex(offset),
  width,
  value: '0x0',
});

/** The reads that show which faults were recorded: FSTS_REG and the first fault records, §7.2.1. */
export function faultReads({ CAP }: Offer): readonly ReadStep[] {
  const records = Math.min(CAP.NFR + 1, 2);
  const base = CAP.FRO * 16;
  return [
    readStep(FSTS_REG.title, Number(FSTS_REG.offset), 32),
    ...Array.from({ length: records }, (_, n) => [
      readStep(`${FRCD_REG.title}[${n}]`, base + 16 * n + 8, 64),
      readStep(`${FRCD_REG.title}[${n}]`, base + 16 * n, 64),
    ]).flat(),
  ];
}

const PFO_AND_PPF = 0x3n;
const FRI = 0xff00n;
/** F in the upper half of a record. */
const F = 1n << 63n;
const ALL = 0xffff_ffff_ffff_ffffn;

/**
 * A read with the value that it has to find, as far as that means something: FRI while PPF=1 (§11.4.7.1), a record while
 * F=1 (§11.4.7.6). `upper` is the upper half of the record that this is the lower half of.
 */
export function readOf(step: ReadStep, value: bigint, upper: bigint): ReadStep {
  const mask = maskOf(step, value, upper);
  return { ...step, value: hex(value & mask), mask: hex(mask) };
}

function maskOf({ read, offset }: ReadStep, value: bigint, upper: bigint): bigint {
  if (read === FSTS_REG.title) return (value & 2n) === 0n ? PFO_AND_PPF : PFO_AND_PPF | FRI;
  if (BigInt(offset) % 16n === 8n) return (value & F) === 0n ? F : ALL;
  return (upper & F) === 0n ? 0n : ALL - 0xfffn;
}
