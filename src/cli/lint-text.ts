import { hexadecimal } from '../images/hexadecimal.ts';
import type { Image } from '../images/image.ts';
import type { Finding } from '../lint/finding.ts';
import { totalsOf } from '../lint/report.ts';
import { type Rule, SEVERITIES, type Severity } from '../lint/rule.ts';
import { RULES } from '../lint/rules.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import type { Output } from './output.ts';
import { countText, tableText, wrapped } from './text.ts';
import { unitText } from './unit-text.ts';

const WIDTH = 110;

/** Findings by severity and rule: what is wrong and how to mend it once, then each place. */
export function findingsText(
  output: Output,
  image: Image,
  unit: RemappingUnit,
  findings: readonly Finding[],
  hidden: number,
): string[] {
  const totals = totalsOf(findings);
  const [, ...about] = unitText(unit);
  const lines = [`Image    ${image.path}${image.description === '' ? '' : `: ${image.description}`}`, about.at(-1)!];
  for (const severity of SEVERITIES) {
    const own = findings.filter((finding) => finding.severity === severity);
    if (own.length === 0) continue;
    const title = `${severity.replace(/^./, (first) => first.toUpperCase())}s`;
    lines.push('', severity === 'error' ? output.bad(title) : output.heading(title));
    for (const rule of new Set(own.map((finding) => finding.rule))) {
      lines.push(
        ...ruleText(
          output,
          own.filter((finding) => finding.rule === rule),
        ),
      );
    }
  }
  const counts = SEVERITIES.map((severity) => countText(totals[severity], severity)).join(', ');
  lines.push('', `${output.heading('Totals')}   ${counts}${hidden === 0 ? '' : `; ${hidden} not shown`}`);
  return lines;
}

/** The findings of one rule. */
function ruleText(output: Output, findings: readonly Finding[]): string[] {
  const [{ rule, section, mend }] = findings as readonly [Finding];
  const { title } = RULES[rule];
  const lines = [`  ${output.heading(rule)} (${section}): ${title}`];
  for (const hardware of new Set(findings.map((finding) => finding.hardware))) {
    for (const finding of findings.filter((one) => one.hardware === hardware)) lines.push(...placeText(finding, title));
    lines.push(...wrapped('    hardware  ', hardware, WIDTH));
  }
  lines.push(...wrapped('    mend      ', mend, WIDTH));
  return lines;
}

/** Where it is, and what stands there. */
function placeText({ structure, address, field, value, of, says, count }: Finding, title: string): string[] {
  const where = address === undefined ? structure : `${structure} at ${hexadecimal(address)}`;
  const holds = value === undefined ? '' : ` = ${value}`;
  const more = count > 1 ? ` (${count} like this)` : '';
  const whose = of === undefined ? '' : `; ${of}`;
  const line = `${where}${field === undefined ? '' : `, ${field}`}${holds}${whose}${more}`;
  return [...wrapped('    ', line, WIDTH), ...(says === title ? [] : wrapped('      ', says, WIDTH))];
}

/** All that is to be said of a rule. */
export const explanationText = (output: Output, rule: Rule): string[] => [
  `${output.heading(rule.id)} (${severityText(rule.severity)}, ${rule.section})`,
  ...wrapped('  ', `${rule.title.replace(/^./, (first) => first.toUpperCase())}.`, WIDTH),
  ...wrapped('  hardware     ', rule.hardware, WIDTH),
  ...wrapped('  usual cause  ', rule.cause, WIDTH),
  ...wrapped('  mend         ', rule.mend, WIDTH),
];

const severityText = (severity: Severity): string => (severity === 'error' ? 'an error' : `a ${severity}`);

/** Every rule in a line. */
export const rulesText = (): string[] =>
  tableText(
    ['rule', 'severity', 'section', 'what is wrong'],
    Object.values(RULES).map(({ id, severity, section, title }) => [id, severity, section, title]),
  );
