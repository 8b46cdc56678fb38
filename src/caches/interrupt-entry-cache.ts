import type { Words } from '../bits/field.ts';
import { boolean, integer, members, type Read } from '../bits/json-values.ts';
import { wordsTexts, wordsValue } from '../bits/saved-words.ts';
import { type InterruptCondition, InterruptFault } from '../conditions/interrupt.ts';
import type { Found } from './caches.ts';
import { type SavedStore, storeValue } from './saved-entries.ts';
import { type InterruptScope, mustGoInterrupt } from './scopes.ts';
import { type Replacement, TAG_WORDS, TaggedStore } from './tagged-store.ts';

/** Of an interrupt remapping table entry: with its tag half a line of the host's caches. */
const ENTRY_WORDS = 4;

/** The second word of a tag: whether the entry could be read. */
const READ = 0;
const UNREADABLE = 1;

/** An entry of {@link InterruptEntryCache} in a snapshot: its words, or that it could not be read. */
export interface SavedInterrupt {
  readonly index: number;
  readonly words: readonly string[];
  readonly unreadable: boolean;
}

export const INTERRUPTS = storeValue(
  members({ index: integer(0, 0xffff), words: wordsValue(ENTRY_WORDS / 2), unreadable: boolean }, {}),
);

/** The interrupt entry cache, §6.4: entries of the interrupt remapping table by index. */
export class InterruptEntryCache {
  readonly store: TaggedStore;
  /** Whether an entry that could not be read was ever kept: else none is looked for. */
  #hasUnreadable = false;

  constructor(capacity: number, replacement: Replacement) {
    this.store = new TaggedStore(ENTRY_WORDS, capacity, replacement);
  }

  /** The entry of an index into `words`, §6.4. */
  find(index: number, words: Words): Found<InterruptCondition> {
    const entry = this.store.find(index, READ, 0, 0);
    if (entry < 0) return this.#hasUnreadable && this.#findUnreadable(index);
    const from = this.store.words;
    const first = entry + TAG_WORDS;
    // One by one: a loop costs a third of the whole (measured).
    words[0] = from[first]!;
    words[1] = from[first + 1]!;
    words[2] = from[first + 2]!;
    words[3] = from[first + 3]!;
    return true;
  }

  /** `unreadable`: there are no words. */
  keep(index: number, words: Words, unreadable: boolean): void {
    const entry = this.store.insert(index, unreadable ? UNREADABLE : READ, 0, 0);
    if (entry < 0) return;
    this.#hasUnreadable ||= unreadable;
    for (let i = 0; i < ENTRY_WORDS; i++) this.store.words[entry + TAG_WORDS + i] = words[i]!;
  }

  snapshot(): SavedStore<SavedInterrupt> {
    const { words } = this.store;
    return this.store.snapshot((at) => ({
      index: words[at]!,
      words: wordsTexts(words.subarray(at + TAG_WORDS, at + TAG_WORDS + ENTRY_WORDS)),
      unreadable: words[at + 1] === UNREADABLE,
    }));
  }

  restore(saved: Read<typeof INTERRUPTS>, where: string): void {
    this.store.restore(saved, ({ index, words, unreadable }) => this.keep(index, words, unreadable), where);
  }

  invalidate(scope: InterruptScope): void {
    const { store } = this;
    store.removeWhere((entry) => mustGoInterrupt(scope, store.words[entry]!));
  }

  #findUnreadable(index: number): false | InterruptCondition {
    return this.store.find(index, UNREADABLE, 0, 0) >= 0 && InterruptFault.TABLE_UNREADABLE;
  }
}
