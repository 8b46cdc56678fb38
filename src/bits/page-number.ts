/**
 * Bits 63:12 of an address. A 64-bit address is a page number of 52 bits and an offset of 12: both are exact
 * JavaScript numbers, and every pointer of the architecture is a page number.
 */
export type PageNumber = number;

/** The page number, bits 63:12, of a 64-bit address. */
export const pageOf = (address: bigint): PageNumber => Number(address >> 12n);

/** The offset, bits 11:0, of an address. */
export const offsetOf = (address: bigint): number => Number(address & 0xfffn);

/** Bits 51:12: where entries of all kinds have the page number of a table, whichever of them a unit reserves. */
export const POINTER = 0x000f_ffff_ffff_f000n;

/** The 64-bit address of `offset` (0 to FFFh) in `page`. */
export const addressOf = (page: PageNumber, offset = 0): bigint => (BigInt(page) << 12n) | BigInt(offset);

/** `POWER_OF_2[n]` is 2^n, for n up to 52. A table, because `2 ** n` costs four times as much in a walk (measured). */
export const POWER_OF_2: readonly number[] = Object.freeze(Array.from({ length: 53 }, (_, n) => 2 ** n));

/** How many pages lie below 2^width bytes; `width` is 12 to 64. A page is within the width if it is below this. */
export const pagesWithin = (width: number): number => POWER_OF_2[width - 12]!;

/** The upper of two 32-bit words that hold a page number; the lower one is `page | 0`. */
export const highWordOf = (page: PageNumber): number => (page < 2 ** 32 ? 0 : (page * 2 ** -32) | 0);

/** The page number that two such words hold. */
export const pageOfWords = (low: number, high: number): PageNumber =>
  high === 0 ? low >>> 0 : (high >>> 0) * 2 ** 32 + (low >>> 0);
