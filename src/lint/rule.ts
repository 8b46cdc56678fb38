/** The gravest first. */
export const SEVERITIES = ['error', 'warning', 'note'] as const;

/**
 * `error`: hardware faults, or what should be apart is not. `warning`: works by luck, or not as it was meant, or is
 * reserved for later. `note`: what software has to know or may have overlooked.
 */
export type Severity = (typeof SEVERITIES)[number];

/** A kind of mistake. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** Of the specification, `§9.3`. */
  readonly section: string;
  /** What is wrong, in general. */
  readonly title: string;
  /** What hardware does about it. */
  readonly hardware: string;
  /** How it usually comes about. */
  readonly cause: string;
  readonly mend: string;
}

/** A rule without its id, which is the name that it stands under. */
export type RuleRow = Omit<Rule, 'id'>;

/** A row: severity, section, what is wrong, what hardware does, the usual cause, how to mend it. */
export const row = (
  severity: Severity,
  section: string,
  title: string,
  hardware: string,
  cause: string,
  mend: string,
): RuleRow => Object.freeze({ severity, section, title, hardware, cause, mend });
