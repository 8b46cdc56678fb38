import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import type { Choices } from '../platform/choices.ts';

/** A bit for each row that a present scalable-mode context entry can meet, §9.4: an entry may meet several at once. */
export const MET = Object.freeze({
  SCT_3: 1 << 0,
  SCT_4_1: 1 << 1,
  SCT_4_2: 1 << 2,
  SCT_4_3: 1 << 3,
  SCT_5: 1 << 4,
  SCT_6: 1 << 5,
  SCT_7: 1 << 6,
  SCT_9: 1 << 7,
  SCT_10: 1 << 8,
  SGN_10: 1 << 9,
  SCT_8: 1 << 10,
});

/** The rows of {@link MET} with their bits, in the order in which they count. */
export type ContextEntryOrder = readonly (readonly [bit: number, condition: Condition])[];

const ROWS: ContextEntryOrder = [
  [MET.SCT_3, Fault.SCT_3],
  [MET.SCT_4_1, Fault.SCT_4_1],
  [MET.SCT_4_2, Fault.SCT_4_2],
  [MET.SCT_4_3, Fault.SCT_4_3],
  [MET.SCT_5, Fault.SCT_5],
  [MET.SCT_6, Fault.SCT_6],
  [MET.SCT_7, Fault.SCT_7],
  [MET.SCT_8, Fault.SCT_8],
  [MET.SCT_9, Fault.SCT_9],
  [MET.SCT_10, Fault.SCT_10],
  [MET.SGN_10, Fault.SGN_10],
];

/** §3.4.3 does not say which of several rows is reported; a unit's choices do. */
export function contextEntryOrder(choices: Choices): ContextEntryOrder {
  const place = choices.contextEntryOrder.split(' ');
  return ROWS.toSorted(([, a], [, b]) => place.indexOf(a.code) - place.indexOf(b.code));
}

/** The row to report of those in `met`, §3.4.3; `undefined` if there is none. */
export function firstMet(order: ContextEntryOrder, met: number): Condition | undefined {
  if (met === 0) return undefined;
  return order.find(([bit]) => (met & bit) !== 0)?.[1];
}
