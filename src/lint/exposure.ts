import { addressOf, type PageNumber } from '../bits/page-number.ts';
import { WRITE } from '../messages/dma-request.ts';
import type { Mapping } from '../tables/items.ts';
import { pagesText, pageText } from './finding.ts';
import type { Scene } from './scene.ts';

/** Where mappings lead, to be compared with where the tables turn out to be. */
export class Exposure {
  readonly #scene: Scene;
  readonly #domains: string[] = [];
  /** Domain, input, output, pages and permission of each mapping, one after another: there may be millions. */
  readonly #mappings: number[] = [];

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** The mappings that follow are of this domain. */
  begin(domain: string): void {
    this.#domains.push(domain);
  }

  add({ input, output, pages, permission, supervisor = 0 }: Mapping): void {
    this.#mappings.push(this.#domains.length - 1, input, output, pages, permission | supervisor);
  }

  /** Mappings that lead to remapping structures, §3.2: the first page of each. */
  check(): void {
    const { occupancy, findings } = this.#scene;
    const tables = occupancy.pages();
    if (tables.length === 0) return;
    const all = this.#mappings;
    for (let n = 0; n < all.length; n += 5) {
      const [domain, input, output, pages, permission] = all.slice(n, n + 5) as [
        number,
        number,
        number,
        number,
        number,
      ];
      const first = lowerBound(tables, output);
      const end = lowerBound(tables, output + pages);
      if (first === end) continue;
      const page = tables[first]!;
      const { role } = occupancy.of(page)!;
      const writable = (permission & WRITE) !== 0;
      const says =
        `${this.#domains[domain]} ${writable ? 'can write to' : 'can read'} the ${role} at ${pageText(page)}, ` +
        `through ${pageText(input + page - output)}` +
        (end - first > 1 ? `, and to ${end - first - 1} more of such pages` : '');
      findings.add(writable ? 'tables-exposed' : 'tables-readable', {
        structure: role,
        address: addressOf(page),
        of: `${this.#domains[domain]} at ${pagesText(input, pages)}`,
        says,
        count: end - first,
      });
    }
  }
}

/** The index of the first number that is not less. */
function lowerBound(sorted: readonly PageNumber[], value: PageNumber): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
