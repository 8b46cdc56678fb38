import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { campaign, casesOf } from '../conformance/fuzz/campaign.ts';
import type { Found } from '../conformance/fuzz/found.ts';
import { InputError, messageOf, quoted } from '../images/input-error.ts';
import { formatted } from '../vectors/format.ts';
import { parseCount } from './arguments.ts';
import { parseCaches, parseChoices } from './conform-arguments.ts';
import { printCampaign } from './fuzz-text.ts';
import type { Output } from './output.ts';
import { progressBar } from './progress.ts';
import { shellWord } from './text.ts';

interface FuzzArguments {
  readonly target?: string;
  readonly seed: string;
  readonly cases: string;
  readonly shard: string;
  readonly case?: string;
  readonly jobs?: string;
  readonly failures: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly caches?: string;
  readonly choice: readonly string[];
  readonly timeout: string;
  readonly startTimeout: string;
  readonly restarts: string;
  readonly lines?: boolean;
}

const MOST_CASES = 1_000_000_000;

/** `vtd fuzz`: random cases against another implementation, with the model as referee. */
export function fuzzCommand(output: Output): Command {
  const several = (value: string, before: readonly string[]) => [...before, value];
  return new Command('fuzz')
    .description('run random cases against an implementation, the model as referee; exit status 1 if one fails')
    .option('--target <command>', 'a shell command that speaks docs/protocol.md over its standard input and output')
    .option('--seed <number>', 'the campaign: the same cases for the same number', '1')
    .option('--cases <count>', 'how many cases the campaign has', '1000')
    .option('--shard <i/n>', 'only the cases k with k mod n = i, from 0/n to (n-1)/n', '0/1')
    .option('--case <k>', 'only this case')
    .option('--jobs <count>', 'targets that run side by side, a thread each; as many as there are processors')
    .option('--failures <count>', 'cases that are made smaller and shown, the first that fail', '10')
    .option('--out <folder>', 'write each of them there as a vector')
    .option('--json', 'write what was found as JSON')
    .option('--caches <policy>', 'none, full or an object of capacities: what the target is told to remember')
    .option('--choice <name=value>', 'a freedom that the target is known to take', several, [])
    .option('--timeout <seconds>', 'how long one case may take', '10')
    .option('--start-timeout <seconds>', 'how long the target may take to start', '60')
    .option('--restarts <count>', 'how often each target is started again before it is given up', '1000')
    .option('--lines', 'one request a line, no batches')
    .addHelpText(
      'after',
      `
Examples:
  vtd fuzz --target 'vtd serve' --seed 7 --cases 10000
  vtd fuzz --target './my-adapter' --seed 7 --cases 1000000 --shard 3/16 --out found
  vtd fuzz --target './my-adapter' --seed 7 --case 4711`,
    )
    .action((options: FuzzArguments) => run(output, options));
}

async function run(output: Output, options: FuzzArguments): Promise<void> {
  const { target, out } = options;
  if (target === undefined)
    throw new InputError('--target is missing; it takes a command that speaks docs/protocol.md');
  const seconds = (text: string, name: string) => parseCount(text, 1, 86_400, name) * 1000;
  const seed = parseCount(options.seed, 0, 0xffff_ffff, '--seed');
  const places = placesOf(options);
  const jobs = options.jobs === undefined ? availableParallelism() : parseCount(options.jobs, 1, 1024, '--jobs');
  const caches = parseCaches(options.caches);
  const settings = {
    command: target,
    seed,
    jobs: Math.max(1, Math.min(jobs, places.length)),
    most: parseCount(options.failures, 0, 1_000_000, '--failures'),
    timeout: seconds(options.timeout, '--timeout'),
    startTimeout: seconds(options.startTimeout, '--start-timeout'),
    restarts: parseCount(options.restarts, 0, 1_000_000, '--restarts'),
    inFlight: 1,
    batches: options.lines !== true,
    choices: parseChoices(options.choice),
    ...(caches === undefined ? {} : { caches }),
  };
  if (out !== undefined) makeFolder(out);

  const interrupted = () => process.exit(130);
  process.once('SIGINT', interrupted);
  const bar = progressBar(places.length);
  const outcome = await campaign(places, { ...settings, progress: bar.show });
  bar.end();
  process.off('SIGINT', interrupted);
  if (typeof outcome === 'string') throw new InputError(`nothing was run: ${outcome}`);

  const fileOf = ({ case: place }: Found) => (out === undefined ? undefined : join(out, `fuzz-${seed}-${place}.json`));
  if (out !== undefined) for (const found of outcome.found) writeFileSync(fileOf(found)!, formatted(found.vector));
  const command = (place: number) => commandOf(options, target, seed, place);
  if (options.json === true) output.json({ seed, ...outcome });
  else printCampaign(output, outcome, { command, file: fileOf });
  if (outcome.failed.length > 0 || outcome.lost.length > 0) output.status = 1;
  else if (outcome.passed === 0 && places.length > 0)
    throw new InputError('no case was for this target: each was skipped');
}

function placesOf({ cases, shard, case: one }: FuzzArguments): readonly number[] {
  if (one !== undefined) return [parseCount(one, 0, MOST_CASES, '--case')];
  const [, index = '', of = ''] = /^(\d{1,9})\/(\d{1,9})$/.exec(shard) ?? [];
  const share = { cases: parseCount(cases, 1, MOST_CASES, '--cases'), shard: Number(index), of: Number(of) };
  if (index === '' || share.shard >= share.of) {
    throw new InputError(`--shard is i/n with i from 0 to n-1, got ${quoted(shard)}`);
  }
  return casesOf(share);
}

/** The command that runs one case alone, in the same way. */
function commandOf({ caches, choice, lines }: FuzzArguments, target: string, seed: number, place: number): string {
  const given = [
    ...['--target', target, '--seed', String(seed), '--case', String(place)],
    ...(caches === undefined ? [] : ['--caches', caches]),
    ...choice.flatMap((one) => ['--choice', one]),
    ...(lines === true ? ['--lines'] : []),
  ];
  return ['vtd', 'fuzz', ...given.map(shellWord)].join(' ');
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new InputError(`${quoted(folder)} cannot be written: ${messageOf(error)}`);
  }
}
