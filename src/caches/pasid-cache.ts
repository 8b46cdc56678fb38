import { boolean, members, type Read } from '../bits/json-values.ts';
import { wordsTexts, wordsValue } from '../bits/saved-words.ts';
import type { Condition } from '../conditions/condition.ts';
import { TRANSLATION_FAULTS } from '../conditions/translation.ts';
import { formatSourceId, sourceIdValue } from '../messages/source-id.ts';
import type { Found, PasidContent } from './caches.ts';
import { domainIdValue, type EntryOf, faultValue, pasidValue, type SavedStore, storeValue } from './saved-entries.ts';
import { mustGoPasid, type PasidScope } from './scopes.ts';
import { type Replacement, TAG_WORDS, TaggedStore } from './tagged-store.ts';

/** Where in an entry: the tag is source-id and PASID; behind it domain-id, FPD of the directory, fault, words. */
const PASID = 1;
const DOMAIN_ID = TAG_WORDS;
const DIRECTORY_FPD = TAG_WORDS + 1;
const FAULT = TAG_WORDS + 2;
const WORDS = TAG_WORDS + 3;
const ENTRY_WORDS = 16;

/** An entry of {@link PasidCache} in a snapshot. With `fault` the words mean nothing. */
export interface SavedPasid {
  readonly source: string;
  readonly pasid: number;
  readonly domainId: number;
  /** FPD of the directory entry. */
  readonly directoryFPD: boolean;
  readonly words: readonly string[];
  readonly fault?: string;
}

export const PASIDS = storeValue(
  members(
    {
      source: sourceIdValue,
      pasid: pasidValue,
      domainId: domainIdValue,
      directoryFPD: boolean,
      words: wordsValue(ENTRY_WORDS / 2),
    },
    { fault: faultValue },
  ),
);

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

  snapshot(): SavedStore<SavedPasid> {
    const { words } = this.store;
    return this.store.snapshot((at) => {
      const fault = TRANSLATION_FAULTS[words[at + FAULT]! - 1];
      return {
        source: formatSourceId(words[at]!),
        pasid: words[at + PASID]!,
        domainId: words[at + DOMAIN_ID]!,
        directoryFPD: words[at + DIRECTORY_FPD] === 1,
        words: wordsTexts(words.subarray(at + WORDS, at + WORDS + ENTRY_WORDS)),
        ...(fault === undefined ? {} : { fault: fault.code }),
      };
    });
  }

  restore(saved: Read<typeof PASIDS>, where: string): void {
    const keep = ({ source, pasid, domainId, directoryFPD, words, fault }: EntryOf<typeof PASIDS>) => {
      const content = { words, directoryFaultProcessingDisabled: directoryFPD };
      this.keep(source, pasid, domainId, content, fault);
    };
    this.store.restore(saved, keep, where);
  }

  invalidate(scope: PasidScope): void {
    const { store } = this;
    store.removeWhere((entry) => mustGoPasid(scope, store.words[entry + DOMAIN_ID]!, store.words[entry + PASID]!));
  }
}
