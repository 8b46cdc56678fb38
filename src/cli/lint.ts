import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { type Image, registerOf } from '../images/image.ts';
import { InputError, quoted } from '../images/input-error.ts';
import type { Finding } from '../lint/finding.ts';
import { lint } from '../lint/lint.ts';
import type { LintOptions } from '../lint/options.ts';
import { isAtLeast, lintReport } from '../lint/report.ts';
import { sarifOf } from '../lint/report-sarif.ts';
import { SEVERITIES, type Severity } from '../lint/rule.ts';
import { isRuleId, RULES } from '../lint/rules.ts';
import { nearest } from './arguments.ts';
import { IMAGE_HELP, type ImageArguments, openUnit, withImageOptions } from './image-options.ts';
import { type LintedArguments, lintOptions } from './lint-arguments.ts';
import { explanationText, findingsText, rulesText } from './lint-text.ts';
import type { Output } from './output.ts';
import { progressBar } from './progress.ts';

interface LintArguments extends ImageArguments, LintedArguments {
  readonly severity: string;
  readonly failOn: string;
  readonly json?: boolean;
  readonly sarif?: boolean;
  readonly explain?: string;
  readonly rules?: boolean;
}

/** Steps of the bar. */
const STEPS = 1000;

/** Registers that hold addresses, with their offsets: the image may have bits that the unit does not keep. */
const POINTERS = { RTADDR_REG: 0x20, IQA_REG: 0x90, IRTA_REG: 0xb8, PQA_REG: 0xd0 } as const;
const [IQH, IQT] = [0x80, 0x88] as const;

/** `vtd lint`: what is wrong with the registers and tables in an image. */
export function lintCommand(output: Output, version: string): Command {
  const several = (value: string, before: readonly string[]) => [...before, value];
  const command = new Command('lint')
    .description('find mistakes in the tables and registers of a memory image; exit status 1 if there are errors')
    .argument('[image]', IMAGE_HELP)
    .option('--device <bb:dd.f>', 'a device that should be served; may be repeated', several, [])
    .option('--rmrr <base-limit=devices>', 'a region that firmware wants mapped; may be repeated', several, [])
    .option('--interrupt-source <bb:dd.f>', 'a source-id that may send interrupts; may be repeated', several, [])
    .option('--msi <bb:dd.f=address:data>', 'what a device was given to send; may be repeated', several, [])
    .option('--rte <bb:dd.f=entry>', 'a redirection entry of an I/O APIC; may be repeated', several, [])
    .option('--severity <least>', 'show errors alone, warnings too, or notes too', 'note')
    .option('--fail-on <least>', 'exit status 1 from this severity on: error, warning or note', 'error')
    .option('--all', 'list every finding, however many are alike')
    .option('--limit <count>', 'look at no more entries than this (default 4194304)')
    .option('--json', 'for programs, as fixtures/schema/lint-report-1.json has it')
    .option('--sarif', 'for programs, in the form of SARIF 2.1.0')
    .option('--explain <rule>', 'what a rule is, how it comes about, and how to mend it')
    .option('--rules', 'list all rules')
    .addHelpText(
      'after',
      `
Examples:
  vtd lint fixtures/linux/legacy48
  vtd lint fixtures/linux/v11-scalable-ss --severity warning --fail-on warning
  vtd lint fixtures/linux/legacy48 --rmrr bdf6f000-bdf6ffff=00:02.0,00:1d.0 --device 00:02.0
  vtd lint fixtures/linux/legacy48 --msi 00:02.0=fee003b8:0*4 --rte f0:1f.0=000b000000000131
  vtd lint memory.bin --base 0 --cap 0xd2008c222f0606 --ecap 0xf00f4a --root 0x2663000 --haw 48
  vtd lint --explain second-stage-snoop`,
    );
  return withImageOptions(command).action((path: string | undefined, options: LintArguments) => {
    if (options.rules === true) output.lines(rulesText());
    else if (options.explain !== undefined) output.lines(explanationText(output, RULES[ruleOf(options.explain)]));
    else if (path === undefined)
      throw new InputError('an image is missing: a folder, a JSON file, or with --base a raw file');
    else run(output, path, options, version);
  });
}

function ruleOf(text: string) {
  if (isRuleId(text)) return text;
  const like = nearest(text, Object.keys(RULES));
  throw new InputError(
    `there is no rule ${quoted(text)}${like === undefined ? '; --rules lists them' : `; there is ${like}`}`,
  );
}

function run(output: Output, path: string, options: LintArguments, version: string): void {
  const least = severityOf(options.severity, '--severity');
  const failOn = severityOf(options.failOn, '--fail-on');
  const wanted = lintOptions(options);
  const { image, unit } = openUnit(path, options);
  const bar = progressBar(STEPS, '{bar} {percentage}%, {eta_formatted} to go');
  const progress = (done: number) => bar.show(Math.floor(done * STEPS), 0);
  const found = lint(unit, image.memory, { ...wanted, ...registersOf(image), progress });
  bar.end();
  const shown = found.filter(({ severity }) => isAtLeast(severity, least));
  if (options.sarif === true) output.json(sarifOf(pathToFileURL(path).href, shown, { version }));
  else if (options.json === true) output.json(lintReport(path, shown));
  else output.lines(findingsText(output, image, unit, shown, found.length - shown.length));
  judge(output, found, failOn);
}

function judge(output: Output, found: readonly Finding[], failOn: Severity): void {
  if (found.some(({ severity }) => isAtLeast(severity, failOn))) output.status = 1;
}

function severityOf(text: string, option: string): Severity {
  const found = SEVERITIES.find((severity) => severity === text);
  if (found === undefined) throw new InputError(`${option} is error, warning or note, got ${quoted(text)}`);
  return found;
}

/** What the image says that the unit does not keep: all bits of registers that point to tables, and the queue. */
function registersOf(image: Image): LintOptions {
  const written = Object.entries(POINTERS).map(([name, offset]): [string, bigint] => [
    name,
    registerOf(image, offset, 64),
  ]);
  const queue = { head: registerOf(image, IQH, 64), tail: registerOf(image, IQT, 64) };
  return { written: Object.fromEntries(written), ...(image.registers.has(IQT) ? { queue } : {}) };
}
