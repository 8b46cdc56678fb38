import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import { SPAN } from '../dma-remapping/second-stage.ts';
import { FirstStageEntry } from '../structures/first-stage-entry.ts';
import { reservedBitsSet } from '../tables/reserved.ts';
import type { TableWatcher, Visited, WalkRecorder } from '../tables/walk-recorder.ts';
import { pageText } from './finding.ts';
import type { RuleId } from './rules.ts';
import { entryFacts, type Scene } from './scene.ts';
import { PLACES, type Place, secondStageRights } from './stage-rules.ts';

/** Bit 2 of a second-stage entry is ignored; in a processor's it is U/S, and bit 5, which is of EMT here, is A. */
const PROCESSOR_USER = 0b100;
const PROCESSOR_ACCESSED = 0b10_0000;
const WRITE_ALONE = 0b10;

/** The table that a domain's walk came to first under some addresses. */
interface Owner {
  readonly domain: number;
  readonly prefix: PageNumber;
}

/** How a domain's tables are looked at. */
export interface Watched {
  /** A number of its own. */
  readonly domain: number;
  /** `domain 7`. */
  readonly name: string;
  /** Nested: the first stage is the guest's, and the second is walked for each of its tables. */
  readonly nested: boolean;
}

/**
 * Looks on while the model walks the tables of domains, §3.5: which page is a table of which kind, where tables lead back
 * to themselves or are shared, and what single entries say that no request faults on. A table that a domain was seen to
 * use elsewhere is stepped over, so that tables without end are looked at once.
 */
export class TableWatch implements TableWatcher {
  readonly #scene: Scene;
  readonly #owners = new Map<PageNumber, Owner>();
  /** The pages of the last walk, which most often are those of the next. */
  readonly #last: PageNumber[] = [];
  #watched: Watched = { domain: -1, name: '', nested: false };
  #stage: Place['stage'] = 'second-stage';
  /** The domain has the top table of another one: that its lower tables are shared goes without saying. */
  #sharesTop = false;
  #lastEntry: { page: PageNumber; offset: number } = { page: -1, offset: -1 };

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** The walks that follow are of this domain. */
  begin(watched: Watched, stage: Place['stage']): void {
    this.#watched = watched;
    this.#stage = stage;
    this.#sharesTop = false;
    this.#last.length = 0;
    this.#lastEntry = { page: -1, offset: -1 };
  }

  walked(recorder: WalkRecorder, input: PageNumber): number {
    const { count, visited } = recorder;
    for (let n = 0; n < count; n++) {
      const entry = visited[n]!;
      if (this.#last[n] === entry.page) continue;
      const known = this.#enter(recorder, n, input);
      if (known > 0) {
        this.#last.length = n;
        return known;
      }
      this.#last[n] = entry.page;
      this.#last.length = n + 1;
    }
    if (count > 0) this.#look(recorder);
    return 0;
  }

  /** A walk came to a table. How much of the listing it is to step over. */
  #enter(recorder: WalkRecorder, n: number, input: PageNumber): number {
    const { page, format } = recorder.visited[n]!;
    const place = PLACES.get(format);
    if (place === undefined) return 0;
    const { stage, level } = place;
    const own = stage === this.#stage;
    const span = SPAN[level]! * 512;
    const rest = own ? span - (input % span) : 0;
    const role = `${stage} table of level ${level}`;
    const other = this.#scene.occupancy.claim(page, role, page, this.#watched.nested && stage === 'first-stage');
    if (other !== undefined) {
      this.#conflict(recorder, n, role, other.role);
      return rest;
    }
    if (!own) return 0;
    const owner = this.#owners.get(page);
    const prefix = input - (input % span);
    if (owner?.domain === this.#watched.domain) return owner.prefix === prefix ? 0 : rest;
    if (owner !== undefined) this.#shared(recorder, n);
    this.#owners.set(page, { domain: this.#watched.domain, prefix });
    return 0;
  }

  #conflict(recorder: WalkRecorder, n: number, role: string, other: string): void {
    const visited = recorder.visited[n]!;
    const pointer = recorder.visited[Math.max(n - 1, 0)]!;
    const above = recorder.visited.slice(0, n).findLastIndex((entry) => entry.page === visited.page);
    const rule: RuleId = above >= 0 ? 'table-loop' : other.includes('stage') ? 'table-two-roles' : 'structures-overlap';
    this.#scene.findings.addOf(rule, pointer.format.title, pointer.page, () => {
      const says =
        above >= 0
          ? `the table at ${pageText(visited.page)} leads back to itself: ${other}, and ${role}`
          : `the page at ${pageText(visited.page)} is read as ${role}, and as ${other}`;
      return { ...this.#pointerTo(recorder, n), of: this.#watched.name, says };
    });
  }

  #shared(recorder: WalkRecorder, n: number): void {
    if (n === 0) this.#sharesTop = true;
    // The tables of processes share those of the kernel, and nested second stages are walked again and again.
    if (this.#sharesTop || this.#stage === 'first-stage') return;
    const says = `the table at ${pageText(recorder.visited[n]!.page)} is used by another domain too`;
    this.#scene.findings.add('tables-shared', { ...this.#pointerTo(recorder, n), of: this.#watched.name, says });
  }

  /** The entry that leads to the table of the nth one; the top table has none. */
  #pointerTo({ visited }: WalkRecorder, n: number) {
    const { format, page, offset, read, words } = visited[Math.max(n - 1, 0)]!;
    return entryFacts(format, page, offset, read ? words.slice(0, format.width / 32) : undefined);
  }

  /** The entry that a walk ended at, if it was read and is another one than that of the walk before. */
  #look(recorder: WalkRecorder): void {
    const entry = recorder.last;
    const { page, offset } = this.#lastEntry;
    if (!entry.read || (entry.page === page && entry.offset === offset)) return;
    this.#lastEntry = { page: entry.page, offset: entry.offset };
    const low = entry.words[0]!;
    const high = entry.words[1]!;
    if ((low | high) === 0) return;
    const place = PLACES.get(entry.format);
    if (place === undefined) return;
    if (place.stage === 'second-stage') this.#lookAtSecondStage(recorder, entry, place);
    else this.#lookAtFirstStage(recorder, entry, place);
  }

  #lookAtSecondStage(recorder: WalkRecorder, entry: Visited, { leaf }: Place): void {
    const { unit } = this.#scene;
    const io = unit.rootTable.ioPermissions;
    const words = entry.words.subarray(0, 2);
    const rights = secondStageRights(io, words);
    if (rights === 0) {
      const reserved = reservedBitsSet(entry.format, words, unit).length > 0;
      this.#add(reserved ? 'absent-reserved' : 'absent-content', entry);
      return;
    }
    if (!leaf || reservedBitsSet(entry.format, words, unit).length > 0) return;
    if (rights === WRITE_ALONE) this.#add('write-only', entry);
    if ((words[0]! & PROCESSOR_USER) !== 0 && (words[0]! & PROCESSOR_ACCESSED) !== 0)
      this.#add('processor-format', entry);
    if (this.#watched.nested) return;
    this.#compareRights(recorder, entry, rights, (above) => secondStageRights(io, above));
  }

  #lookAtFirstStage(recorder: WalkRecorder, entry: Visited, { leaf }: Place): void {
    const words = entry.words.subarray(0, 2);
    if (FirstStageEntry.P(words) === 0) {
      this.#add('absent-content', entry);
      return;
    }
    if (!leaf || this.#watched.nested) return;
    this.#compareRights(recorder, entry, FirstStageEntry.RW(words), FirstStageEntry.RW);
  }

  /** What a leaf gives and an entry above it takes; that it takes all is a fault that the model finds. */
  #compareRights(recorder: WalkRecorder, entry: Visited, own: number, rightsOf: (words: Words) => number): void {
    let left = own;
    for (let n = 0; n < recorder.count - 1; n++) left &= rightsOf(recorder.visited[n]!.words);
    const lost = own & ~left;
    if (lost !== 0 && (left !== 0 || this.#stage === 'first-stage')) this.#add('rights-missing-above', entry);
  }

  #add(rule: RuleId, { format, page, offset, words }: Visited): void {
    this.#scene.findings.addOf(rule, format.title, page, () => ({
      ...entryFacts(format, page, offset, words.slice(0, format.width / 32)),
      of: this.#watched.name,
    }));
  }
}
