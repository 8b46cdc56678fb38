import type { LeafCounts, TableItem } from '../tables/items.ts';
import { leavesText } from './list-text.ts';
import { countText, PAGE_BYTES, roughSizeText } from './text.ts';

/** What the last lines of a listing count. */
export class Totals {
  buses = 0;
  devices = 0;
  pasids = 0;
  domains = 0;
  ranges = 0;
  pages = 0;
  problems = 0;
  #lastBus: number | undefined;
  readonly leaves: LeafCounts = { '4K': 0, '2M': 0, '1G': 0 };

  add(item: TableItem): void {
    switch (item.kind) {
      case 'bus':
        // Both halves of a root entry are of one bus.
        if (item.bus !== this.#lastBus) this.buses += 1;
        this.#lastBus = item.bus;
        break;
      case 'device':
      case 'scalable-device':
        this.devices += 1;
        break;
      case 'pasid':
        this.pasids += 1;
        break;
      case 'domain':
      case 'pasid-domain':
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

  /** The lines; with PASIDs if the unit has them. */
  text(title: string, scalable: boolean): string[] {
    const { buses, devices, domains, ranges, pages, problems, leaves } = this;
    const pasids = scalable ? `${countText(this.pasids, 'PASID-table entry', 'PASID-table entries')}, ` : '';
    return [
      `${title}   ${countText(buses, 'bus', 'buses')}, ${countText(devices, 'device')}, ${pasids}` +
        `${countText(domains, 'domain')}, ${countText(problems, 'problem')}`,
      `         ${countText(ranges, 'range')} of ${roughSizeText(pages * PAGE_BYTES)} in all; leaves: ${leavesText(leaves)}`,
    ];
  }
}
