import type { Condition } from '../conditions/condition.ts';
import { TRANSLATION_FAULTS } from '../conditions/translation.ts';
import type { Found, PasidContent } from './caches.ts';
import { mustGoPasid, type PasidScope } from './scopes.ts';
import { type Replacement, TAG_WORDS, TaggedStore } from './tagged-store.ts';

/** Where in an entry: the tag is source-id and PASID; behind it domain-id, FPD of the directory, fault, words. */
const PASID = 1;
const DOMAIN_ID = TAG_WORDS;
const DIRECTORY_FPD = TAG_WORDS + 1;
const FAULT = TAG_WORDS + 2;
const WORDS = TAG_WORDS + 3;
const ENTRY_WORDS = 16;

/** The PASID-cache, §6.2.3: PASID-table entries by source-id and PASID. */
export class PasidCache {
  readonly store: TaggedStore;

  constructor(capacity: number, replacement: Replacement) {
    this.store = new TaggedStore(WORDS - TAG_WORDS + ENTRY_WORDS, capacity, replacement);
  }

  /** The entry of a PASID into `content`, §6.2.3. */
  find(sourceId: number, pasid: number, content: PasidContent): Found {
    const entry = this.store.find(sourceId, pasid, 0, 0);
    if (entry < 0) return false;
    const from = this.store.words;
    content.directoryFaultProcessingDisabled = from[entry + DIRECTORY_FPD] === 1;
    const fault = from[entry + FAULT]!;
    if (fault !== 0) return TRANSLATION_FAULTS[fault - 1]!;
    const { words } = content;
    for (let i = 0; i < ENTRY_WORDS; i++) words[i] = from[entry + WORDS + i]!;
    return true;
  }

  keep(sourceId: number, pasid: number, domainId: number, content: PasidContent, fault: Condition | undefined): void {
    const entry = this.store.insert(sourceId, pasid, 0, 0);
    if (entry < 0) return;
    const into = this.store.words;
    into[entry + DOMAIN_ID] = domainId;
    into[entry + DIRECTORY_FPD] = content.directoryFaultProcessingDisabled ? 1 : 0;
    into[entry + FAULT] = fault === undefined ? 0 : TRANSLATION_FAULTS.indexOf(fault) + 1;
    for (let i = 0; i < ENTRY_WORDS; i++) into[entry + WORDS + i] = content.words[i]!;
  }

  invalidate(scope: PasidScope): void {
    const { store } = this;
    store.removeWhere((entry) => mustGoPasid(scope, store.words[entry + DOMAIN_ID]!, store.words[entry + PASID]!));
  }
}
