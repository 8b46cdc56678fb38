import type { Found } from '../caches/caches.ts';
import type { Condition } from '../conditions/condition.ts';
import type { LiveEntry } from './live-entries.ts';

/** What a lookup may find: the content of an entry, or in caching mode the fault that kept it from being read (§6.1). */
export interface Read<Content, Row = Condition> {
  readonly fault: Row | undefined;
  readonly content: Content;
}

/** Not in the specification: what was chosen goes where the walk looks for it. Without a choice memory is read. */
export function take<Content, Row extends Condition>(
  chosen: LiveEntry<Read<Content, Row>> | undefined,
  put: (content: Content) => void,
): Found<Row> {
  if (chosen === undefined) return false;
  put(chosen.content.content);
  return chosen.content.fault ?? true;
}
