import type { PageNumber } from '../bits/page-number.ts';

/** FEE0_0000h to FEEF_FFFFh, the interrupt address range (§3.15), as page numbers. */
const FIRST = 0xfee00;
const LAST = 0xfeeff;

/** Whether the page lies in the interrupt address range, §3.15. */
export const isInterruptPage = (page: PageNumber): boolean => page >= FIRST && page <= LAST;

/** Whether any of `count` pages from `page` on lies in the interrupt address range, §3.15. */
export const overlapsInterruptRange = (page: PageNumber, count: number): boolean =>
  page <= LAST && page + count > FIRST;
