import type { Counts, Report, ReportedFailure, ReportedSkip, SectionCounts } from '../conformance/report.ts';
import type { Output } from './output.ts';
import { countText, tableText, wrapped } from './text.ts';

/** Details of a reason for skipping that are shown, those of most runs first. */
const MOST_SKIPS = 5;

/**
 * A report for people. Of the failures `most` cases are shown whole, the others by a line each. `again` is the command
 * that runs one of them when its id is put behind it.
 */
export function printReport(output: Output, report: Report, again: string, most: number): void {
  printTarget(output, report);
  printSections(output, report.sections);
  printFailures(output, report.failed, again, most);
  printSkips(output, report.skipped);
  printTotals(output, report);
}

function printTarget(output: Output, { target, vectors }: Report): void {
  const { name, version, unit, choices } = target;
  const { version: ver, hostAddressWidth, capabilities, extendedCapabilities } = unit;
  output.line(
    `${output.heading(`${name} ${version}`.trim())}, ${vectors === null ? 'vectors of your own' : `vectors ${vectors}`}`,
  );
  output.line(
    `  VER_REG ${ver}  CAP_REG ${capabilities}  ECAP_REG ${extendedCapabilities}  host addresses of ${hostAddressWidth} bits`,
  );
  const taken = Object.entries(choices).map(([choice, value]) => `${choice}: ${JSON.stringify(value)}`);
  if (taken.length > 0) output.lines(wrapped('  choices  ', taken.join(', ')));
}

function printSections(output: Output, sections: readonly SectionCounts[]): void {
  const rows = sections.map((row) => [
    `${row.section.includes('.') ? '  ' : ''}${sign(row.section)}`,
    row.title,
    ...countsRow(row),
  ]);
  const [header = '', ...lines] = tableText(['', '', '>passed', '>failed', '>skipped', '>not run'], rows);
  output.line();
  output.line(header);
  for (const [i, line] of lines.entries()) {
    const { section, failed, lost } = sections[i]!;
    if (failed > 0 || lost > 0) output.line(output.bad(line));
    else output.line(section.includes('.') ? line : output.heading(line));
  }
}

const sign = (section: string): string => (/^[0-9A-Z]/.test(section) ? `§${section}` : section);

const countsRow = ({ passed, failed, skipped, lost }: Counts): string[] =>
  [passed, failed, skipped, lost].map((count) => (count === 0 ? '.' : String(count)));

function printFailures(output: Output, failed: readonly ReportedFailure[], again: string, most: number): void {
  if (failed.length === 0) return;
  const byCase = new Map<string, ReportedFailure[]>();
  for (const failure of failed) byCase.set(failure.case, [...(byCase.get(failure.case) ?? []), failure]);
  output.line();
  output.line(output.heading('Failed'));
  for (const [i, failures] of [...byCase.values()].entries()) {
    if (i < most) printFailure(output, failures, again);
    else
      output.line(
        `  ${output.bad(failures[0]!.id)}  ${placeOf(failures[0]!)}  ${whyOf(failures[0]!)}${moreOf(failures)}`,
      );
  }
}

const placeOf = ({ sections }: ReportedFailure): string => sections.map(sign).join(' ');

const whyOf = ({ where, difference }: ReportedFailure): string =>
  where === undefined ? difference : `${where}: ${difference}`;

const moreOf = ({ length }: readonly ReportedFailure[]): string =>
  length === 1 ? '' : `, and ${countText(length - 1, 'more bit')}`;

function printFailure(output: Output, failures: readonly ReportedFailure[], again: string): void {
  const failure = failures[0]!;
  const { id, says, rules, path, expected, observed, because = [], stderr = '', lines, adapted } = failure;
  output.line(`  ${output.bad(id)}  ${says}`);
  output.line(`    ${placeOf(failure)}  rules ${rules.join(', ')}  in ${path}${moreOf(failures)}`);
  if (adapted) output.line('    written for another unit, and by the model the same on this one');
  output.lines(wrapped('    ', whyOf(failure)));
  if (expected !== undefined) output.lines(wrapped('    expected  ', JSON.stringify(expected)));
  if (observed !== undefined) output.lines(wrapped('    observed  ', JSON.stringify(observed)));
  for (const sentence of because) output.lines(wrapped('    because   ', sentence));
  for (const line of stderr.trim().split('\n').slice(-5))
    if (line !== '') output.line(`    stderr    ${printable(line)}`);
  output.line(`    alone     ${again} --id ${id}`);
  for (const line of lines) output.line(output.dim(`      ${printable(line)}`));
}

/** What a target wrote, without what would move a terminal's cursor. */
const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, '?');

function printSkips(output: Output, skipped: readonly ReportedSkip[]): void {
  if (skipped.length === 0) return;
  output.line();
  output.line(output.heading('Skipped'));
  for (const { reason, runs } of skipped) {
    output.line(`  ${String(runs.length).padStart(6)}  ${reason}`);
    const details = new Map<string, string[]>();
    for (const { id, detail } of runs) {
      if (detail !== undefined) details.set(detail, [...(details.get(detail) ?? []), id]);
    }
    const shown = [...details].sort(([, one], [, other]) => other.length - one.length);
    for (const [detail, ids] of shown.slice(0, MOST_SKIPS)) {
      output.lines(wrapped(`          ${ids.length} like ${ids[0]}: `, printable(detail)));
    }
    const rest = shown.slice(MOST_SKIPS).reduce((sum, [, ids]) => sum + ids.length, 0);
    if (rest > 0) output.line(`          ${rest} for other details: --json has them`);
  }
}

function printTotals(output: Output, { totals, failed: failures }: Report): void {
  const { runs, cases, passed, failed, skipped, lost, adapted } = totals;
  output.line();
  output.line(output.heading(`${countText(runs, 'run')} of ${countText(cases, 'case')}`));
  output.line(output.good(`  ${passed} passed`));
  const silent = failures.filter(({ where }) => where === undefined).length;
  const broke = silent === 0 ? '' : `, ${silent} of them without an answer: a new target went on with the next`;
  output.line(failed === 0 ? '  0 failed' : output.bad(`  ${failed} failed${broke}`));
  output.line(`  ${skipped} skipped`);
  if (lost > 0) output.line(output.bad(`  ${lost} not run: the target was given up`));
  if (adapted > 0) output.line(`  ${adapted} were written for another unit, and are by the model the same on this one`);
}
