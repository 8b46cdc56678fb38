import type { Journey } from './journey.ts';

const FIRST = 0xfee00000n;
const LAST = 0xfeefffffn;

/** 3.15: does [address, address+size-1] touch FEE0_0000h-FEEF_FFFFh. */
export function touchesInterruptRange(address: bigint, size: bigint): boolean {
  return address <= LAST && address + size - 1n >= FIRST;
}

/** 3.15-R1 to R3: what becomes of an untranslated request without PASID whose address is in the range. */
export function judgeInterruptRange(journey: Journey): 'interrupt' | 'zero-length' | 'illegal' | 'ordinary' {
  const { request, choices, latched } = journey;
  if (!touchesInterruptRange(request.address, 1n)) return 'ordinary';
  if (request.access === 'write' && isOneDword(journey)) return 'interrupt'; // 3.15-R1
  if (request.access === 'read' && request.zeroLength === true) return 'zero-length'; // 3.15-R2
  // 3.15-R3 with 3.15-G1
  if (choices.interruptRangeChecks === 'always' || latched.tes || latched.ires) return 'illegal';
  return 'ordinary';
}

/** 3.15-G3. */
function isOneDword(journey: Journey): boolean {
  const { request, choices } = journey;
  const offset = Number(request.address % 4n);
  if (choices.interruptWriteByteEnables === 'any') return offset + request.length <= 4;
  return offset === 0 && request.length === 4;
}
