import type { Field } from '../bits/field.ts';
import { DMAR_RULES, type RuleId, type Severity } from './rules.ts';

/** A rule that a DMAR table breaks, at one place. */
export interface DmarFinding {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** As `§8.4`. */
  readonly section: string;
  /** In bytes from the table's first. */
  readonly offset: number;
  /** The structure, and the document's name of the field: `RMRR: Length`. */
  readonly field: string;
  /** What is there. */
  readonly value: number | bigint | string;
  /** What is wrong, in one sentence without a full stop. */
  readonly says: string;
  /** What to do about it, likewise. */
  readonly mend: string;
}

/** Where something is wrong, and what is there. */
export type Spot = Pick<DmarFinding, 'offset' | 'field' | 'value'>;

/** A finding by its rule, §8. */
export function finding(rule: RuleId, spot: Spot, says: string, mend?: string): DmarFinding {
  const { severity, section, mend: usual } = DMAR_RULES[rule];
  return { rule, severity, section, ...spot, says, mend: mend ?? usual };
}

/** The spot of a field, §8: `offset` is where its layout begins. */
export function spotOf(layout: { readonly title: string }, offset: number, field: Field, value: number | bigint): Spot {
  return { offset: offset + Math.floor(field.low / 8), field: `${layout.title}: ${field.title}`, value };
}
