import type { Words } from '../bits/field.ts';
import type { Caches } from '../caches/caches.ts';
import type { Condition } from '../conditions/condition.ts';
import type { RequestOfEntries } from '../messages/dma-request.ts';
import type { Translation } from '../messages/translation.ts';
import type { DmaRemapping } from './dma-remapping.ts';

/** The context entries of one mode, and how it reads and judges one. */
export interface ContextEntries {
  /** Where the entry of a request is put. */
  readonly words: Words;
  /** From memory; the row if the way to it is blocked. */
  read(unit: DmaRemapping, request: RequestOfEntries): Condition | undefined;
  /** Whether it is sound and lets the request through. */
  judge(unit: DmaRemapping, request: RequestOfEntries, translation: Translation): Condition | undefined;
  /** The tag of a sound one for invalidations: scalable mode has none, and this is 0. */
  domainId(words: Words): number;
}

/** The context entry of a request, from the context-cache or from memory, or the row that blocks (§6.2.2). */
export function findContextEntry(
  unit: DmaRemapping,
  caches: Caches,
  request: RequestOfEntries,
  translation: Translation,
  entries: ContextEntries,
): Condition | undefined {
  const { words } = entries;
  const found = caches.findContext(request.sourceId, words);
  const unread = found === false ? entries.read(unit, request) : found === true ? undefined : found;
  const fault = unread ?? entries.judge(unit, request, translation);
  if (found === false && (fault === undefined || unit.configuration.CAP.CM === 1)) {
    // What is kept of an entry at fault has domain-id 0.
    caches.keepContext(request.sourceId, fault === undefined ? entries.domainId(words) : 0, words, unread);
  }
  return fault;
}
