import type { ReadStep, WriteStep } from '../../vectors/types.ts';
import type { Offer } from './offer.ts';

/** A write of a register. */
export const writeStep = (name: string, offset: number, width: 32 | 64, value: bigint): WriteStep => ({
  write: name,
  offset: `0x${offset.toString(16)}`,
  width,
  value: `0x${value.toString(16)}`,
});

const readStep = (name: string, offset: number, width: 32 | 64): ReadStep => ({
  read: name,
  offset: `0x${offset.toString(16)}`,
  width,
  value: '0x0',
});

/** The reads that show which faults were recorded: FSTS_REG and the first fault records, §7.2.1. */
export function faultReads(offer: Offer): readonly ReadStep[] {
  const records = Math.min(offer.cap(40, 8) + 1, 2);
  const base = offer.cap(24, 10) * 16;
  return [
    readStep('FSTS_REG', 0x34, 32),
    ...Array.from({ length: records }, (_, n) => [
      readStep(`FRCD_REG[${n}]`, base + 16 * n + 8, 64),
      readStep(`FRCD_REG[${n}]`, base + 16 * n, 64),
    ]).flat(),
  ];
}

const PPF = 2n;
const F = 1n << 63n;

/**
 * A read with the value that it has to find, as far as that means something: FRI while PPF=1 (§11.4.7.1), a record while
 * F=1 (§11.4.7.6). `upper` is the upper half of the record that this is the lower half of.
 */
export function readOf(step: ReadStep, value: bigint, upper: bigint): ReadStep {
  const hex = (bits: bigint) => `0x${bits.toString(16)}`;
  const mask = maskOf(step, value, upper);
  return { ...step, value: hex(value & mask), mask: hex(mask) };
}

function maskOf({ read, offset }: ReadStep, value: bigint, upper: bigint): bigint {
  if (read === 'FSTS_REG') return (value & PPF) === 0n ? 0x3n : 0xff03n;
  if (BigInt(offset) % 16n === 8n) return (value & F) === 0n ? F : -1n & 0xffff_ffff_ffff_ffffn;
  return (upper & F) === 0n ? 0n : 0xffff_ffff_ffff_f000n;
}
