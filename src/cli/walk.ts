import { Command } from 'commander';
import { InputError } from '../images/input-error.ts';
import { dmaRequest } from '../messages/dma-request.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { Explanation } from '../unit/explanation.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { parseAccess, parseAddress, parseAddressType, parseCount, parseDevice, parsePasid } from './arguments.ts';
import { IMAGE_HELP, type ImageArguments, openUnit, withImageOptions } from './image-options.ts';
import type { Output } from './output.ts';
import { type CacheFill, cachesFor } from './walk-caches.ts';
import { walkInterrupt } from './walk-interrupt.ts';
import { walkFacts } from './walk-json.ts';
import { inOwnFormat, printSteps } from './walk-steps.ts';
import { type Asked, askedText, printCaches, printOutcome } from './walk-text.ts';

/** No request of PCI Express is longer, and one of this length crosses one page boundary at most. */
const LONGEST = 4096;

interface WalkArguments extends ImageArguments {
  readonly source: string;
  readonly address?: string;
  /** Address and data of an interrupt request: then there is no address, nor what else belongs to DMA. */
  readonly interrupt?: readonly string[];
  readonly access?: string;
  readonly length?: string;
  readonly type?: string;
  readonly pasid?: string;
  readonly privileged?: boolean;
  readonly execute?: boolean;
  /** False with `--no-snoop`, and `write` with `--no-write`. */
  readonly snoop: boolean;
  readonly write: boolean;
  /** Addresses that the device has read, or asked for interrupts at, before. */
  readonly after?: readonly string[];
  readonly json?: boolean;
}

/** `vtd walk`: what becomes of one request, entry by entry. */
export function walkCommand(output: Output): Command {
  const command = new Command('walk')
    .description(
      'follow one DMA or interrupt request through the tables: every entry, then where it goes or the fault and its causes',
    )
    .argument('<image>', IMAGE_HELP)
    .requiredOption('--source <bb:dd.f>', 'the device that sends the request, or its 16-bit source-id (0xfa)')
    .option('--address <address>', 'the address that it sends, in hexadecimal')
    .option('--interrupt <address data...>', 'in place of --address: an interrupt request, a DWORD write to FEEx_xxxxh')
    .option('--access <access>', 'read, write or atomic (default: read)')
    .option('--length <bytes>', 'bytes (default: 4, and 8 for a translation request)')
    .option('--type <type>', 'untranslated, translation or translated (default: untranslated)')
    .option('--pasid <number>', 'with this PASID')
    .option('--privileged', 'with a PASID: supervisor privilege requested (PR)')
    .option('--execute', 'with a PASID: execute requested (ER)')
    .option('--no-snoop', 'No Snoop is set (NS)')
    .option('--no-write', 'a translation request that wants no write permission (NW)')
    .option(
      '--after <address...>',
      'the device has read these addresses (with --interrupt: sent the data there) before, and the unit has cached all ' +
        'that it may: shows which cache answers',
    )
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Examples:
  vtd walk fixtures/linux/legacy48 --source 00:04.0 --address 0xfffff000
  vtd walk fixtures/linux/legacy48 --source 00:04.0 --address 0x1000 --access write
  vtd walk fixtures/linux/v10-first-stage --source 00:04.0 --address 0xffff4000 --no-snoop
  vtd walk fixtures/linux/legacy48 --source 00:04.0 --address 0xfffff000 --after 0xffffe000
  vtd walk fixtures/linux/legacy48 --source 00:1f.2 --interrupt 0xfee00398 0`,
    );
  return withImageOptions(command).action((path: string, options: WalkArguments) => walk(output, path, options));
}

function walk(output: Output, path: string, options: WalkArguments): void {
  const { interrupt } = options;
  if (interrupt !== undefined) {
    const other = optionOfDma(options);
    if (other !== undefined) throw new InputError(`${other} does not go with --interrupt`);
    walkInterrupt(output, path, { ...options, interrupt });
    return;
  }
  const asked = askedIn(options);
  const filled: CacheFill[] = [];
  const { unit } = openUnit(path, options, cachesFor(options.after, filled));
  for (const before of options.after ?? []) {
    unit.dma(requestOf({ ...asked, address: parseAddress(before, '--after'), access: 'read', ...PLAIN }));
  }
  const explanation = inOwnFormat(unit.explain(requestOf(asked)));
  if (options.json === true) output.json(walkFacts(requestFacts(asked), explanation, filled));
  else printWalk(output, unit, asked, explanation, filled);
}

/** The first option that says something of a DMA request. */
function optionOfDma(options: WalkArguments): string | undefined {
  const { address, access, length, type, pasid, privileged, execute, snoop, write } = options;
  const given: Readonly<Record<string, unknown>> = {
    '--address': address,
    '--access': access,
    '--length': length,
    '--type': type,
    '--pasid': pasid,
    '--privileged': privileged,
    '--execute': execute,
    '--no-snoop': snoop ? undefined : true,
    '--no-write': write ? undefined : true,
  };
  return Object.keys(given).find((name) => given[name] !== undefined);
}

/** An untranslated request of 4 bytes. */
const PLAIN = { type: 'untranslated', length: 4, noWrite: false } as const;

function askedIn(options: WalkArguments): Asked {
  const { length, pasid, privileged = false, execute = false, snoop, write } = options;
  if (options.address === undefined) throw new InputError('expected --address, or --interrupt with address and data');
  const type = parseAddressType(options.type ?? 'untranslated');
  if (pasid === undefined && privileged) throw new InputError('--privileged goes with --pasid');
  if (pasid === undefined && execute) throw new InputError('--execute goes with --pasid');
  if (!write && type !== 'translation') throw new InputError('--no-write goes with --type translation');
  if (!snoop && type === 'translation') throw new InputError('--no-snoop does not go with --type translation');
  return {
    sourceId: parseDevice(options.source),
    address: parseAddress(options.address, '--address'),
    access: parseAccess(options.access ?? 'read'),
    length: length === undefined ? (type === 'translation' ? 8 : 4) : parseCount(length, 1, LONGEST, '--length'),
    type,
    ...(pasid === undefined ? {} : { pasid: parsePasid(pasid) }),
    privileged,
    execute,
    noSnoop: !snoop,
    noWrite: !write,
  };
}

function requestFacts({ sourceId, ...rest }: Asked) {
  return { source: formatSourceId(sourceId), ...rest };
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
  printOutcome(output, outcome, steps);
  if (outcome.kind === 'interrupt')
    output.line(output.dim('         The data are taken to be 0: --interrupt takes others.'));
}
