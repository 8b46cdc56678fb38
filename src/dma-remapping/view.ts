import type { DmaRemapping } from './dma-remapping.ts';

/**
 * Not in the specification: a unit with some members replaced, for walks that change nothing or are watched. What is not
 * replaced is the unit's, as it is when it is read.
 */
export function viewOf<U extends DmaRemapping>(unit: U, replaced: Partial<U>): U {
  return Object.assign(Object.create(unit) as U, replaced);
}
