import { bits } from './bits.ts';
import type { MemoryTypeRanges } from './types.ts';

/** 11.4.12.2-R2; an illegal type is used as UC (11.4.12.4-G1). */
function typeName(code: bigint): string {
  const names: Record<string, string> = { 0: 'UC', 1: 'WC', 4: 'WT', 5: 'WP', 6: 'WB' };
  return names[code.toString()] ?? 'UC';
}

/** 3.11.2: the MTRR type of a host physical address; without registers MTRRDEF.E=0 is held. */
export function mtrrType(ranges: MemoryTypeRanges | undefined, haw: number, address: bigint): string {
  if (ranges === undefined || bits(ranges.def, 11) === 0n) return 'UC'; // 3.11.2-R1
  if (address < 0x100000n && bits(ranges.def, 10) === 1n) return fixedType(ranges, address);
  const hits: string[] = [];
  for (const { base, mask } of ranges.variable) {
    const m = bits(mask, haw - 1, 12); // 3.11.2-R3
    const matches = (bits(address, haw - 1, 12) & m) === (bits(base, haw - 1, 12) & m);
    if (bits(mask, 11) === 1n && matches) hits.push(typeName(bits(base, 7, 0)));
  }
  const first = hits[0];
  if (first === undefined) return typeName(bits(ranges.def, 7, 0));
  if (hits.every((type) => type === first)) return first;
  if (hits.includes('UC')) return 'UC';
  if (hits.every((type) => type === 'WT' || type === 'WB')) return 'WT';
  return first; // 3.11.2-M1: the lowest-numbered
}

/** 11.4.12.3-R1: eight types a register, lowest addresses in the lowest byte. */
function fixedType(ranges: MemoryTypeRanges, address: bigint): string {
  let field: bigint;
  if (address < 0x80000n) field = address / 0x10000n;
  else if (address < 0xc0000n) field = 8n + (address - 0x80000n) / 0x4000n;
  else field = 24n + (address - 0xc0000n) / 0x1000n;
  const register = ranges.fixed[Number(field / 8n)] ?? 0n;
  const byte = 8 * Number(field % 8n);
  return typeName(bits(register, byte + 7, byte));
}
