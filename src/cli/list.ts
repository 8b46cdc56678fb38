import { Command } from 'commander';
import type { Image } from '../images/image.ts';
import { InputError } from '../images/input-error.ts';
import { GSTS_REG } from '../registers/global.ts';
import type { Device, Domain, Problem } from '../tables/items.ts';
import { type ListOptions, walkTables, whyNotListed } from '../tables/list.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { parseCount, parseDevice } from './arguments.ts';
import { IMAGE_HELP, type ImageArguments, openUnit, withImageOptions } from './image-options.ts';
import { listingFacts } from './list-json.ts';
import {
  devicesText,
  domainText,
  mappingHeader,
  mappingText,
  problemText,
  type Widths,
  widthsOf,
} from './list-text.ts';
import { Totals } from './list-totals.ts';
import type { Output } from './output.ts';
import { countText, pageRange } from './text.ts';
import { unitText } from './unit-text.ts';

interface ListArguments extends ImageArguments {
  readonly domain?: string;
  readonly device?: string;
  readonly limit?: string;
  readonly summary?: boolean;
  readonly json?: boolean;
}

/** `vtd list`: what the tables of a unit map. */
export function listCommand(output: Output): Command {
  const command = new Command('list')
    .description('show what the tables in a memory image map: devices, domains, ranges, and entries that would fault')
    .argument('<image>', IMAGE_HELP)
    .option('--domain <id>', 'only this domain-id')
    .option('--device <bb:dd.f>', 'only this device and its domain')
    .option('--summary', 'leave the ranges out')
    .option('--limit <count>', 'look at no more entries than this (default 4194304)')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Examples:
  vtd list fixtures/linux/legacy48
  vtd list fixtures/linux/legacy48 --device 00:1f.2
  vtd list memory.bin --base 0 --cap 0xd2008c222f0606 --ecap 0xf00f4a --root 0x2663000 --haw 48`,
    );
  return withImageOptions(command).action((path: string, options: ListArguments) => list(output, path, options));
}

function list(output: Output, path: string, options: ListArguments): void {
  const wanted = listOptions(options);
  const { image, unit } = openUnit(path, options);
  const why = withoutRootTable(unit) ?? whyNotListed(unit);
  if (why !== undefined) throw new InputError(`${path}: ${why}`);
  if (options.json === true) output.json(listingFacts(image, unit, wanted));
  else printListing(output, image, unit, wanted, options.summary === true);
}

function withoutRootTable({ registers }: RemappingUnit): string | undefined {
  if (GSTS_REG.RTPS(registers.words('GSTS_REG')) === 1) return undefined;
  return 'software has not given the unit a root table (GSTS_REG.RTPS is 0)';
}

function listOptions({ domain, device, limit }: ListArguments): ListOptions {
  return {
    ...(domain === undefined ? {} : { domainId: parseCount(domain, 0, 0xffff, 'a domain-id') }),
    ...(device === undefined ? {} : { sourceId: parseDevice(device) }),
    ...(limit === undefined ? {} : { limit: parseCount(limit, 1, 2 ** 32 - 1, '--limit') }),
  };
}

/** Ranges are printed as they are found: there may be millions. */
function printListing(output: Output, image: Image, unit: RemappingUnit, options: ListOptions, summary: boolean): void {
  const totals = new Totals();
  const devices: Device[] = [];
  const problems: Problem[] = [];
  let widths: Widths = { input: 0, output: 0 };
  let printed = 0;
  let stoppedAfter: number | undefined;
  const noRanges = () => {
    if (!summary && totals.domains > 0 && printed === 0) output.line('  nothing is mapped');
  };
  const beginDomain = (domain: Domain) => {
    if (totals.domains === 0) printDevices(output, devices);
    noRanges();
    widths = widthsOf(unit, domain);
    printed = 0;
    if (summary) return;
    output.line();
    const [title = '', ...more] = domainText(domain);
    output.line(output.heading(title));
    output.lines(more);
  };
  output.line(`Image    ${image.path}${image.description === '' ? '' : `: ${image.description}`}`);
  if (options.domainId === undefined && options.sourceId === undefined) output.lines(unitText(unit));
  for (const item of walkTables(unit, options)) {
    switch (item.kind) {
      case 'device':
        devices.push(item);
        break;
      case 'domain':
        beginDomain(item);
        break;
      case 'mapping':
        if (summary) break;
        if (printed === 0) output.line(output.dim(mappingHeader(widths)));
        output.line(mappingText(item, widths));
        printed += 1;
        break;
      case 'unreachable':
        printed += 1;
        if (!summary)
          output.line(`  ${pageRange(item.input, item.pages)} is for interrupts and never looked up (§3.15)`);
        break;
      case 'problem':
        problems.push(item);
        break;
      case 'stopped':
        stoppedAfter = item.entries;
        break;
      case 'bus':
        break;
    }
    totals.add(item);
  }
  noRanges();
  if (totals.domains === 0) printDevices(output, devices);
  output.line();
  output.line(output.heading(problems.length === 0 ? 'No problems' : 'Problems'));
  for (const problem of problems) {
    const [title = '', ...more] = problemText(problem, unit);
    output.line(output.bad(title));
    output.lines(more);
  }
  output.line();
  output.lines(totals.text(output.heading('Totals')));
  if (stoppedAfter !== undefined) {
    output.line(
      output.bad(`Stopped after ${stoppedAfter} entries: tables that lead back to themselves? (--limit goes further)`),
    );
  }
}

function printDevices(output: Output, devices: readonly Device[]): void {
  output.line();
  output.line(output.heading(countText(devices.length, 'device').replace(/^./, (first) => first.toUpperCase())));
  if (devices.length > 0) output.lines(devicesText(devices));
}
