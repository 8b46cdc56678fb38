import type { PageNumber } from '../bits/page-number.ts';

/** Pages that follow each other, and the first of them. */
export interface PageRange {
  readonly page: PageNumber;
  readonly pages: number;
}

/**
 * What a page number and an S bit stand for in the messages of Device-TLBs, §4.2.3, §6.5.2.5: with S=1 the lowest zero says
 * the size: bit 12 for 8 KiB, bit 13 for 16 KiB, and so on up to bit 63 for all addresses. PCI Express gives no meaning
 * to ones alone: that is all addresses here.
 */
export function sizedRange(page: PageNumber, size: number): PageRange {
  let pages = 1;
  if (size === 1) {
    // Exact: the numbers are integers up to 2^52.
    for (let rest = page * 2 + 1; rest % 2 === 1 && pages < 2 ** 52; rest = (rest - 1) / 2) pages *= 2;
  }
  return { page: page - (page % pages), pages };
}

/** {@link sizedRange} the other way: what stands with S=1 for the range of so many pages, 2 or more, around a page. */
export const pageWithSize = ({ page, pages }: PageRange): PageNumber => page - (page % pages) + pages / 2 - 1;
