import type { PageNumber } from '../bits/page-number.ts';

/** FEE0_0000h to FEEF_FFFFh, the interrupt address range (§3.15), as page numbers. */
export const FIRST_INTERRUPT_PAGE = 0xfee00;
export const LAST_INTERRUPT_PAGE = 0xfeeff;

/** Whether the page lies in the interrupt address range, §3.15. */
export const isInterruptPage = (page: PageNumber): boolean =>
  page >= FIRST_INTERRUPT_PAGE && page <= LAST_INTERRUPT_PAGE;

/** Whether any of `count` pages from `page` on lies in the interrupt address range, §3.15. */
export const overlapsInterruptRange = (page: PageNumber, count: number): boolean =>
  page <= LAST_INTERRUPT_PAGE && page + count > FIRST_INTERRUPT_PAGE;
