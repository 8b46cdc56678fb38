import type { Outcome } from './conform.ts';
import type { Failure, Result, Verdict } from './result.ts';

/** A report in the form of JUnit: a suite a file of vectors, a test a run, and no times, so that it is the same every time. */
export function junitOf({ results }: Outcome): string {
  const byPath = new Map<string, Result[]>();
  for (const result of results) {
    const known = byPath.get(result.subject.path);
    if (known === undefined) byPath.set(result.subject.path, [result]);
    else known.push(result);
  }
  const suites = [...byPath].flatMap(([path, all]) => [
    `  <testsuite name="${escaped(path)}" ${countsOf(all)}>`,
    ...all.flatMap(testLines),
    '  </testsuite>',
  ]);
  return `${['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites name="vtd conform" ${countsOf(results)}>`, ...suites, '</testsuites>'].join('\n')}\n`;
}

function countsOf(results: readonly Result[]): string {
  const count = (kind: Verdict['kind']) => results.filter(({ verdict }) => verdict.kind === kind).length;
  return `tests="${results.length}" failures="${count('failed')}" errors="${count('lost')}" skipped="${count('skipped')}"`;
}

function testLines({ subject: { run, path, sections }, verdict }: Result): readonly string[] {
  const folder = path.replace(/\.json$/, '').replaceAll('/', '.');
  const name = `${run.id} ${sections.map((section) => `§${section}`).join(' ')}: ${run.case.says}`;
  const open = `    <testcase classname="${escaped(folder)}" name="${escaped(name)}"`;
  switch (verdict.kind) {
    case 'passed':
      return [`${open}/>`];
    case 'skipped': {
      const { reason, detail } = verdict.skip;
      const message = escaped(detail === undefined ? reason : `${reason}: ${detail}`);
      return [`${open}><skipped message="${message}"/></testcase>`];
    }
    case 'lost':
      return [`${open}><error message="${escaped(`not run: ${verdict.how}`)}"/></testcase>`];
    case 'failed':
      return [`${open}>${failureText(verdict.failure)}</testcase>`];
  }
}

function failureText({ where, difference, expected, observed, because = [], stderr, lines }: Failure): string {
  const message = where === undefined ? difference : `${where}: ${difference}`;
  const facts = [
    ...(expected === undefined ? [] : [`expected ${JSON.stringify(expected)}`]),
    ...(observed === undefined ? [] : [`observed ${JSON.stringify(observed)}`]),
    ...because,
    ...lines,
  ];
  const failure = `<failure message="${escaped(message)}">${escaped(facts.join('\n'))}</failure>`;
  return stderr === undefined || stderr === '' ? failure : `${failure}<system-err>${escaped(stderr)}</system-err>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as XML takes it; what XML cannot say at all is a question mark. */
function escaped(text: string): string {
  const allowed = text.replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?');
  return allowed.replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign]!);
}
