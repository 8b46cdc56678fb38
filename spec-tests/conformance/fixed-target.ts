import { createInterface } from 'node:readline';
import { answers, type Call, ErrorCode, type JsonObject, Refusal } from '../../src/oracle/json-rpc.ts';
import { callsOf } from '../../src/oracle/methods.ts';
import { Session } from '../../src/oracle/session.ts';
import { PRESETS, type Preset } from '../../src/platform/presets.ts';

/**
 * `tsx spec-tests/conformance/fixed-target.ts PRESET [bare]`: the model as a unit of hardware is, whatever it is asked to
 * be. With `bare` it tells outcome and address alone, has no features, and no device that sends atomic requests.
 */
const [, , name = '', bare] = process.argv;
const { unit, choices = {} }: Preset = PRESETS[name as keyof typeof PRESETS];
const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
const fixed = {
  version: hex(unit.version),
  hostAddressWidth: unit.hostAddressWidth,
  capabilities: hex(unit.capabilities),
  extendedCapabilities: hex(unit.extendedCapabilities),
  choices,
};

const perform = callsOf(new Session());
const call: Call = (method, params) => {
  if (bare !== undefined && method === 'dma' && (params as JsonObject).access === 'atomic') {
    throw new Refusal(ErrorCode.SERVER, 'no device sends atomic requests');
  }
  if (method !== 'initialize') return bare === undefined ? perform(method, params) : bareOf(perform(method, params));
  const { caches = 'full' } = (params as { readonly unit?: JsonObject } | undefined)?.unit ?? {};
  const reply = perform('initialize', { unit: { ...fixed, caches } });
  return bare === undefined ? reply : { ...reply, features: [] };
};

/** An answer without what only a model knows; `CA` is one kind of refusal among others. */
function bareOf(reply: JsonObject): JsonObject {
  const { outcome, address } = reply;
  if (outcome === undefined || outcome === 'delivered' || outcome === 'posted') return reply;
  return { outcome: outcome === 'CA' ? 'UR' : outcome, ...(address === undefined ? {} : { address }) };
}

for await (const line of createInterface({ input: process.stdin })) {
  for (const piece of answers(line, call)) process.stdout.write(piece);
  if (line.includes('"shutdown"')) break;
}
