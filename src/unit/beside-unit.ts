import type { Caches } from '../caches/caches.ts';
import { type CacheEvent, TracedCaches } from '../caches/traced-caches.ts';
import type { DmaRemapping } from '../dma-remapping/dma-remapping.ts';
import type { Memory } from '../platform/memory.ts';
import { OverlayMemory } from '../platform/overlay-memory.ts';

/**
 * Not in the specification: memory and caches for a view of a unit that changes neither. What a request would write,
 * flags and posted interrupts, is written beside memory, and nothing is kept; `heard` is told of what the caches know.
 */
export function besideUnit(
  { memory, caches }: DmaRemapping,
  heard: (event: CacheEvent) => void = () => {},
): { readonly memory: Memory; readonly caches: Caches | undefined } {
  return {
    memory: new OverlayMemory(memory),
    caches: caches === undefined ? undefined : new TracedCaches(caches, heard, true),
  };
}
