import { Command } from 'commander';
import { TTM } from '../dma-remapping/dma-remapping.ts';
import type { Image } from '../images/image.ts';
import { InputError } from '../images/input-error.ts';
import { type ListOptions, walkTables } from '../tables/list.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { limitOf, parseCount, parseDevice, parsePasid } from './arguments.ts';
import {
  checkTables,
  choicesTaken,
  IMAGE_HELP,
  type ImageArguments,
  openUnit,
  withImageOptions,
} from './image-options.ts';
import { compareListing } from './list-compare.ts';
import { listingFacts } from './list-json.ts';
import { ListingPrinter } from './list-printer.ts';
import type { Output } from './output.ts';
import { unitText } from './unit-text.ts';

interface ListArguments extends ImageArguments {
  readonly domain?: string;
  readonly device?: string;
  readonly pasid?: string;
  readonly limit?: string;
  readonly summary?: boolean;
  readonly compare?: string;
  readonly json?: boolean;
}

/** `vtd list`: what the tables of a unit map. */
export function listCommand(output: Output): Command {
  const command = new Command('list')
    .description('show what the tables in a memory image map: devices, domains, ranges, and entries that would fault')
    .argument('<image>', IMAGE_HELP)
    .option('--domain <id>', 'only this domain-id')
    .option('--device <bb:dd.f>', 'only this device and its domains')
    .option('--pasid <number>', 'only this PASID (scalable mode)')
    .option('--summary', 'leave the ranges out')
    .option('--limit <count>', 'look at no more entries than this (default 4194304)')
    .option('--compare <file>', 'hold what Linux lists in debugfs against the image; exit status 1 if they differ')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Examples:
  vtd list fixtures/linux/legacy48
  vtd list fixtures/linux/legacy48 --device 00:1f.2
  vtd list fixtures/linux/v10-first-stage --summary
  vtd list fixtures/linux/legacy48 --compare debugfs.txt
  vtd list memory.bin --base 0 --cap 0xd2008c222f0606 --ecap 0xf00f4a --root 0x2663000 --haw 48`,
    );
  return withImageOptions(command).action((path: string, options: ListArguments) => list(output, path, options));
}

function list(output: Output, path: string, options: ListArguments): void {
  const wanted = listOptions(options);
  const { image, unit } = openUnit(path, options);
  if (options.compare !== undefined) {
    compareListing(output, image, options.compare, options.unit, options.json === true);
    return;
  }
  checkTables(path, unit);
  if (wanted.pasid !== undefined && unit.rootTable.mode !== TTM.SCALABLE) {
    throw new InputError(`--pasid goes with scalable mode, and the unit of ${path} is in legacy mode`);
  }
  if (options.json === true) output.json(listingFacts(image, unit, wanted));
  else printListing(output, image, unit, wanted, options.summary === true);
}

function listOptions({ domain, device, pasid, limit }: ListArguments): ListOptions {
  return {
    ...(domain === undefined ? {} : { domainId: parseCount(domain, 0, 0xffff, 'a domain-id') }),
    ...(device === undefined ? {} : { sourceId: parseDevice(device) }),
    ...(pasid === undefined ? {} : { pasid: parsePasid(pasid) }),
    ...limitOf(limit),
  };
}

function printListing(output: Output, image: Image, unit: RemappingUnit, options: ListOptions, summary: boolean): void {
  const choices = Object.entries(choicesTaken(image, unit)).map(([name, value]) => `${name}=${value}`);
  const says = [image.description, choices.length === 0 ? '' : `as QEMU does it: ${choices.join(', ')}`];
  const about = says.filter((text) => text !== '').join('; ');
  output.line(`Image    ${image.path}${about === '' ? '' : `: ${about}`}`);
  const filtered = [options.domainId, options.sourceId, options.pasid].some((filter) => filter !== undefined);
  if (!filtered) output.lines(unitText(unit));
  const printer = new ListingPrinter(output, unit, summary);
  for (const item of walkTables(unit, options)) printer.add(item);
  printer.end();
}
