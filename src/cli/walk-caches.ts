import type { Caches } from '../caches/caches.ts';
import { cachesOf } from '../caches/remembering.ts';
import { type CacheEvent, TracedCaches } from '../caches/traced-caches.ts';

/** What a request before has left in a cache. */
export type CacheFill = Extract<CacheEvent, { readonly kind: 'hit' | 'fill' }>;

/** Caches that keep all that they may; `filled` is told of each entry. Without requests before nothing is remembered. */
export function cachesFor(after: readonly string[] | undefined, filled: CacheFill[]): Caches | 'none' {
  if (after === undefined) return 'none';
  const tell = (event: CacheEvent) => {
    if (event.kind === 'fill') filled.push(event);
  };
  return new TracedCaches(cachesOf('full', false)!, tell);
}
