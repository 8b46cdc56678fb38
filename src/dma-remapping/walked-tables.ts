import type { PageNumber } from '../bits/page-number.ts';
import { type Caches, newTablePlace, type TablePlace } from '../caches/caches.ts';
import type { Condition } from '../conditions/condition.ts';

/** A nested walk through five levels comes to four tables of each of six second-stage walks, and four of its own. */
const MOST = 28;

/** An entry that a walk came to and that the paging-structure caches may keep. */
interface WalkedTable extends TablePlace {
  firstStage: boolean;
  input: PageNumber;
  /** The level of the table that the entry points to, or would have pointed to. */
  below: number;
  /** The accessed flags of all entries on the way were set already. */
  accessed: boolean;
}

/**
 * The tables that a request's walks lead through, between the walks and the paging-structure caches, §6.2.5. Entries are
 * kept once it is known whether the request sets their accessed flags. Storage is used again from request to request.
 */
export class WalkedTables {
  readonly #walked: readonly WalkedTable[] = Array.from({ length: MOST }, () => ({
    ...newTablePlace(),
    firstStage: false,
    input: 0,
    below: 0,
    accessed: false,
  }));
  #count = 0;
  #caches: Caches | undefined;
  #cachingMode = false;
  #domainId = 0;
  #pasid = 0;
  #levels = 0;

  /** A request begins whose tables have these tags. */
  begin(caches: Caches, cachingMode: boolean, domainId: number, pasid: number): void {
    this.#caches = caches;
    this.#cachingMode = cachingMode;
    this.#domainId = domainId;
    this.#pasid = pasid;
    this.#count = 0;
  }

  /** The lowest second-stage table on the way to `input` that is known, into `place`. */
  findSecondStage(input: PageNumber, levels: number, place: TablePlace): boolean {
    return this.#caches!.findSecondStageTable(this.#domainId, input, levels, place);
  }

  /** A second-stage entry points to the table at `level`. */
  addSecondStage(input: PageNumber, level: number, page: PageNumber, rights: number, accessed: boolean): void {
    this.#addSecondStage(input, level, accessed, level, page, rights, undefined);
  }

  /** A second-stage entry permits nothing, or has a fault: in caching mode that is kept too, §6.2.5.5. */
  addSecondStageEnd(input: PageNumber, level: number, fault: Condition | undefined): void {
    if (!this.#cachingMode || level === 0) return;
    this.#addSecondStage(input, level, true, 0, 0, 0, fault);
  }

  /** A second-stage walk led to a first-stage table. True if the caches have no use for this way any more. */
  isKnownWay(page: PageNumber, permission: number): boolean {
    return this.#caches!.isKnownWay?.(page, permission) ?? false;
  }

  /** The lowest first-stage table on the way to `input` that is known, into `place`. */
  findFirstStage(input: PageNumber, levels: number, place: TablePlace): boolean {
    this.#levels = levels;
    return this.#caches!.findFirstStageTable(this.#domainId, this.#pasid, input, levels, place);
  }

  /** A first-stage entry points to a table; nested, `place` says where the second stage has it. */
  addFirstStage(input: PageNumber, place: TablePlace, accessed: boolean): void {
    Object.assign(this.#add(true, input, place.level, accessed), place);
  }

  /** The request is over. `flagsSet`: it has set all accessed flags that lacked. */
  keep(flagsSet: boolean): void {
    for (let i = 0; i < this.#count; i++) {
      const walked = this.#walked[i]!;
      if (!flagsSet && !walked.accessed) continue;
      if (walked.firstStage) {
        this.#caches!.keepFirstStageTable(this.#domainId, this.#pasid, walked.input, this.#levels, walked);
      } else {
        this.#caches!.keepSecondStageTable(this.#domainId, walked.input, walked.below, walked);
      }
    }
  }

  /** Every member is put: what the place held before must not tell entries apart. */
  #addSecondStage(
    input: PageNumber,
    below: number,
    accessed: boolean,
    level: number,
    page: PageNumber,
    rights: number,
    fault: Condition | undefined,
  ): void {
    const walked = this.#add(false, input, below, accessed);
    walked.level = level;
    walked.page = page;
    walked.rights = rights;
    walked.fault = fault;
    walked.writable = false;
  }

  #add(firstStage: boolean, input: PageNumber, below: number, accessed: boolean): WalkedTable {
    const walked = this.#walked[this.#count]!;
    this.#count += 1;
    walked.firstStage = firstStage;
    walked.input = input;
    walked.below = below;
    walked.accessed = accessed;
    return walked;
  }
}
