import { isObject, type Kind, readAs, unsigned } from '../bits/json-values.ts';

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
  /**
   * What the other registers read that tell what a unit has, by name: `MTRRCAP_REG`, `PERFCNTRCAP_REG[2]`. One that is
   * missing reads 0, so that the unit has nothing of what it tells.
   */
  readonly registers?: Readonly<Record<string, bigint>>;
}

/** The two 32-bit words of a 64-bit register value. */
export function wordsOf(value: bigint): Uint32Array {
  return Uint32Array.of(Number(value & 0xffff_ffffn), Number(value >> 32n));
}

/** Not in the specification: register names and their values as JSON has them, at most so many; the unit's own door judges them. */
export function registerValues(limit: number): Kind<Readonly<Record<string, bigint>>> {
  const value = unsigned(64);
  return {
    takes: `an object of at most ${limit} register names and their values`,
    read(given, path) {
      if (!isObject(given) || Object.keys(given).length > limit) return undefined;
      const read = Object.entries(given).map(
        ([name, one]) => [name, readAs(value, one, `${path}.${name.slice(0, 40)}`)] as const,
      );
      return Object.fromEntries(read);
    },
  };
}
