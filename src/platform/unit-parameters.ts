/** What a unit is, as software reads it. */
export interface UnitParameters {
  /** VER_REG: major version in bits 7:4, minor in 3:0. */
  readonly version: number;
  /** HAW, 32 to 52 bits. */
  readonly hostAddressWidth: number;
  /** CAP_REG, 64 bits, used bit for bit. */
  readonly capabilities: bigint;
  /** ECAP_REG, 64 bits, used bit for bit. */
  readonly extendedCapabilities: bigint;
}

/** The two 32-bit words of a 64-bit register value. */
export function wordsOf(value: bigint): Uint32Array {
  return Uint32Array.of(Number(value & 0xffff_ffffn), Number(value >> 32n));
}
