export type { Finding } from './finding.ts';
export { lint } from './lint.ts';
export type { DeviceMessages, LintOptions, RedirectionEntryOf, ReservedRegion, ServedDevice } from './options.ts';
export { isAtLeast, type LintReport, lintReport, type Totals, totalsOf } from './report.ts';
export { sarifOf, type Tool } from './report-sarif.ts';
export { type Rule, SEVERITIES, type Severity } from './rule.ts';
export { isRuleId, RULES, type RuleId } from './rules.ts';
