import type { Outcome } from './conform.ts';
import type { Failure, Verdict } from './result.ts';

/** A report as TAP 14, a test a run. */
export function tapOf({ results }: Outcome): string {
  const lines = results.flatMap(({ subject: { run, sections }, verdict }, i) => {
    const sectionNames = sections.map((section) => `§${section}`).join(' ');
    const name = escaped(`${run.id}: ${run.case.says} (${sectionNames})`);
    return testLines(i + 1, name, verdict);
  });
  return `${['TAP version 14', `1..${results.length}`, ...lines].join('\n')}\n`;
}

function testLines(number: number, name: string, verdict: Verdict): readonly string[] {
  switch (verdict.kind) {
    case 'passed':
      return [`ok ${number} - ${name}`];
    case 'skipped': {
      const { reason, detail } = verdict.skip;
      return [`ok ${number} - ${name} # SKIP ${escaped(detail === undefined ? reason : `${reason}: ${detail}`)}`];
    }
    case 'lost':
      return [`not ok ${number} - ${name}`, ...diagnosis({ message: `not run: ${verdict.how}` })];
    case 'failed':
      return [`not ok ${number} - ${name}`, ...diagnosis(membersOf(verdict.failure))];
  }
}

const membersOf = ({ where, difference, expected, observed, because, stderr, lines }: Failure) => ({
  message: where === undefined ? difference : `${where}: ${difference}`,
  expected,
  observed,
  because,
  stderr,
  lines,
});

/** A block of YAML; JSON is YAML. */
function diagnosis(members: Readonly<Record<string, unknown>>): readonly string[] {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return ['  ---', ...given.map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`), '  ...'];
}

/** What a description may hold: one line, and no sign that begins a directive. */
const escaped = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/[\\#]/g, '\\$&');
