import { Command } from 'commander';
import { wordsText } from '../bits/words-text.ts';
import type { Caches } from '../caches/caches.ts';
import { cachesOf } from '../caches/remembering.ts';
import { type CacheEvent, TracedCaches } from '../caches/traced-caches.ts';
import { CAUSES } from '../conditions/causes.ts';
import { InputError } from '../images/input-error.ts';
import { dmaRequest } from '../messages/dma-request.ts';
import type { Outcome } from '../messages/outcome.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { Explanation, Step } from '../unit/explanation.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { parseAccess, parseAddress, parseAddressType, parseCount, parseDevice, parsePasid } from './arguments.ts';
import { shownFields } from './fields.ts';
import { IMAGE_HELP, type ImageArguments, openUnit, withImageOptions } from './image-options.ts';
import type { Output } from './output.ts';
import { printSteps } from './walk-steps.ts';
import { type Asked, answersOf, askedText, printCaches, printOutcome } from './walk-text.ts';

/** No request of PCI Express is longer, and one of this length crosses one page boundary at most. */
const LONGEST = 4096;

interface WalkArguments extends ImageArguments {
  readonly source: string;
  readonly address: string;
  readonly access: string;
  readonly length?: string;
  readonly type: string;
  readonly pasid?: string;
  readonly privileged?: boolean;
  readonly execute?: boolean;
  /** False with `--no-snoop`, and `write` with `--no-write`. */
  readonly snoop: boolean;
  readonly write: boolean;
  /** Addresses that the device has read before. */
  readonly after?: readonly string[];
  readonly json?: boolean;
}

/** `vtd walk`: what becomes of one request, entry by entry. */
export function walkCommand(output: Output): Command {
  const command = new Command('walk')
    .description(
      'follow one DMA request through the tables: every entry, then the host address or the fault and its causes',
    )
    .argument('<image>', IMAGE_HELP)
    .requiredOption('--source <bb:dd.f>', 'the device that sends the request, or its 16-bit source-id (0xfa)')
    .requiredOption('--address <address>', 'the address that it sends, in hexadecimal')
    .option('--access <access>', 'read, write or atomic', 'read')
    .option('--length <bytes>', 'bytes (default: 4, and 8 for a translation request)')
    .option('--type <type>', 'untranslated, translation or translated', 'untranslated')
    .option('--pasid <number>', 'with this PASID')
    .option('--privileged', 'with a PASID: supervisor privilege requested (PR)')
    .option('--execute', 'with a PASID: execute requested (ER)')
    .option('--no-snoop', 'No Snoop is set (NS)')
    .option('--no-write', 'a translation request that wants no write permission (NW)')
    .option(
      '--after <address...>',
      'the device has read these addresses before, and the unit has cached all that it may: shows which cache answers',
    )
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Examples:
  vtd walk fixtures/linux/legacy48 --source 00:04.0 --address 0xfffff000
  vtd walk fixtures/linux/legacy48 --source 00:04.0 --address 0x1000 --access write
  vtd walk fixtures/linux/v10-first-stage --source 00:04.0 --address 0xffff4000 --no-snoop
  vtd walk fixtures/linux/legacy48 --source 00:04.0 --address 0xfffff000 --after 0xffffe000`,
    );
  return withImageOptions(command).action((path: string, options: WalkArguments) => walk(output, path, options));
}

function walk(output: Output, path: string, options: WalkArguments): void {
  const asked = askedIn(options);
  const filled: CacheFill[] = [];
  const { unit } = openUnit(path, options, cachesFor(options, filled));
  for (const before of options.after ?? []) {
    unit.dma(requestOf({ ...asked, address: parseAddress(before, '--after'), access: 'read', ...PLAIN }));
  }
  const explanation = unit.explain(requestOf(asked));
  if (options.json === true)
    output.json({ ...walkFacts(asked, explanation), ...(filled.length === 0 ? {} : { filled }) });
  else printWalk(output, unit, asked, explanation, filled);
}

/** What a read before has left in a cache. */
type CacheFill = Extract<CacheEvent, { readonly kind: 'hit' | 'fill' }>;

/** An untranslated request of 4 bytes. */
const PLAIN = { type: 'untranslated', length: 4, noWrite: false } as const;

/** Without reads before there is nothing to remember. */
function cachesFor({ after }: WalkArguments, filled: CacheFill[]): Caches | 'none' {
  if (after === undefined) return 'none';
  const tell = (event: CacheEvent) => {
    if (event.kind === 'fill') filled.push(event);
  };
  return new TracedCaches(cachesOf('full', false)!, tell);
}

function askedIn(options: WalkArguments): Asked {
  const { length, pasid, privileged = false, execute = false, snoop, write } = options;
  const type = parseAddressType(options.type);
  if (pasid === undefined && privileged) throw new InputError('--privileged goes with --pasid');
  if (pasid === undefined && execute) throw new InputError('--execute goes with --pasid');
  if (!write && type !== 'translation') throw new InputError('--no-write goes with --type translation');
  if (!snoop && type === 'translation') throw new InputError('--no-snoop does not go with --type translation');
  return {
    sourceId: parseDevice(options.source),
    address: parseAddress(options.address, '--address'),
    access: parseAccess(options.access),
    length: length === undefined ? (type === 'translation' ? 8 : 4) : parseCount(length, 1, LONGEST, '--length'),
    type,
    ...(pasid === undefined ? {} : { pasid: parsePasid(pasid) }),
    privileged,
    execute,
    noSnoop: !snoop,
    noWrite: !write,
  };
}

function requestOf(asked: Asked) {
  try {
    return dmaRequest(asked);
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(error.message);
    throw error;
  }
}

function printWalk(
  output: Output,
  unit: RemappingUnit,
  asked: Asked,
  { steps, cached, outcome }: Explanation,
  filled: readonly CacheFill[],
): void {
  output.line(output.heading(askedText(asked)));
  output.line();
  printCaches(output, 'Cached by the reads before', filled);
  printCaches(output, 'Answered by a cache in place of memory', cached);
  if (!unit.translationEnabled) output.line('Translation is off in this image (GSTS_REG.TES is 0).');
  printSteps(output, steps, unit);
  if (steps.length > 0) output.line();
  printOutcome(output, outcome);
}

function walkFacts({ sourceId, ...rest }: Asked, { steps, cached, outcome }: Explanation) {
  return {
    request: { source: formatSourceId(sourceId), ...rest },
    steps: steps.map(stepFacts),
    ...(cached.length === 0 ? {} : { cached }),
    outcome: outcomeFacts(outcome),
  };
}

function stepFacts({ format, address, words, rule }: Step) {
  const place = { structure: format.title, section: format.section, address, rule };
  if (words === undefined) return { ...place, refused: true };
  const fields = Object.fromEntries(shownFields(format.fields, words).map(({ name, value }) => [name, value]));
  return { ...place, value: wordsText(words), fields };
}

function outcomeFacts(outcome: Outcome) {
  const fault = 'fault' in outcome ? outcome.fault : undefined;
  if (fault === undefined) return outcome;
  const { code, reason, meaning, qualified } = fault.condition;
  const answers = Object.fromEntries(answersOf(fault.condition));
  const { notRecorded } = fault;
  return { ...outcome, fault: { code, reason, meaning, qualified, notRecorded, answers, causes: CAUSES[code] ?? [] } };
}
