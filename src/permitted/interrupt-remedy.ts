import { describeScope } from '../caches/scope-text.ts';
import type { InterruptScope } from '../caches/scopes.ts';
import type { InterruptTags } from './entry-keys.ts';
import type { LiveEntry } from './live-entries.ts';
import type { Invalidation, Remedy } from './remedy.ts';

/** What might remove the interrupt entries behind a stale answer, §6.5.2.8, the narrowest first; none if there are none. */
export function* interruptRemediesFor(stale: readonly LiveEntry[]): Generator<Remedy> {
  const indexes = stale.filter(({ cache }) => cache === 'interrupt').map(({ tags }) => (tags as InterruptTags).index);
  if (indexes.length === 0) return;
  yield [...new Set(indexes)].map((index) => interrupts({ global: false, index, indexMask: 0 }));
  yield [interrupts({ global: true, index: 0, indexMask: 0 })];
}

const interrupts = (scope: InterruptScope): Invalidation => ({
  text: describeScope.interrupts(scope),
  perform: (caches) => caches.invalidateInterrupts(scope),
});
