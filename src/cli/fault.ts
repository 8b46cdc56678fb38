import { Command } from 'commander';
import { readBytes, readStandardInput } from '../images/files.ts';
import { parseHexadecimal } from '../images/hexadecimal.ts';
import { InputError, quoted } from '../images/input-error.ts';
import { requestOf, unitWith } from '../logs/dumped-tables.ts';
import { type LoggedFaults, readFaultLog } from '../logs/fault-log.ts';
import { faultInRecord } from '../logs/fault-record.ts';
import type { LoggedFault } from '../logs/logged-fault.ts';
import { interruptRequest } from '../messages/interrupt-request.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { configurationGiven } from './decode-unit.ts';
import { conditionsOf, faultFacts, printFaults, type Walked } from './fault-text.ts';
import { IMAGE_HELP, type ImageArguments, openUnit, withImageOptions } from './image-options.ts';
import type { Output } from './output.ts';
import { inOwnFormat } from './walk-steps.ts';

interface FaultArguments extends ImageArguments {
  readonly log?: string;
  readonly record?: readonly string[];
  readonly image?: string;
  readonly json?: boolean;
}

/** Both halves of a fault record. */
const RECORD_QWORDS = 2;
/** The widest unit that there can be, for entries of which nobody said where they come from. */
const WIDEST = '52';

/** `vtd fault`: what a line of a log, or a fault record, means. */
export function faultCommand(output: Output): Command {
  const command = new Command('fault')
    .description(
      'what a fault in a log of Linux, Xen, FreeBSD or QEMU means: the condition, its usual causes, and the walk that led to it',
    )
    .argument('[line...]', 'lines of a log; without any the log is read from standard input')
    .option('--log <file>', 'a whole log')
    .option(
      '--record <value...>',
      'a fault record, FRCD_REG: one number of 128 bits, or two words with the lower first',
    )
    .option('--image <image>', `the tables, to walk what faulted: ${IMAGE_HELP}`)
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Where a log holds the entries of the walk, as Linux prints them with CONFIG_DMAR_DEBUG and Xen with iommu=debug, they are judged
without an image; --haw, --cap and --ecap then say what the unit can do, as \`vtd decode\` takes them.

Examples:
  vtd fault 'DMAR: [DMA Read NO_PASID] Request device [00:02.0] fault addr 0xb8000000 [fault reason 0x06] ...'
  dmesg | vtd fault
  vtd fault --record 0x12345000 0xc0000006000000fa
  vtd fault --log dmesg.txt --image fixtures/linux/legacy48`,
    );
  return withImageOptions(command).action((lines: readonly string[], options: FaultArguments) =>
    fault(output, lines, options),
  );
}

function fault(output: Output, lines: readonly string[], options: FaultArguments): void {
  const found = faultsIn(lines, options);
  const unit = options.image === undefined ? undefined : openUnit(options.image, options).unit;
  const walked = found.map((one): Walked => ({ ...one, ...walkOf(one, unit, options) }));
  if (options.json === true) output.json(walked.map(faultFacts));
  else printFaults(output, walked);
}

function faultsIn(lines: readonly string[], { log, record }: FaultArguments): readonly LoggedFaults[] {
  if ([lines.length > 0, log !== undefined, record !== undefined].filter(Boolean).length > 1) {
    throw new InputError('expected lines, --log or --record, and only one of them');
  }
  if (record !== undefined) return [alone(recordIn(record))];
  const text = lines.length > 0 ? lines.join('\n') : textOf(log);
  const found = readFaultLog(text);
  if (found.length > 0) return found;
  const where = lines.length > 0 ? `got ${quoted(text)}` : `there is none in ${log ?? 'standard input'}`;
  throw new InputError(
    `expected a line with a fault, such as "DMAR: [DMA Read] Request device [00:02.0] ...": ${where}`,
  );
}

function alone(one: LoggedFault): LoggedFaults {
  const { address } = one;
  const places = address === undefined ? {} : { lowest: address, highest: address };
  return { fault: one, firstLine: 1, lastLine: 1, count: 1, ...places };
}

function textOf(log: string | undefined): string {
  if (log !== undefined) return new TextDecoder().decode(readBytes(log, 'a log'));
  if (process.stdin.isTTY) throw new InputError('expected lines, --log, --record, or a log on standard input');
  return readStandardInput();
}

function recordIn(values: readonly string[]): LoggedFault {
  if (values.length > RECORD_QWORDS) {
    throw new InputError(`--record is one number of 128 bits or two words of 64 bits, got ${values.length} values`);
  }
  const width = values.length === 1 ? 128 : 64;
  const [low = 0n, high = 0n] = values.map((text) => parseHexadecimal(text, width, '--record'));
  const value = low | (high << 64n);
  return faultInRecord(Uint32Array.from({ length: 4 }, (_, n) => Number((value >> BigInt(32 * n)) & 0xffff_ffffn)));
}

/** The walk of a fault: through the image if there is one, else through the entries that the log holds. */
function walkOf(
  { fault: one, dump }: LoggedFaults,
  image: RemappingUnit | undefined,
  options: FaultArguments,
): Pick<Walked, 'walk' | 'unit'> {
  if (conditionsOf(one).length === 0) return {};
  if (image !== undefined && one.kind === 'interrupt') {
    const { index = 0, sourceId } = one;
    // §5.1.2.2: with SHV=0 the handle is the index, its bits 14:0 in 19:5 and its bit 15 in 2.
    const address = 0xfee0_0010n | (BigInt(index & 0x7fff) << 5n) | (BigInt(index >>> 15) << 2n);
    return { walk: inOwnFormat(image.explainInterrupt(interruptRequest({ sourceId, address, data: 0 }))), unit: image };
  }
  const request = requestOf(one);
  if (request === undefined) return {};
  const unit = image ?? (dump === undefined ? undefined : unitWith(dump, request, unitParameters(options)));
  return unit === undefined ? {} : { walk: inOwnFormat(unit.explain(request)), unit };
}

const unitParameters = ({ haw = WIDEST, cap, ecap }: FaultArguments) =>
  configurationGiven({ haw, ...(cap === undefined ? {} : { cap }), ...(ecap === undefined ? {} : { ecap }) })!;
