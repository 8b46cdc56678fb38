import type { Words } from '../bits/field.ts';
import { type InterruptScope, mustGoInterrupt } from './scopes.ts';
import { type Replacement, TAG_WORDS, TaggedStore } from './tagged-store.ts';

/** Of an interrupt remapping table entry. */
const ENTRY_WORDS = 4;

/** The interrupt entry cache, §6.4: entries of the interrupt remapping table by index. */
export class InterruptEntryCache {
  readonly store: TaggedStore;

  constructor(capacity: number, replacement: Replacement) {
    this.store = new TaggedStore(ENTRY_WORDS, capacity, replacement);
  }

  /** The entry of an index into `words`, §6.4. */
  find(index: number, words: Words): boolean {
    const entry = this.store.find(index, 0, 0, 0);
    if (entry < 0) return false;
    for (let i = 0; i < ENTRY_WORDS; i++) words[i] = this.store.words[entry + TAG_WORDS + i]!;
    return true;
  }

  keep(index: number, words: Words): void {
    const entry = this.store.insert(index, 0, 0, 0);
    if (entry < 0) return;
    for (let i = 0; i < ENTRY_WORDS; i++) this.store.words[entry + TAG_WORDS + i] = words[i]!;
  }

  invalidate(scope: InterruptScope): void {
    const { store } = this;
    store.removeWhere((entry) => mustGoInterrupt(scope, store.words[entry]!));
  }
}
