import { type Condition, row } from './condition.ts';

/** A row of Table 15. FI of its record holds the interrupt index, or is undefined. */
export interface InterruptCondition extends Condition {
  readonly faultInformation: 'index' | 'undefined';
}

/** Every condition of Table 15, §5.1.4.1, in its order. All of them are answered as Unsupported Request. */
// biome-ignore format: a table is read by its columns
export const InterruptFault = {
  RESERVED_IN_REQUEST: interruptRow(0x20, '-', 'undefined', 'reserved bits set in a remappable request'),
  INDEX_BEYOND_TABLE:  interruptRow(0x21, '-', 'index',     'interrupt index beyond the table'),
  NOT_PRESENT:         interruptRow(0x22, 'Q', 'index',     'interrupt remapping table entry not present'),
  TABLE_UNREADABLE:    interruptRow(0x23, '-', 'index',     'error fetching the interrupt remapping table entry'),
  RESERVED_IN_ENTRY:   interruptRow(0x24, 'Q', 'index',     'reserved bits set in the interrupt remapping table entry'),
  COMPATIBILITY:       interruptRow(0x25, '-', 'undefined', 'compatibility-format request blocked'),
  SOURCE_ID:           interruptRow(0x26, 'Q', 'index',     'source-id validation failed'),
  DESCRIPTOR_UNREADABLE: interruptRow(0x27, 'Q', 'index',   'error accessing the posted interrupt descriptor'),
  RESERVED_IN_DESCRIPTOR: interruptRow(0x28, 'Q', 'index',  'reserved bits set in the posted interrupt descriptor'),
  ILLEGAL_REQUEST:     interruptRow(0x29, '-', 'undefined', 'illegal request to the interrupt address range'),
  EXTENDED_MODE_OFF:   interruptRow(0x2a, '-', 'undefined', 'only extended interrupt mode works, and EIME is 0'),
  REMAPPING_OFF:       interruptRow(0x2b, '-', 'undefined', 'interrupt request while interrupt remapping is off'),
} as const;

/** Every row of Table 15, in its order. */
export const INTERRUPT_FAULTS: readonly InterruptCondition[] = Object.freeze(Object.values(InterruptFault));

function interruptRow(
  reason: number,
  qualified: 'Q' | '-',
  faultInformation: 'index' | 'undefined',
  meaning: string,
): InterruptCondition {
  const code = `${reason.toString(16).toUpperCase()}h`;
  return Object.freeze({ ...row(code, reason, qualified, 'UR - - - - - - -', meaning), faultInformation });
}
