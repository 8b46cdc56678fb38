import { CACHE_TITLES } from '../caches/caches.ts';
import { hexadecimal } from '../images/hexadecimal.ts';
import type { JudgedAnswer, OtherValue, SoftwareFinding, TraceReport } from '../traces/replay-trace.ts';
import type { Output } from './output.ts';
import { countText, wrapped } from './text.ts';

/** Of each kind, so that the first can be seen on a terminal. */
const MOST_SHOWN = 20;
const MOST_LINES = 8;

/** What `vtd replay TRACE --json` writes: `fixtures/schema/trace-report-1.json`. */
export const traceFacts = (trace: string, { unit, named, ...report }: TraceReport) => ({
  schema: 'trace-report-1',
  trace,
  unit: { ...unit, version: hexadecimal(unit.version), named },
  ...report,
});

export function printTrace(output: Output, trace: string, report: TraceReport): void {
  const { events, unit, named, fresh, stale, forbidden, unobserved, same, polls, different, findings } = report;
  output.line(`${output.heading(countText(events, 'event'))} in ${trace}`);
  const { version, hostAddressWidth, cap, ecap } = unit;
  const what = `version ${hexadecimal(version)}, CAP_REG ${hexadecimal(cap)}, ECAP_REG ${hexadecimal(ecap)}, ${hostAddressWidth} bits`;
  output.line(`  ${named ? 'unit' : 'no line says which unit; taken as'}: ${what}`);
  const alone = unobserved === 0 ? '' : `; ${unobserved} not observed`;
  output.line(`  answers: ${fresh} fresh, ${stale.length} stale, ${forbidden.length} forbidden${alone}`);
  const waiting = polls === 0 ? '' : `; ${countText(polls, 'read')} before the value came`;
  output.line(`  values: ${same} as the model has them, ${different.length} otherwise${waiting}`);
  output.line(`  software: ${countText(findings.length, 'mistake')}`);
  printAnswers(output, 'Forbidden', forbidden);
  printValues(output, different);
  printFindings(output, findings);
  printAnswers(output, 'Stale, as a legal unit may answer', stale);
}

function printAnswers(output: Output, title: string, answers: readonly JudgedAnswer[]): void {
  if (answers.length === 0) return;
  output.line();
  output.line(output.heading(title));
  for (const { line, request, observed, allowed, because } of answers.slice(0, MOST_SHOWN)) {
    output.line(`  line ${line}: ${request} = ${observed}`);
    for (const reason of because) output.lines(wrapped('    ', reason));
    output.lines(wrapped('    right is ', allowed.join(', or ')));
  }
  printRest(output, answers.length);
}

function printValues(output: Output, values: readonly OtherValue[]): void {
  if (values.length === 0) return;
  output.line();
  output.line(output.heading('Otherwise than the model has it'));
  for (const { line, request, observed, model, register, fields = [], after } of values.slice(0, MOST_SHOWN)) {
    output.line(`  line ${line}: ${request} = ${observed}`);
    const parts = fields.map(
      (one) => `${one.field} was ${hexadecimal(one.observed)} and is ${hexadecimal(one.model)} here`,
    );
    const which = register === undefined ? '' : `, ${[register, ...parts].join('; ')}`;
    output.lines(wrapped('    ', `the model has ${model}${which}`));
    if (after !== undefined) {
      output.lines(
        wrapped('    ', `the answer of line ${after} was not that of the tables: from there on the model is apart`),
      );
    }
  }
  printRest(output, values.length);
}

function printFindings(output: Output, findings: readonly SoftwareFinding[]): void {
  if (findings.length === 0) return;
  output.line();
  output.line(output.heading('What the software did wrong'));
  for (const finding of findings.slice(0, MOST_SHOWN)) {
    const where = linesText(finding.lines);
    if (finding.kind === 'unsafe-order') {
      output.line(`  ${where}: unsafe order before this request: ${finding.commands.join(', ')}`);
      output.lines(wrapped('    ', finding.because));
      continue;
    }
    output.line(`  ${where}: ${finding.request}`);
    if (finding.kind === 'unflushed-write') {
      output.lines(wrapped('    ', `the tables may say ${finding.tables.join(' or ')}`));
      output.lines(wrapped('    ', finding.because));
      continue;
    }
    const { answered, tables, entries, changed, remedy } = finding;
    output.lines(wrapped('    ', `a legal unit may answer ${answered}; the tables say ${tables.join(' or ')}`));
    for (const { cache, line } of entries) output.line(`    from the ${CACHE_TITLES[cache]}, filled by line ${line}`);
    for (const { structure, address, was, is } of changed) {
      output.line(`    ${structure} at ${address} was ${was} and is ${is}`);
    }
    output.lines(wrapped('    missing: ', remedy.length === 0 ? 'no single sequence helps' : remedy.join(', then ')));
  }
  printRest(output, findings.length);
}

function linesText(lines: readonly number[]): string {
  const shown = lines.slice(0, MOST_LINES).join(', ');
  if (lines.length === 1) return `line ${shown}`;
  return lines.length > MOST_LINES ? `lines ${shown} and ${lines.length - MOST_LINES} more` : `lines ${shown}`;
}

function printRest(output: Output, count: number): void {
  if (count > MOST_SHOWN) output.line(`  and ${count - MOST_SHOWN} more, which --json has`);
}
