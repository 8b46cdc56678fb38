import { type PageNumber, pageOf } from '../bits/page-number.ts';
import { LAST_INTERRUPT_PAGE, overlapsInterruptRange } from '../dma-remapping/interrupt-range.ts';
import type { Configuration } from '../platform/configuration.ts';
import type { TablesDescription } from './description.ts';

/** Where tables come from: `pages` neighbouring pages of 4 KiB that nothing else uses, by their first address. */
export interface Allocator {
  allocate(pages: number): bigint;
}

/** Pages from 1000h on that no mapping of a description leads to, so that no device reaches a table. */
export function allocatorBeside({ hostPages }: Configuration, { domains = [] }: TablesDescription): Allocator {
  const taken = domains
    .flatMap(({ mappings = [] }) => mappings)
    .map(({ output, size }) => ({ first: pageOf(output), end: pageOf(output + size) }))
    .sort((a, b) => a.first - b.first);
  let next: PageNumber = 1;
  /** Mappings before this one end before `next`. */
  let index = 0;
  return {
    allocate: (pages) => {
      for (;;) {
        const from = next;
        while (index < taken.length && taken[index]!.end <= next) index += 1;
        const mapping = taken[index];
        if (mapping !== undefined && mapping.first < next + pages) next = Math.max(next, mapping.end);
        if (overlapsInterruptRange(next, pages)) next = LAST_INTERRUPT_PAGE + 1;
        if (next === from) break;
      }
      if (next + pages > hostPages) throw new RangeError('no memory of the host is left for tables');
      const page = next;
      next += pages;
      return BigInt(page) << 12n;
    },
  };
}
