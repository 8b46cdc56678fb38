import type { Condition } from '../conditions/condition.ts';
import type { Problem } from './items.ts';
import type { Visited } from './walk-recorder.ts';

/** The problem that a walk met at the entry it came to last. */
export function problemAt(visited: Visited, condition: Condition, of: Problem['of']): Problem {
  const { format, page, offset, read, words } = visited;
  const place = { kind: 'problem', condition, format, page, offset, entries: 1, of } as const;
  return read ? { ...place, words: words.slice(0, format.width / 32) } : place;
}
