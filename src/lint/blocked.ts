import type { Condition } from '../conditions/condition.ts';

/** What becomes of a request that meets a condition, §7.1.3, in a sentence. */
export function blockedBy({ code, reason, meaning }: Condition, writesOnly = false): string {
  const number = `${reason.toString(16).toUpperCase().padStart(2, '0')}h`;
  const row = code === number ? `reason ${number}` : `${code}, reason ${number}`;
  return `${writesOnly ? 'writes' : 'requests'} are blocked: ${row}, ${meaning}`;
}
