import type { Finding } from './finding.ts';
import { SEVERITIES, type Severity } from './rule.ts';

/** How many findings there are of each severity. */
export type Totals = Readonly<Record<Severity, number>>;

/** What `vtd lint --json` writes: `fixtures/schema/lint-report-1.json`. It is the same for the same image. */
export interface LintReport {
  readonly schema: 'lint-report-1';
  readonly image: string;
  readonly totals: Totals;
  readonly findings: readonly (Omit<Finding, 'address'> & { readonly address?: string })[];
}

export function totalsOf(findings: readonly Finding[]): Totals {
  const totals: Record<Severity, number> = { error: 0, warning: 0, note: 0 };
  for (const { severity } of findings) totals[severity] += 1;
  return totals;
}

/** Findings for programs. */
export const lintReport = (image: string, findings: readonly Finding[]): LintReport => ({
  schema: 'lint-report-1',
  image,
  totals: totalsOf(findings),
  findings: findings.map(({ address, ...rest }) =>
    address === undefined ? rest : { ...rest, address: `0x${address.toString(16)}` },
  ),
});

/** Whether one severity is as grave as another, or graver. */
export const isAtLeast = (severity: Severity, least: Severity): boolean =>
  SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
