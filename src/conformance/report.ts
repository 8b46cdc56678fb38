import type { Outcome } from './conform.ts';
import type { Identity } from './identity.ts';
import type { Failure, Result, SkipKind } from './result.ts';
import { bySection, chapterOf } from './sections.ts';

/** How many runs ended in which way. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Not made: the target was given up before. */
  readonly lost: number;
}

/** A section or a chapter of the document, `3.7` or `3`. */
export interface SectionCounts extends Counts {
  readonly section: string;
  readonly title: string;
}

/** A run in a report. */
export interface ReportedRun {
  readonly id: string;
  readonly case: string;
  readonly says: string;
  readonly rules: readonly string[];
  readonly sections: readonly string[];
  readonly path: string;
}

export interface ReportedFailure extends ReportedRun, Failure {
  /** The run was written for another unit than the target is. */
  readonly adapted: boolean;
}

/** Runs that were left out for one reason. */
export interface ReportedSkip {
  readonly kind: SkipKind;
  readonly reason: string;
  readonly runs: readonly { readonly id: string; readonly detail?: string }[];
}

/** What `--json` writes: `fixtures/schema/conformance-report-1.json`. It is the same for the same answers. */
export interface Report {
  readonly schema: 'conformance-report-1';
  /** The version of the vectors; null for vectors of one's own. */
  readonly vectors: string | null;
  readonly target: {
    readonly name: string;
    readonly version: string;
    readonly unit: Identity['unit'];
    readonly choices: Identity['choices'];
    readonly features: readonly string[];
  };
  readonly totals: Counts & { readonly runs: number; readonly cases: number; readonly adapted: number };
  readonly sections: readonly SectionCounts[];
  readonly failed: readonly ReportedFailure[];
  readonly skipped: readonly ReportedSkip[];
  readonly lost: readonly string[];
}

/** What came of a suite, in the order of its vectors. `titles` are those of sections. */
export function reportOf(
  { target, results }: Outcome,
  titles: Readonly<Record<string, string>>,
  vectors: string | null,
): Report {
  const adapted = results.filter(({ verdict }) => verdict.kind === 'passed' || verdict.kind === 'failed');
  return {
    schema: 'conformance-report-1',
    vectors,
    target: {
      name: target.name,
      version: target.version,
      unit: target.unit,
      choices: target.choices,
      features: [...target.features],
    },
    totals: {
      ...countsOf(results),
      runs: results.length,
      cases: new Set(results.map(({ subject }) => subject.run.case.id)).size,
      adapted: adapted.filter(({ verdict }) => 'adapted' in verdict && verdict.adapted).length,
    },
    sections: sectionsOf(results, titles),
    failed: results.flatMap(({ subject, verdict }) =>
      verdict.kind === 'failed' ? [{ ...reportedRun(subject), adapted: verdict.adapted, ...verdict.failure }] : [],
    ),
    skipped: skipsOf(results),
    lost: results.flatMap(({ subject, verdict }) => (verdict.kind === 'lost' ? [subject.run.id] : [])),
  };
}

/** A run as reports name it. */
export const reportedRun = ({ run, path, sections }: Result['subject']): ReportedRun => ({
  id: run.id,
  case: run.case.id,
  says: run.case.says,
  rules: run.case.rules,
  sections,
  path,
});

function countsOf(results: readonly Result[]): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0, lost: 0 };
  for (const { verdict } of results) counts[verdict.kind] += 1;
  return counts;
}

/** Chapters, each before its sections. A run counts in its first section and in the chapter of that. */
function sectionsOf(results: readonly Result[], titles: Readonly<Record<string, string>>): readonly SectionCounts[] {
  const bySectionName = new Map<string, Result[]>();
  for (const result of results) {
    const section = result.subject.sections[0] ?? '?';
    for (const name of new Set([chapterOf(section), section])) {
      const known = bySectionName.get(name);
      if (known === undefined) bySectionName.set(name, [result]);
      else known.push(result);
    }
  }
  return [...bySectionName]
    .sort(([one], [other]) => bySection(one, other))
    .map(([section, all]) => ({ section, title: titles[section] ?? '', ...countsOf(all) }));
}

function skipsOf(results: readonly Result[]): readonly ReportedSkip[] {
  const byReason = new Map<string, { kind: SkipKind; reason: string; runs: { id: string; detail?: string }[] }>();
  for (const { subject, verdict } of results) {
    if (verdict.kind !== 'skipped') continue;
    const { kind, reason, detail } = verdict.skip;
    const run = { id: subject.run.id, ...(detail === undefined ? {} : { detail }) };
    const known = byReason.get(reason);
    if (known === undefined) byReason.set(reason, { kind, reason, runs: [run] });
    else known.runs.push(run);
  }
  return [...byReason.values()].sort((one, other) => other.runs.length - one.runs.length);
}
