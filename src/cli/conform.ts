import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { callsOfRun } from '../conformance/calls.ts';
import { conform } from '../conformance/conform.ts';
import { type Report, reportOf } from '../conformance/report.ts';
import { junitOf } from '../conformance/report-junit.ts';
import { tapOf } from '../conformance/report-tap.ts';
import { type Subject, subjectsOf } from '../conformance/suite.ts';
import { InputError, messageOf, quoted } from '../images/input-error.ts';
import { loadVectors } from '../vectors/load.ts';
import { nearest, parseCount } from './arguments.ts';
import { printReport } from './conform-text.ts';
import type { Output } from './output.ts';
import {
  onTarget,
  several,
  type TargetArguments,
  targetSettings,
  targetWords,
  withTargetOptions,
} from './target-arguments.ts';
import { shellWord } from './text.ts';

/** The vectors of this package: two folders up both from `src/cli` and from `dist/cli`. */
const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** Options that say which vectors are meant. */
export interface SelectionArguments {
  readonly filter: readonly string[];
  readonly id: readonly string[];
  readonly vectors?: string;
}

interface ConformArguments extends SelectionArguments, TargetArguments {
  readonly inFlight: string;
  readonly failures: string;
  readonly list?: boolean;
  readonly tap?: boolean;
  readonly json?: string;
  readonly junit?: string;
}

/** `vtd conform`: the vectors against another implementation. */
export function conformCommand(output: Output): Command {
  const command = new Command('conform').description(
    'run the conformance vectors against an implementation; exit status 1 if one fails',
  );
  return withTargetOptions(command, 'vector')
    .option('--filter <what>', 'only a section (7.1), a rule, a condition (LGN.2) or a folder (faults/)', several, [])
    .option('--id <id>', 'only this case, or this run of one (reserved-3/bit-7)', several, [])
    .option('--vectors <folder>', 'vector files of your own instead of those of this package')
    .option('--in-flight <count>', 'vectors that are sent before the first is answered', '16')
    .option('--failures <count>', 'cases that are shown with all that was sent', '20')
    .option('--list', 'name the cases that would be run, and run none')
    .option('--tap', 'write TAP instead of tables')
    .option('--json <file>', 'write a report for programs, too')
    .option('--junit <file>', 'write a report in the form of JUnit, too')
    .addHelpText(
      'after',
      `
Examples:
  vtd conform --target 'vtd serve' --filter 7.1
  vtd conform --target './my-adapter --board 2' --junit report.xml
  vtd conform --list --filter LGN.2`,
    )
    .action((options: ConformArguments) => run(output, options));
}

async function run(output: Output, options: ConformArguments): Promise<void> {
  if (options.list === true) return printList(output, selected(options));
  const settings = {
    ...targetSettings(options),
    inFlight: parseCount(options.inFlight, 1, 1024, '--in-flight'),
  };
  const most = parseCount(options.failures, 0, 1_000_000, '--failures');
  for (const file of [options.json, options.junit]) if (file !== undefined) checkWritable(file);
  const subjects = selected(options);

  const outcome = await onTarget(subjects.length, (progress) => conform(subjects, { ...settings, progress }));

  const report = reportOf(outcome, sectionTitles(), options.vectors === undefined ? suiteVersion() : null);
  if (options.json !== undefined) write(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.junit !== undefined) write(options.junit, junitOf(outcome));
  if (options.tap === true) output.raw(tapOf(outcome));
  else printReport(output, report, commandOf(options), most);
  judge(output, report);
}

/** The command that runs one of these vectors in the same way. */
function commandOf(options: ConformArguments): string {
  const vectors = options.vectors === undefined ? [] : ['--vectors', shellWord(options.vectors)];
  return ['vtd', 'conform', targetWords(options), ...vectors].join(' ');
}

function judge(output: Output, { totals }: Report): void {
  if (totals.failed > 0 || totals.lost > 0) output.status = 1;
  else if (totals.passed === 0) throw new InputError('no vector was for this target: each was skipped');
}

/** The runs that options select; an InputError if there are none. */
export function selected({ vectors, filter, id }: SelectionArguments): readonly Subject[] {
  const files = loadFrom(vectors ?? FIXTURES);
  const find = () => subjectsOf(files, { filters: filter, ids: id });
  const subjects = vectors === undefined ? find() : checked(find, vectors);
  if (id.length === 0 && subjects.length > 0) return subjects;
  const known = subjectsOf(files, {}).flatMap(({ run }) => [run.id, run.case.id]);
  const missing = id.find((one) => !known.includes(one));
  if (missing !== undefined) {
    const like = nearest(missing, [...new Set(known)]);
    throw new InputError(`there is no vector ${quoted(missing)}${like === undefined ? '' : `; there is ${like}`}`);
  }
  if (subjects.length > 0) return subjects;
  throw new InputError(
    `no vector is about ${[...filter, ...id].map(quoted).join(' and ')}; --filter takes 7.1, 3.7-R5, LGN.2 or faults/`,
  );
}

function loadFrom(folder: string): ReturnType<typeof loadVectors> {
  try {
    const files = loadVectors(folder);
    if (files.length > 0) return files;
  } catch (error) {
    throw new InputError(`the vectors in ${quoted(folder)} cannot be read: ${messageOf(error)}`);
  }
  throw new InputError(`there are no vector files in ${quoted(folder)}`);
}

/** Vectors of somebody's own may have mistakes; those of the package have none. */
function checked(find: () => readonly Subject[], folder: string): readonly Subject[] {
  try {
    const subjects = find();
    for (const { run } of subjects) callsOfRun(run);
    return subjects;
  } catch (error) {
    throw new InputError(
      `a vector in ${quoted(folder)} does not keep to fixtures/schema/unit-vectors-1.json: ${messageOf(error)}`,
    );
  }
}

/** A line for each case: its id, where it belongs, what it says. */
export function printList(output: Output, subjects: readonly Subject[]): void {
  const cases = new Map(subjects.map((subject) => [subject.run.case.id, subject]));
  for (const [id, { run, sections }] of cases) output.line(`${id}  §${sections[0]}  ${run.case.says}`);
}

function checkWritable(file: string): void {
  try {
    closeSync(openSync(file, 'a'));
  } catch (error) {
    throw new InputError(`${quoted(file)} cannot be written: ${messageOf(error)}`);
  }
}

const write = (file: string, text: string): void => writeFileSync(file, text);

function sectionTitles(): Readonly<Record<string, string>> {
  const { sections } = readJson('sections.json') as { readonly sections: Readonly<Record<string, string>> };
  return sections;
}

const suiteVersion = (): string => (readJson('manifest.json') as { readonly version: string }).version;

const readJson = (name: string): unknown => JSON.parse(readFileSync(`${FIXTURES}/${name}`, 'utf8'));
