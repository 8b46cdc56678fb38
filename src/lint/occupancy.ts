import { addressOf, type PageNumber } from '../bits/page-number.ts';
import { pageText } from './finding.ts';
import type { Findings } from './findings.ts';

/** What a page is used for. */
export interface Use {
  /** `context table`, `second-stage table of level 2`. */
  readonly role: string;
  /** The first page of the structure. */
  readonly base: PageNumber;
  /** A table of a guest: the guest may write to it. */
  readonly ofGuest: boolean;
}

/** Which page is which structure, §3.5. */
export class Occupancy {
  readonly #uses = new Map<PageNumber, Use>();
  readonly #findings: Findings;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  of(page: PageNumber): Use | undefined {
    return this.#uses.get(page);
  }

  /** The pages of the unit's own structures, in order. */
  pages(): readonly PageNumber[] {
    const own = [...this.#uses].filter(([, { ofGuest }]) => !ofGuest).map(([page]) => page);
    return own.sort((a, b) => a - b);
  }

  /** A page is used. Returns what it was used for before, if that is something else. */
  claim(page: PageNumber, role: string, base: PageNumber, ofGuest = false): Use | undefined {
    const known = this.#uses.get(page);
    if (known === undefined) {
      this.#uses.set(page, { role, base, ofGuest });
      return undefined;
    }
    return known.role === role && known.base === base ? undefined : known;
  }

  /** Several pages are used; what is there already overlaps. */
  claimAll(page: PageNumber, pages: number, role: string): void {
    for (let n = 0; n < pages; n++) {
      const known = this.claim(page + n, role, page);
      if (known === undefined) continue;
      this.#findings.add('structures-overlap', {
        structure: role,
        address: addressOf(page + n),
        says: `the ${role} at ${pageText(page)} of ${pages * 4} KiB overlaps the ${known.role} at ${pageText(known.base)}`,
      });
      return;
    }
  }
}
