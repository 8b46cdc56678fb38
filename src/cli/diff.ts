import { Command } from 'commander';
import { hex } from '../bits/hex.ts';
import { InputError, messageOf } from '../images/input-error.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { changeText, diffTables, type TablesChange, type Target } from '../tables/diff.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { limitOf } from './arguments.ts';
import { checkTables, IMAGE_HELP, type ImageArguments, openUnit, withImageOptions } from './image-options.ts';
import type { Output } from './output.ts';
import { countText, permissionText, wrapped } from './text.ts';

interface DiffArguments extends ImageArguments {
  readonly limit?: string;
  readonly json?: boolean;
}

/** Changes that are written in words. */
const MOST_SHOWN = 60;

/** `vtd diff`: what the tables of one image say otherwise than those of another; exit status 1 if anything. */
export function diffCommand(output: Output): Command {
  const command = new Command('diff')
    .description('show what the tables of one memory image say otherwise than those of another: who reaches what')
    .argument('<before>', IMAGE_HELP)
    .argument('<after>', 'another one, or a later state of the same memory')
    .option('--limit <count>', 'look at no more entries than this (default 4194304)')
    .option('--json', 'for programs, as fixtures/schema/diff-report-1.json has it')
    .addHelpText(
      'after',
      `
The options below hold for both images. Where the tables stand does not count, only what they say.

Examples:
  vtd diff fixtures/linux/legacy48 fixtures/linux/legacy48-lazy
  vtd diff before.bin after.bin --base 0 --cap 0xd2008c222f0606 --ecap 0xf00f4a --root 0x2663000 --haw 48`,
    );
  return withImageOptions(command).action((before: string, after: string, options: DiffArguments) =>
    diff(output, before, after, options),
  );
}

function diff(output: Output, before: string, after: string, options: DiffArguments): void {
  const limit = limitOf(options.limit);
  const [old, now] = [opened(before, options), opened(after, options)];
  const changes = changesOf(old.unit, now.unit, limit);
  if (changes.length > 0) output.status = 1;
  if (options.json === true) {
    output.json({ schema: 'diff-report-1', before, after, changes: changes.map(changeFacts) });
    return;
  }
  output.line(`Before   ${before}: ${old.image.description}`);
  output.line(`After    ${after}: ${now.image.description}`);
  output.line();
  if (changes.length === 0) {
    output.line(output.good('The tables say the same'));
    return;
  }
  output.line(output.heading(countText(changes.length, 'change')));
  for (const change of changes.slice(0, MOST_SHOWN)) output.lines(wrapped('  ', changeText(change)));
  if (changes.length > MOST_SHOWN) output.line(`  and ${changes.length - MOST_SHOWN} more, which --json has`);
}

function opened(path: string, options: ImageArguments) {
  const found = openUnit(path, options);
  checkTables(path, found.unit);
  return found;
}

function changesOf(before: RemappingUnit, after: RemappingUnit, limit: { readonly limit?: number }) {
  try {
    return diffTables(before, after, limit);
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(messageOf(error));
    throw error;
  }
}

/** A change for programs: addresses in hexadecimal. */
function changeFacts(change: TablesChange) {
  if ('index' in change) return change;
  const { sourceId, ...rest } = change;
  const device = formatSourceId(sourceId);
  if (!('input' in rest)) return { device, ...rest };
  const { input, before, after, ...more } = rest;
  const targets = { before: targetFacts(before), after: targetFacts(after) };
  return { device, ...more, input: hex(input), ...targets };
}

const targetFacts = (target: Target | undefined) =>
  target === undefined ? undefined : { output: hex(target.output), permission: permissionText(target.permission) };
