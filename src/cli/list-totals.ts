import type { LeafCounts, TableItem } from '../tables/items.ts';
import { leavesText } from './list-text.ts';
import { countText, PAGE_BYTES, roughSizeText } from './text.ts';

/** What the last lines of a listing count. */
export class Totals {
  buses = 0;
  devices = 0;
  domains = 0;
  ranges = 0;
  pages = 0;
  problems = 0;
  readonly leaves: LeafCounts = { '4K': 0, '2M': 0, '1G': 0 };

  add(item: TableItem): void {
    switch (item.kind) {
      case 'bus':
        this.buses += 1;
        break;
      case 'device':
        this.devices += 1;
        break;
      case 'domain':
        this.domains += 1;
        break;
      case 'problem':
        this.problems += 1;
        break;
      case 'mapping':
        this.ranges += 1;
        this.pages += item.pages;
        for (const size of ['4K', '2M', '1G'] as const) this.leaves[size] += item.leaves[size];
        break;
      case 'unreachable':
      case 'stopped':
        break;
    }
  }

  text(title: string): string[] {
    const { buses, devices, domains, ranges, pages, problems, leaves } = this;
    return [
      `${title}   ${countText(buses, 'bus', 'buses')}, ${countText(devices, 'device')}, ${countText(domains, 'domain')}, ` +
        `${countText(problems, 'problem')}`,
      `         ${countText(ranges, 'range')} of ${roughSizeText(pages * PAGE_BYTES)} in all; leaves: ${leavesText(leaves)}`,
    ];
  }
}
