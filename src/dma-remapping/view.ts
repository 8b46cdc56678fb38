import type { DmaRemapping } from './dma-remapping.ts';

/**
 * Not in the specification: a unit with some members replaced, for walks that change nothing or are watched. What is not
 * replaced is the unit's, as it is when it is read.
 */
export function viewOf<U extends DmaRemapping>(unit: U, replaced: Partial<U>): U {
  const view = Object.create(unit) as U;
  // A method that uses private members is called on the unit itself.
  const memoryTypeOf: U['memoryTypeOf'] = (page) => unit.memoryTypeOf(page);
  return Object.assign(view, { memoryTypeOf }, replaced);
}
