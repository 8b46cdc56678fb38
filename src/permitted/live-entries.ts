import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import type { CacheName } from '../caches/caches.ts';
import type { Candidate, Command } from './branches.ts';

/** An entry of memory as it was read. */
export interface Source {
  readonly format: StructureDeclaration;
  readonly page: PageNumber;
  readonly offset: number;
  readonly words: Words;
}

/** An entry that may be in a cache, 6.A-R1: tags and content as they were when a request may have made it. */
export interface LiveEntry<Content = unknown, Tags = unknown> extends Candidate {
  readonly cache: CacheName;
  readonly tags: Tags;
  readonly content: Content;
  /** What was read of memory on the way that made it, and the entries that were used in place of memory. */
  readonly reads: readonly Source[];
  readonly from: readonly LiveEntry[];
  /** The step of the history that made it. */
  readonly step: number;
  /** Commands that name it and are not complete: it goes when the next wait is, §6.5.2.9. */
  readonly doomedBy: Set<Command>;
}

/** All that an entry was made from, in the order of reading, entries that it was made from first. */
export function sourcesOf(
  entry: LiveEntry,
  into: Set<Source> = new Set(),
  met: Set<LiveEntry> = new Set(),
): Set<Source> {
  if (met.has(entry)) return into;
  met.add(entry);
  for (const parent of entry.from) sourcesOf(parent, into, met);
  for (const read of entry.reads) into.add(read);
  return into;
}

/** An entry that a command removed, and which. */
export interface RemovedEntry {
  readonly tag: string;
  readonly entry: LiveEntry;
  readonly step: number;
  readonly command: string;
}

/** Removed entries are remembered so far back, to say why an answer is forbidden. */
const REMEMBERED = 256;

/** Everything that may be in the caches, by tag. Entries that cannot be told apart are one. */
export class LiveEntries {
  readonly #byTag = new Map<string, LiveEntry[]>();
  readonly #removed: RemovedEntry[] = [];
  #size = 0;
  /** Grows with every change of what a lookup may find. */
  changes = 0;

  get size(): number {
    return this.#size;
  }

  /** The last ones that went, oldest first. */
  get removed(): readonly RemovedEntry[] {
    return this.#removed;
  }

  /** The same entries apart, to try what a command would leave. */
  copy(): LiveEntries {
    const copy = new LiveEntries();
    for (const [tag, entries] of this.#byTag) {
      copy.#byTag.set(
        tag,
        entries.map((entry) => ({ ...entry, doomedBy: new Set(entry.doomedBy) })),
      );
    }
    copy.#size = this.#size;
    return copy;
  }

  under(tag: string): readonly LiveEntry[] {
    return this.#byTag.get(tag) ?? [];
  }

  /** Of entries that cannot be told apart those count that no fewer commands remove. */
  add(tag: string, entry: LiveEntry): void {
    const entries = this.#byTag.get(tag) ?? [];
    const alike = entries.filter(({ key }) => key === entry.key);
    if (alike.some(({ doomedBy }) => isWithin(doomedBy, entry.doomedBy))) return;
    const outlived = alike.filter(({ doomedBy }) => isWithin(entry.doomedBy, doomedBy));
    const stay = outlived.length === 0 ? entries : entries.filter((one) => !outlived.includes(one));
    stay.push(entry);
    this.#byTag.set(tag, stay);
    this.#size += 1 - outlived.length;
    this.changes += 1;
  }

  /** Marks what a command names. */
  doom(command: Command, names: (entry: LiveEntry) => boolean): void {
    this.changes += 1;
    for (const entries of this.#byTag.values()) {
      for (const entry of entries) if (names(entry)) entry.doomedBy.add(command);
    }
  }

  /** Takes back what commands marked. */
  spare(commands: ReadonlySet<Command>): void {
    this.changes += 1;
    for (const entries of this.#byTag.values()) {
      for (const { doomedBy } of entries) for (const command of commands) doomedBy.delete(command);
    }
  }

  /** Nothing is cached, nor remembered of what was. */
  clear(): void {
    this.changes += 1;
    this.#byTag.clear();
    this.#removed.length = 0;
    this.#size = 0;
  }

  /** Removes the entries of which `goes` says so. */
  remove(goes: (entry: LiveEntry) => boolean, step: number, command: string): void {
    this.changes += 1;
    for (const [tag, entries] of this.#byTag) {
      const stay = entries.filter((entry) => !goes(entry));
      if (stay.length === entries.length) continue;
      for (const entry of entries) if (!stay.includes(entry)) this.#removed.push({ tag, entry, step, command });
      this.#size -= entries.length - stay.length;
      if (stay.length === 0) this.#byTag.delete(tag);
      else this.#byTag.set(tag, stay);
    }
    if (this.#removed.length > 2 * REMEMBERED) this.#removed.splice(0, this.#removed.length - REMEMBERED);
  }
}

const isWithin = <T>(some: ReadonlySet<T>, all: ReadonlySet<T>): boolean => [...some].every((one) => all.has(one));
