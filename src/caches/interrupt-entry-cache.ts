import type { Words } from '../bits/field.ts';
import { INTERRUPT_FAULTS, type InterruptCondition } from '../conditions/interrupt.ts';
import type { Found } from './caches.ts';
import { type InterruptScope, mustGoInterrupt } from './scopes.ts';
import { type Replacement, TAG_WORDS, TaggedStore } from './tagged-store.ts';

/** Where in an entry, behind the tag: the number of the fault, and the words of the interrupt remapping table entry. */
const FAULT = TAG_WORDS;
const WORDS = TAG_WORDS + 1;
/** Of an interrupt remapping table entry. */
const ENTRY_WORDS = 4;

/** The interrupt entry cache, §6.4: entries of the interrupt remapping table by index. */
export class InterruptEntryCache {
  readonly store: TaggedStore;

  constructor(capacity: number, replacement: Replacement) {
    this.store = new TaggedStore(WORDS - TAG_WORDS + ENTRY_WORDS, capacity, replacement);
  }

  /** The entry of an index into `words`, §6.4. */
  find(index: number, words: Words): Found<InterruptCondition> {
    const entry = this.store.find(index, 0, 0, 0);
    if (entry < 0) return false;
    const from = this.store.words;
    const fault = from[entry + FAULT]!;
    if (fault !== 0) return INTERRUPT_FAULTS[fault - 1]!;
    // One by one: a loop costs a third of the whole (measured).
    words[0] = from[entry + WORDS]!;
    words[1] = from[entry + WORDS + 1]!;
    words[2] = from[entry + WORDS + 2]!;
    words[3] = from[entry + WORDS + 3]!;
    return true;
  }

  keep(index: number, words: Words, fault: InterruptCondition | undefined): void {
    const entry = this.store.insert(index, 0, 0, 0);
    if (entry < 0) return;
    const into = this.store.words;
    into[entry + FAULT] = fault === undefined ? 0 : INTERRUPT_FAULTS.indexOf(fault) + 1;
    for (let i = 0; i < ENTRY_WORDS; i++) into[entry + WORDS + i] = words[i]!;
  }

  invalidate(scope: InterruptScope): void {
    const { store } = this;
    store.removeWhere((entry) => mustGoInterrupt(scope, store.words[entry]!));
  }
}
