import type { Campaign } from '../conformance/fuzz/campaign.ts';
import type { Found } from '../conformance/fuzz/found.ts';
import type { VectorEntry, VectorStep } from '../vectors/types.ts';
import type { Output } from './output.ts';
import { countText, wrapped } from './text.ts';

/** How one finding is got again: the command, and the file of its vector if one was written. */
export interface Again {
  readonly command: (place: number) => string;
  readonly file: (found: Found) => string | undefined;
}

/** What came of a campaign, for people. */
export function printCampaign(output: Output, { passed, failed, found, skipped, lost }: Campaign, again: Again): void {
  for (const one of found) printFound(output, one, again);
  const shown = new Set(found.map((one) => one.case));
  const others = failed.filter((one) => !shown.has(one.case));
  if (others.length > 0) output.line('Failed, not made smaller:');
  for (const { case: place, failure } of others) output.lines(wrapped(`  ${place}: `, failureText(failure)));
  for (const [why, count] of countsOf(skipped.map(({ reason, detail }) => `${reason}: ${detail ?? ''}`))) {
    output.lines(wrapped(`Skipped ${count}: `, why));
  }
  const cases = passed + failed.length + skipped.length + lost.length;
  output.line(output.heading(countText(cases, 'case')));
  output.line(output.good(`  ${passed} passed`));
  output.line(failed.length === 0 ? '  0 failed' : output.bad(`  ${failed.length} failed`));
  output.line(`  ${skipped.length} skipped`);
  if (lost.length > 0) output.line(output.bad(`  ${lost.length} not run: ${lost[0]!.how}`));
}

function printFound(output: Output, found: Found, { command, file }: Again): void {
  const { failure, rules, vector } = found;
  const [group] = vector.groups;
  const { steps, choices } = group!.cases[0]!;
  output.line(output.bad(`case ${found.case}  rules ${rules.join(', ')}`));
  output.lines(wrapped('    ', failureText(failure)));
  for (const sentence of failure.because ?? []) output.lines(wrapped('    because  ', sentence));
  output.line(`    unit     ${Object.values(group!.unit).join(' ')}`);
  if (choices !== undefined) output.line(`    choices  ${JSON.stringify(choices)}`);
  for (const entry of group!.memory ?? []) output.line(`    memory   ${entryText(entry)}`);
  for (const step of group!.steps ?? []) output.line(`    setup    ${stepText(step)}`);
  for (const [i, step] of steps.entries()) output.lines(wrapped(`    step ${i + 1}   `, stepText(step)));
  const path = file(found);
  if (path !== undefined) output.line(`    vector   ${path}`);
  output.line(`    again    ${command(found.case)}`);
  output.line();
}

const failureText = ({ where, difference }: Found['failure']): string =>
  where === undefined ? difference : `${where}: ${difference}`;

const entryText = ({ at, is = '', qwords }: VectorEntry): string => `${at} ${is} ${qwords.join(' ')}`;

function stepText(step: VectorStep): string {
  if ('memory' in step) return `memory ${step.memory.map(entryText).join(', ')}`;
  if ('write' in step) return `write ${step.write} ${step.value}`;
  if ('read' in step) return `read ${step.read}, ${step.value} under ${step.mask}`;
  if ('request' in step) return `request ${JSON.stringify(step.request)}, ${JSON.stringify(step.expect)}`;
  if ('interrupt' in step) return `interrupt ${JSON.stringify(step.interrupt)}, ${JSON.stringify(step.expect)}`;
  return JSON.stringify(step);
}

/** Each text with how often it is there, the most frequent first. */
function countsOf(texts: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}
