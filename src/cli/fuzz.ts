import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { campaign, casesOf } from '../conformance/fuzz/campaign.ts';
import type { Found } from '../conformance/fuzz/found.ts';
import { InputError, messageOf, quoted } from '../images/input-error.ts';
import { formatted } from '../vectors/format.ts';
import { parseCount } from './arguments.ts';
import { printCampaign } from './fuzz-text.ts';
import type { Output } from './output.ts';
import { onTarget, type TargetArguments, targetSettings, targetWords, withTargetOptions } from './target-arguments.ts';

interface FuzzArguments extends TargetArguments {
  readonly seed: string;
  readonly cases: string;
  readonly shard: string;
  readonly case?: string;
  readonly jobs?: string;
  readonly failures: string;
  readonly out?: string;
  readonly json?: boolean;
}

const MOST_CASES = 1_000_000_000;

/** `vtd fuzz`: random cases against another implementation, with the model as referee. */
export function fuzzCommand(output: Output): Command {
  const command = new Command('fuzz').description(
    'run random cases against an implementation, the model as referee; exit status 1 if one fails',
  );
  return withTargetOptions(command, 'case')
    .option('--seed <number>', 'the campaign: the same cases for the same number', '1')
    .option('--cases <count>', 'how many cases the campaign has', '1000')
    .option('--shard <i/n>', 'only the cases k with k mod n = i, from 0/n to (n-1)/n', '0/1')
    .option('--case <k>', 'only this case')
    .option('--jobs <count>', 'targets that run side by side, a thread each; as many as there are processors')
    .option('--failures <count>', 'cases that are made smaller and shown, the first that fail', '10')
    .option('--out <folder>', 'write each of them there as a vector')
    .option('--json', 'write what was found as JSON')
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
  const { out } = options;
  const { caches, ...target } = targetSettings(options);
  const seed = parseCount(options.seed, 0, 0xffff_ffff, '--seed');
  const places = placesOf(options);
  const jobs = options.jobs === undefined ? availableParallelism() : parseCount(options.jobs, 1, 1024, '--jobs');
  const settings = {
    ...target,
    seed,
    jobs: Math.max(1, Math.min(jobs, places.length)),
    most: parseCount(options.failures, 0, 1_000_000, '--failures'),
    inFlight: 1,
    ...(caches === undefined ? {} : { caches }),
  };
  if (out !== undefined) makeFolder(out);

  const outcome = await onTarget(places.length, (progress) => campaign(places, { ...settings, progress }));

  const fileOf = ({ case: place }: Found) => (out === undefined ? undefined : join(out, `fuzz-${seed}-${place}.json`));
  if (out !== undefined) for (const found of outcome.found) writeFileSync(fileOf(found)!, formatted(found.vector));
  const command = (place: number) => commandOf(options, seed, place);
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
const commandOf = (options: FuzzArguments, seed: number, place: number): string =>
  `vtd fuzz ${targetWords(options)} --seed ${seed} --case ${place}`;

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new InputError(`${quoted(folder)} cannot be written: ${messageOf(error)}`);
  }
}
