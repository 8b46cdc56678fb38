/** The only bit extraction: bits hi..lo of a value, as in the digest's tables; 0 when the range is empty (ch09 section 0). */
export function bits(value: bigint, hi: number, lo: number = hi): bigint {
  if (hi < lo) return 0n;
  return (value >> BigInt(lo)) & ((1n << BigInt(hi - lo + 1)) - 1n);
}
