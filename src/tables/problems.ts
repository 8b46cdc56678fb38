import type { Condition } from '../conditions/condition.ts';
import type { Problem } from './items.ts';
import type { Visited } from './walk-recorder.ts';

/** The problem that a walk met at the entry it came to last. */
export function problemAt(visited: Visited, condition: Condition, of: Problem['of']): Problem {
  const { format, page, offset, read } = visited;
  // Written out twice: copying members costs several times as much, and there may be millions (measured).
  if (!read) return { kind: 'problem', condition, format, page, offset, entries: 1, of };
  const words = visited.words.slice(0, format.width / 32);
  return { kind: 'problem', condition, format, page, offset, words, entries: 1, of };
}
