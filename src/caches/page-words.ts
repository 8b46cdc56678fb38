/*
 * Not in the specification: page numbers of up to 52 bits in entries of 32-bit words. The low word is `page | 0`.
 */
import type { PageNumber } from '../bits/page-number.ts';

/** The other word. */
export const highOf = (page: PageNumber): number => (page < 2 ** 32 ? 0 : (page * 2 ** -32) | 0);

/** The page number of two such words. */
export const pageFrom = (low: number, high: number): PageNumber =>
  high === 0 ? low >>> 0 : (high >>> 0) * 2 ** 32 + (low >>> 0);
