import type { Command } from 'commander';
import type { Caches } from '../caches/caches.ts';
import type { CachePolicy } from '../caches/policy.ts';
import { TTM } from '../dma-remapping/dma-remapping.ts';
import { hexadecimal, parseHexadecimal } from '../images/hexadecimal.ts';
import { type Image, type ImageOptions, openImage, type Region } from '../images/image.ts';
import { InputError, quoted } from '../images/input-error.ts';
import { unitOf } from '../images/unit.ts';
import { CHOICE_VALUES, type Choices, choicesWith, DEFAULT_CHOICES } from '../platform/choices.ts';
import { GSTS_REG } from '../registers/global.ts';
import { whyNotListed } from '../tables/list.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { parseCount } from './arguments.ts';

/** What {@link withImageOptions} puts among a command's options. */
export interface ImageArguments {
  readonly base?: string;
  readonly region?: readonly string[];
  readonly haw?: string;
  readonly cap?: string;
  readonly ecap?: string;
  readonly root?: string;
  readonly irta?: string;
  readonly unit?: string;
  readonly choice?: readonly string[];
}

/** What IMAGE may be, for the help of each command that takes one. */
export const IMAGE_HELP =
  'a folder with dump.json and dmar.bin, such a JSON file, an ELF core, a dump of makedumpfile, a hex dump, listings of Linux in debugfs, or with --base a raw file';

export function withImageOptions(command: Command): Command {
  return command
    .option('--base <address>', 'IMAGE is raw memory that begins at this address')
    .option(
      '--region <file@address>',
      'more raw memory, which begins at this address; may be repeated',
      (region: string, others: readonly string[]) => [...others, region],
      [],
    )
    .option('--cap <value>', 'CAP_REG, if the image does not hold it')
    .option('--ecap <value>', 'ECAP_REG, likewise')
    .option('--root <value>', 'RTADDR_REG, likewise')
    .option('--irta <value>', 'IRTA_REG, likewise')
    .option('--haw <bits>', 'host address width, likewise')
    .option('--unit <name>', 'of debugfs listings with several units the one that is meant: dmar0')
    .option(
      '--choice <name=value>',
      'how the unit takes a freedom that the specification leaves; may be repeated',
      (choice: string, others: readonly string[]) => [...others, choice],
      [],
    );
}

const CHOICE_NAMES = Object.keys(CHOICE_VALUES) as (keyof Choices)[];

/** The image that a command was given, and a unit in its state that remembers nothing, or has these caches. */
export function openUnit(
  path: string,
  options: ImageArguments,
  caches: CachePolicy | Caches = 'none',
): { image: Image; unit: RemappingUnit } {
  const image = openImage(path, imageOptions(options));
  return { image, unit: unitOf(image, choicesIn(options.choice ?? []), caches) };
}

/** Throws an InputError that says why the tables of a unit cannot be listed. */
export function checkTables(path: string, unit: RemappingUnit): void {
  const why = withoutRootTable(unit) ?? whyNotListed(unit);
  if (why !== undefined) throw new InputError(`${path}: ${why}`);
}

function withoutRootTable({ registers }: RemappingUnit): string | undefined {
  if (GSTS_REG.RTPS(registers.words('GSTS_REG')) === 1) return undefined;
  return 'software has not given the unit a root table (GSTS_REG.RTPS is 0)';
}

/**
 * The choices that an image brings and that were not replaced, where they have a say: all that are known concern
 * scalable mode.
 */
export function choicesTaken({ choices }: Image, unit: RemappingUnit): Partial<Choices> {
  if (unit.rootTable.mode !== TTM.SCALABLE) return {};
  const taken = CHOICE_NAMES.filter((name) => choices[name] !== undefined && choices[name] === unit.choices[name]);
  return Object.fromEntries(taken.map((name) => [name, choices[name]]));
}

/** Choices as they are written, `pageCrossing=blocked`; those that are not stay as the image has them. */
function choicesIn(texts: readonly string[]): Partial<Choices> {
  const pairs = texts.map((text): [string, boolean | number | string] => {
    const [name = '', value = ''] = text.split('=');
    const type = typeof DEFAULT_CHOICES[name as keyof Choices];
    if (type === 'boolean' && (value === 'true' || value === 'false')) return [name, value === 'true'];
    return [name, type === 'number' && /^\d+$/.test(value) ? Number(value) : value];
  });
  const given = Object.fromEntries(pairs);
  try {
    const choices = choicesWith(given);
    return Object.fromEntries(Object.entries(choices).filter(([name]) => Object.hasOwn(given, name)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(error.message);
  }
}

function imageOptions({ base, region = [], haw, cap, ecap, root, irta, unit }: ImageArguments): ImageOptions {
  const hostAddressWidth = haw === undefined ? undefined : parseCount(haw, 32, 52, '--haw');
  const rootTable = root === undefined ? undefined : parseTable(root, hostAddressWidth, '--root');
  const interruptTable = irta === undefined ? undefined : parseTable(irta, hostAddressWidth, '--irta');
  return {
    ...(base === undefined ? {} : { base: parseHexadecimal(base, 52, '--base') }),
    ...(region.length === 0 ? {} : { regions: region.map(parseRegion) }),
    ...(hostAddressWidth === undefined ? {} : { hostAddressWidth }),
    ...(cap === undefined ? {} : { capabilities: parseHexadecimal(cap, 64, '--cap') }),
    ...(ecap === undefined ? {} : { extendedCapabilities: parseHexadecimal(ecap, 64, '--ecap') }),
    ...(rootTable === undefined ? {} : { root: rootTable }),
    ...(interruptTable === undefined ? {} : { interruptTable }),
    ...(unit === undefined ? {} : { listedUnit: unit }),
  };
}

/** A file, and the address of its first byte behind the last @. */
function parseRegion(text: string): Region {
  const at = text.lastIndexOf('@');
  if (at < 1) throw new InputError(`--region is a file and an address, FILE@0x100000000, got ${quoted(text)}`);
  return { path: text.slice(0, at), base: parseHexadecimal(text.slice(at + 1), 52, 'the address of --region') };
}

/** A register that points to a table. */
function parseTable(text: string, hostAddressWidth: number | undefined, option: string): bigint {
  const value = parseHexadecimal(text, 64, option);
  if (hostAddressWidth === undefined || value >> BigInt(hostAddressWidth) === 0n) return value;
  throw new InputError(`${option} is below 2^${hostAddressWidth}, got ${hexadecimal(value)}`);
}
