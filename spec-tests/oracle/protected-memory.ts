import { bits } from './bits.ts';
import type { Answer, Journey } from './journey.ts';

/** 11.4.8.1-R2: is the finished access stopped by a protected memory region. */
export function hitsProtectedMemory(journey: Journey, answer: Answer): boolean {
  const { caps, latched, request } = journey;
  if (answer.address === undefined || answer.noAccess === true || !latched.pmen) return false;
  if (!blocksAll(journey) && latched.tes && answer.throughTables === true) return false;
  const first = answer.address;
  const last = first + BigInt(Math.max(request.length, 1)) - 1n;
  if (caps.PLMR && overlaps(journey, latched.plmBase, latched.plmLimit, first, last)) return true;
  return caps.PHMR && overlaps(journey, latched.phmBase, latched.phmLimit, first, last);
}

function blocksAll(journey: Journey): boolean {
  const choice = journey.choices.protectedMemoryBlocksAll;
  if (choice === 'by-version') return journey.caps.MAJOR >= 2; // 11.4.1-R1
  return choice === 'always';
}

/** 11.4.8.2-R1, R2. */
function overlaps(journey: Journey, base: bigint, limit: bigint, first: bigint, last: bigint): boolean {
  const n = journey.choices.protectedMemoryAlignment;
  const low = bits(base, 63, n + 1) << BigInt(n + 1);
  const high = (bits(limit, 63, n + 1) << BigInt(n + 1)) + (1n << BigInt(n + 1)) - 1n;
  if (high < low) return false;
  return first <= high && last >= low;
}
