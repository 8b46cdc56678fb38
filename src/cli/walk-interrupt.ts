import { hexadecimal, parseHexadecimal } from '../images/hexadecimal.ts';
import { InputError } from '../images/input-error.ts';
import { CompatibilityFormat, RemappableFormat } from '../messages/interrupt-formats.ts';
import { type InterruptRequest, interruptRequest } from '../messages/interrupt-request.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { parseAddress, parseDevice } from './arguments.ts';
import { type ImageArguments, openUnit } from './image-options.ts';
import { fieldsText } from './interrupt-text.ts';
import type { Output } from './output.ts';
import { countText } from './text.ts';
import { type CacheFill, cachesFor } from './walk-caches.ts';
import { walkFacts } from './walk-json.ts';
import { inOwnFormat, printSteps } from './walk-steps.ts';
import { printCaches, printOutcome } from './walk-text.ts';

/** The options of `vtd walk` that go with --interrupt. */
export interface InterruptArguments extends ImageArguments {
  readonly source: string;
  /** Address and data. */
  readonly interrupt: readonly string[];
  /** Addresses that the device has written before. */
  readonly after?: readonly string[];
  readonly json?: boolean;
}

/** `vtd walk --interrupt`: what becomes of one interrupt request, entry by entry, §5.1.4. */
export function walkInterrupt(output: Output, path: string, options: InterruptArguments): void {
  const request = requestIn(options);
  const filled: CacheFill[] = [];
  const { unit } = openUnit(path, options, cachesFor(options.after, filled));
  for (const before of options.after ?? []) unit.interrupt(requestAt(request, parseAddress(before, '--after')));
  const explanation = inOwnFormat(unit.explainInterrupt(request));
  if (options.json === true) {
    output.json(walkFacts(requestFacts(request), explanation, filled));
    return;
  }
  const { sourceId, address, data } = request;
  const what = `address ${hexadecimal(address)}, data ${hexadecimal(data)}`;
  output.line(output.heading(`Interrupt request by ${formatSourceId(sourceId)}: ${what}`));
  output.line(formatText(request));
  output.line();
  printCaches(output, 'Cached by the requests before', filled);
  printCaches(output, 'Answered by a cache in place of memory', explanation.cached);
  if (!unit.interruptRemappingEnabled) output.line('Interrupt remapping is off in this image (GSTS_REG.IRES is 0).');
  printSteps(output, explanation.steps, unit);
  if (explanation.steps.length > 0) output.line();
  printOutcome(output, explanation.outcome, explanation.steps);
}

function requestIn({ interrupt, source }: InterruptArguments): InterruptRequest {
  const [address, data] = interrupt;
  if (address === undefined || data === undefined || interrupt.length !== 2) {
    const count = countText(interrupt.length, 'value');
    throw new InputError(`--interrupt is followed by the address and the data of the write, got ${count}`);
  }
  const asked = {
    sourceId: parseDevice(source),
    data: Number(parseHexadecimal(data, 32, 'the data of --interrupt')),
  };
  return requestAt(asked, parseAddress(address, 'the address of --interrupt'));
}

function requestAt({ sourceId, data }: Pick<InterruptRequest, 'sourceId' | 'data'>, address: bigint): InterruptRequest {
  try {
    return interruptRequest({ sourceId, address, data });
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(error.message);
    throw error;
  }
}

/** What the request asks for, §5.1.2. */
function formatText(request: InterruptRequest): string {
  if (!isRemappable(request)) return `  compatibility format: ${fieldsText(compatibilityFields(request))}`;
  const { handle, subhandle, index } = remappableFields(request);
  const sum = subhandle === undefined ? '' : `, subhandle ${subhandle}`;
  return `  remappable format: handle ${handle}${sum}, so index ${index}`;
}

function requestFacts(request: InterruptRequest) {
  const { sourceId, address, data } = request;
  const sent = { source: formatSourceId(sourceId), address: hexadecimal(address), data: hexadecimal(data) };
  return isRemappable(request)
    ? { ...sent, format: 'remappable', ...remappableFields(request) }
    : { ...sent, format: 'compatibility', ...compatibilityFields(request) };
}

const isRemappable = ({ address, data }: InterruptRequest): boolean =>
  RemappableFormat.FORMAT.ofQword(address, data) === 1;

function remappableFields({ address, data }: InterruptRequest) {
  const { HANDLE_15, HANDLE_14_0, SHV, SUBHANDLE } = RemappableFormat;
  const handle = (HANDLE_15.ofQword(address, data) << 15) | HANDLE_14_0.ofQword(address, data);
  if (SHV.ofQword(address, data) === 0) return { handle, subhandle: undefined, index: handle };
  const subhandle = SUBHANDLE.ofQword(address, data);
  return { handle, subhandle, index: handle + subhandle };
}

function compatibilityFields({ address, data }: InterruptRequest) {
  const { V, DST, DM, RH, DLM, TM } = CompatibilityFormat;
  return {
    vector: V.ofQword(address, data),
    destination: DST.ofQword(address, data),
    destinationMode: DM.ofQword(address, data),
    redirectionHint: RH.ofQword(address, data),
    deliveryMode: DLM.ofQword(address, data),
    triggerMode: TM.ofQword(address, data),
  };
}
