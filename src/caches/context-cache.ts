import type { Words } from '../bits/field.ts';
import { members, type Read } from '../bits/json-values.ts';
import { wordsTexts, wordsValue } from '../bits/saved-words.ts';
import type { Condition } from '../conditions/condition.ts';
import { TRANSLATION_FAULTS } from '../conditions/translation.ts';
import { formatSourceId, sourceIdValue } from '../messages/source-id.ts';
import type { Found } from './caches.ts';
import { domainIdValue, faultValue, type SavedStore, storeValue } from './saved-entries.ts';
import { type ContextScope, mustGoContext } from './scopes.ts';
import { type Replacement, TAG_WORDS, TaggedStore } from './tagged-store.ts';

/** Where in an entry, behind the tag: the domain-id, the number of the fault, and the words of the context entry. */
const DOMAIN_ID = TAG_WORDS;
const FAULT = TAG_WORDS + 1;
const WORDS = TAG_WORDS + 2;
/** Of a scalable-mode context entry; one of legacy mode has half as many. */
const MOST_WORDS = 8;

/** An entry of {@link ContextCache} in a snapshot. With `fault` the words mean nothing. */
export interface SavedContext {
  readonly source: string;
  readonly domainId: number;
  readonly words: readonly string[];
  readonly fault?: string;
}

export const CONTEXTS = storeValue(
  members({ source: sourceIdValue, domainId: domainIdValue, words: wordsValue(2, 4) }, { fault: faultValue }),
);

/** The context-cache, §6.2.2: context entries by source-id, and by size, which is that of legacy or scalable mode. */
export class ContextCache {
  readonly store: TaggedStore;

  constructor(capacity: number, replacement: Replacement) {
    this.store = new TaggedStore(WORDS - TAG_WORDS + MOST_WORDS, capacity, replacement);
  }

  /** The entry of a source-id into `words`, §6.2.2. */
  find(sourceId: number, words: Words): Found {
    const entry = this.store.find(sourceId, words.length, 0, 0);
    if (entry < 0) return false;
    const from = this.store.words;
    const fault = from[entry + FAULT]!;
    if (fault !== 0) return TRANSLATION_FAULTS[fault - 1]!;
    for (let i = 0; i < words.length; i++) words[i] = from[entry + WORDS + i]!;
    return true;
  }

  keep(sourceId: number, domainId: number, words: Words, fault: Condition | undefined): void {
    const entry = this.store.insert(sourceId, words.length, 0, 0);
    if (entry < 0) return;
    const into = this.store.words;
    into[entry + DOMAIN_ID] = domainId;
    into[entry + FAULT] = fault === undefined ? 0 : TRANSLATION_FAULTS.indexOf(fault) + 1;
    // All of them: what an entry that left had there is no matter of this one.
    for (let i = 0; i < MOST_WORDS; i++) into[entry + WORDS + i] = words[i] ?? 0;
  }

  snapshot(): SavedStore<SavedContext> {
    const { words } = this.store;
    return this.store.snapshot((at) => {
      const fault = TRANSLATION_FAULTS[words[at + FAULT]! - 1];
      return {
        source: formatSourceId(words[at]!),
        domainId: words[at + DOMAIN_ID]!,
        words: wordsTexts(words.subarray(at + WORDS, at + WORDS + words[at + 1]!)),
        ...(fault === undefined ? {} : { fault: fault.code }),
      };
    });
  }

  restore(saved: Read<typeof CONTEXTS>, where: string): void {
    this.store.restore(saved, ({ source, domainId, words, fault }) => this.keep(source, domainId, words, fault), where);
  }

  invalidate(scope: ContextScope): void {
    const { store } = this;
    store.removeWhere((entry) => mustGoContext(scope, store.words[entry]!, store.words[entry + DOMAIN_ID]!));
  }
}
