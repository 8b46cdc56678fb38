import { parseHexadecimal } from '../images/hexadecimal.ts';
import { InputError, quoted } from '../images/input-error.ts';
import type { DeviceMessages, LintOptions, RedirectionEntryOf, ReservedRegion } from '../lint/options.ts';
import { interruptRequest } from '../messages/interrupt-request.ts';
import { limitOf, parseDevice } from './arguments.ts';

/** Options that say what the tables should serve. */
export interface LintedArguments {
  readonly device: readonly string[];
  readonly interruptSource: readonly string[];
  readonly rmrr: readonly string[];
  readonly msi: readonly string[];
  readonly rte: readonly string[];
  readonly limit?: string;
  readonly all?: boolean;
}

/** What the linter is told on the command line. Throws an InputError for the first thing that cannot be read. */
export function lintOptions({ device, interruptSource, rmrr, msi, rte, limit, all }: LintedArguments): LintOptions {
  return {
    devices: device.map((text) => ({ sourceId: parseDevice(text) })),
    ...(interruptSource.length === 0 ? {} : { interruptSources: interruptSource.map(parseDevice) }),
    reservedRegions: rmrr.map(parseRegion),
    messages: msi.map(parseMessages),
    redirectionEntries: rte.map(parseRedirectionEntry),
    ...limitOf(limit),
    all: all === true,
  };
}

function parseRegion(text: string): ReservedRegion {
  const [, base, limit, devices] = /^([^-=]+)-([^-=]+)=(.+)$/.exec(text) ?? [];
  if (base === undefined || limit === undefined || devices === undefined) {
    throw new InputError(`--rmrr is base-limit=device,device (bdf6f000-bdf6ffff=00:02.0), got ${quoted(text)}`);
  }
  return {
    base: parseHexadecimal(base, 64, 'the base of --rmrr'),
    limit: parseHexadecimal(limit, 64, 'the limit of --rmrr'),
    devices: devices.split(',').map(parseDevice),
  };
}

function parseMessages(text: string): DeviceMessages {
  const [, device, address, data, count = '1'] = /^([^=]+)=([^:]+):([^*]+)(?:\*(\d+))?$/.exec(text) ?? [];
  if (device === undefined || address === undefined || data === undefined || !/^(?:1|2|4|8|16|32)$/.test(count)) {
    throw new InputError(
      `--msi is device=address:data, and *4 for four messages (00:1f.2=fee003b8:0*4), got ${quoted(text)}`,
    );
  }
  const message = {
    sourceId: parseDevice(device),
    address: parseHexadecimal(address, 64, 'the address of --msi'),
    data: Number(parseHexadecimal(data, 32, 'the data of --msi')),
  };
  try {
    interruptRequest(message);
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(`--msi ${quoted(text)}: ${error.message}`);
    throw error;
  }
  return { ...message, count: Number(count) };
}

function parseRedirectionEntry(text: string): RedirectionEntryOf {
  const [, device, value] = /^([^=]+)=([^=]+)$/.exec(text) ?? [];
  if (device === undefined || value === undefined) {
    throw new InputError(`--rte is device=entry (f0:1f.0=0001000000010931), got ${quoted(text)}`);
  }
  return { sourceId: parseDevice(device), value: parseHexadecimal(value, 64, 'the entry of --rte') };
}
