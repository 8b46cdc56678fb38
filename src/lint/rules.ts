import type { Rule, RuleRow } from './rule.ts';
import { DEVICE_RULES } from './rules-devices.ts';
import { INTERRUPT_RULES } from './rules-interrupts.ts';
import { MESSAGE_RULES } from './rules-messages.ts';
import { PASID_RULES } from './rules-pasids.ts';
import { REGISTER_RULES } from './rules-registers.ts';
import { STAGE_RULES } from './rules-stages.ts';
import { WHOLE_RULES } from './rules-whole.ts';

const ROWS = {
  ...REGISTER_RULES,
  ...DEVICE_RULES,
  ...PASID_RULES,
  ...STAGE_RULES,
  ...INTERRUPT_RULES,
  ...MESSAGE_RULES,
  ...WHOLE_RULES,
} as const;

/** The name of a rule. */
export type RuleId = keyof typeof ROWS;

/** Every rule by its id, from the registers to what only a look at the whole shows. */
export const RULES: Readonly<Record<RuleId, Rule>> = Object.freeze(
  Object.fromEntries(
    Object.entries<RuleRow>(ROWS).map(([id, rule]): [string, Rule] => [id, Object.freeze({ id, ...rule })]),
  ) as Record<RuleId, Rule>,
);

/** Whether a text is the id of a rule. */
export const isRuleId = (text: string): text is RuleId => Object.hasOwn(RULES, text);
