import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import type { DmaRemapping } from '../dma-remapping/dma-remapping.ts';
import { viewOf } from '../dma-remapping/view.ts';
import type { Memory } from '../platform/memory.ts';
import type { Trace } from '../platform/trace.ts';
import { RootEntry } from '../structures/root-entry.ts';

/** An entry that a walk came to. The recorder uses it again for the next walk. */
export interface Visited {
  format: StructureDeclaration;
  page: PageNumber;
  offset: number;
  /** False: memory refused, and `words` mean nothing. */
  read: boolean;
  readonly words: Words;
}

/** Who looks on while the tables of a stage are listed. */
export interface TableWatcher {
  /**
   * A walk for `input` was made. How many pages from there on the listing may step over, all of them under one table;
   * 0 if it is to go on by itself.
   */
  walked(recorder: WalkRecorder, input: PageNumber): number;
}

/** Root, context, PASID directory and table, and five first-stage levels that are reached through five others each. */
const LONGEST_WALK = 4 + 5 * 6 + 5;
/** Words of the largest entry, that of the PASID table. */
const LARGEST_ENTRY = 16;

/**
 * Remembers where the model's own walks go. The listing asks them what entries mean and has no rules of its own; from
 * this it learns how far they came.
 */
export class WalkRecorder implements Trace {
  /** Entries since `restart`. */
  count = 0;
  readonly visited: readonly Visited[] = Array.from({ length: LONGEST_WALK }, () => ({
    format: RootEntry,
    page: 0,
    offset: 0,
    read: false,
    words: new Uint32Array(LARGEST_ENTRY),
  }));

  restart(): void {
    this.count = 0;
  }

  /** The entry that the walk came to last. */
  get last(): Visited {
    return this.visited[this.count - 1]!;
  }

  entry(format: StructureDeclaration, page: PageNumber, offset: number, words: Words): void {
    const visited = this.#next(format, page, offset);
    visited.read = true;
    visited.words.set(words);
  }

  refused(format: StructureDeclaration, page: PageNumber, offset: number): void {
    this.#next(format, page, offset).read = false;
  }

  /** The entry that stands there, or else the one that the walk came to last. */
  at(page: PageNumber, offset: number): Visited {
    const found = this.visited.slice(0, this.count).find((entry) => entry.page === page && entry.offset === offset);
    return found ?? this.last;
  }

  /** The unit as its walks see it, with this listening. */
  listenTo(unit: DmaRemapping, memory: Memory = unit.memory): DmaRemapping {
    return viewOf(unit, { memory, caches: undefined, trace: this });
  }

  #next(format: StructureDeclaration, page: PageNumber, offset: number): Visited {
    const visited = this.visited[this.count]!;
    this.count += 1;
    visited.format = format;
    visited.page = page;
    visited.offset = offset;
    return visited;
  }
}
