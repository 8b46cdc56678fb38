import { statSync } from 'node:fs';
import { Command } from 'commander';
import { readBytes, readStandardInput } from '../images/files.ts';
import { replayTrace } from '../traces/replay-trace.ts';
import { readTraceLines } from '../traces/trace-lines.ts';
import { IMAGE_HELP, type ImageArguments, openUnit, withImageOptions } from './image-options.ts';
import type { Output } from './output.ts';
import { interruptFacts, judgeInterrupts, printInterrupts } from './replay-interrupts.ts';
import { printTrace, traceFacts } from './replay-text.ts';
import { judgeTranslations, printTranslations, translationFacts } from './replay-translations.ts';
import { readTrace, tracesBeside } from './trace-file.ts';

interface ReplayArguments extends ImageArguments {
  readonly json?: boolean;
}

/** `vtd replay`: a trace on the model, or recorded translations and interrupt requests against the tables of an image. */
export function replayCommand(output: Output): Command {
  const command = new Command('replay')
    .description(
      'replay a trace of writes, reads and requests and judge what was observed, or hold recorded translations and interrupts against an image; exit status 1 if something is wrong',
    )
    .argument('<trace-or-image>', `a trace (docs/traces.md), or - for standard input; or ${IMAGE_HELP}`)
    .argument('[records]', 'with an image: a JSON file; by default translations.json and interrupts.json of its folder')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
A file alone is a trace, a line an event: a request of \`vtd serve --text\`, and behind = what was observed.

Examples:
  vtd replay docs/examples/unmapped.trace
  vtd replay fixtures/linux/legacy48
  vtd replay fixtures/linux/legacy48-lazy --json
  vtd replay fixtures/linux/legacy48 fixtures/linux/legacy48/interrupts.json`,
    );
  return withImageOptions(command).action((image: string, trace: string | undefined, options: ReplayArguments) =>
    replay(output, image, trace, options),
  );
}

function replay(output: Output, path: string, trace: string | undefined, options: ReplayArguments): void {
  if (trace === undefined && isTrace(path, options)) replayEvents(output, path, options);
  else replayRecords(output, path, trace, options);
}

/** A folder brings its records; what is told of an image goes with one. */
function isTrace(path: string, { base }: ReplayArguments): boolean {
  if (base !== undefined) return false;
  // What is wrong with a path is said by who reads it.
  if (path === '-' || path.includes('\0')) return true;
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true;
}

function replayEvents(output: Output, path: string, { json }: ReplayArguments): void {
  const name = path === '-' ? 'standard input' : path;
  const text =
    path === '-' ? readStandardInput() : new TextDecoder().decode(readBytes(path, 'a trace or a memory image'));
  // An image alone is a common slip, and its first line would be called a wrong request.
  if (/^\s*[{[]|[\0\ufffd]/.test(text)) tracesBeside(path, undefined);
  const report = replayTrace(readTraceLines(text, name), name);
  if (report.forbidden.length + report.different.length + report.findings.length > 0) output.status = 1;
  if (json === true) output.json(traceFacts(name, report));
  else printTrace(output, name, report);
}

function replayRecords(output: Output, path: string, trace: string | undefined, options: ReplayArguments): void {
  const { image, unit } = openUnit(path, options);
  const facts: object[] = [];
  for (const [n, file] of tracesBeside(path, trace).entries()) {
    const read = readTrace(file);
    if (n > 0 && options.json !== true) output.line();
    if (read.kind === 'translations') {
      const judged = judgeTranslations(unit, file, read.records);
      if (judged.mismatches.length > 0) output.status = 1;
      if (options.json === true) facts.push(translationFacts(judged));
      else printTranslations(output, path, judged);
    } else {
      const judged = judgeInterrupts(image, unit, file, read.records);
      if (judged.mismatches.length > 0) output.status = 1;
      if (options.json === true) facts.push({ interrupts: interruptFacts(judged) });
      else printInterrupts(output, path, judged);
    }
  }
  if (options.json === true) output.json(Object.assign({}, ...facts));
}
