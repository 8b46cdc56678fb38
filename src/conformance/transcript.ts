import type { JsonObject } from '../oracle/json-rpc.ts';
import { lineOf } from '../oracle/text-client.ts';
import { registersText } from '../oracle/text-replies.ts';
import { answersOf } from '../vectors/differences.ts';
import type { VectorRun, VectorStep, VectorUnit } from '../vectors/types.ts';
import { callsOfRun, type RunCall } from './calls.ts';
import { bytesPattern, eventsPattern, numberPattern, type OutcomePattern, outcomePattern } from './patterns.ts';

/**
 * A run as lines of the text dialect: `> ` and a request, then `< ` and what the reply has to be, as a pattern of
 * fnmatch(3); of several `< ` lines one has to match. `# ` is for the reader.
 */
export function transcriptOf(run: VectorRun): readonly string[] {
  const { id, group, case: one } = run;
  const { version, hostAddressWidth, capabilities, extendedCapabilities, registers } = group.unit;
  const unit = { version, hostAddressWidth, capabilities, extendedCapabilities };
  const others = registers === undefined ? {} : { registers };
  const choices = one.choices === undefined ? {} : { choices: one.choices };
  const [cap, ecap] = [capabilities, extendedCapabilities].map((text) => `0x${BigInt(text).toString(16)}`);
  return [
    `# ${id}: ${one.says}`,
    `# ${one.rules.join(', ')}`,
    `> ${lineOf('initialize', { unit: { ...unit, ...others, ...choices } })}`,
    `< OK cap=${cap} ecap=${ecap} haw=${hostAddressWidth} version=0x${Number(version).toString(16)}${registersPattern(registers)} *`,
    ...callsOfRun(run).flatMap(linesOf),
  ];
}

/** A bracket would begin a set of characters in a pattern. */
const registersPattern = (registers: VectorUnit['registers']): string =>
  registers === undefined ? '' : ` registers=${registersText(registers).replaceAll('[', '[[]')}`;

function linesOf({ method, params, step }: RunCall): readonly string[] {
  if (method === 'memory.write') return [`> ${writeLine(params)}`, '< OK'];
  // The unit may refuse the message of an endpoint; what it says then counts where the vector has it.
  const refusals = method === 'deviceTlb.complete' ? ['< OK *'] : [];
  if (step === undefined) return [`> ${lineOf(method, params)}`, '< OK', ...refusals];
  const { details, patterns } = expectedOf(step);
  return [`> ${lineOf(method, params, details)}`, ...patterns.map((pattern) => `< OK ${pattern}`)];
}

/** Eight bytes are a number to a reader of tables. */
function writeLine(params: JsonObject): string {
  const { address, data, visible } = params;
  const pairs = /^(?:..){8}$/.test(String(data)) && visible !== false ? String(data).match(/../g) : null;
  if (pairs === null) return lineOf('memory.write', params);
  return `writeq ${address} 0x${BigInt(`0x${pairs.reverse().join('')}`).toString(16)}`;
}

/** The patterns of what a step takes as its reply, and whether details have to be asked for. */
function expectedOf(step: VectorStep): { readonly details: boolean; readonly patterns: readonly string[] } {
  if ('read' in step) {
    const { value = '0x0', oneOf = [value], mask, width } = step;
    return { details: false, patterns: oneOf.map((one) => numberPattern(one, width, mask)) };
  }
  if ('memoryRead' in step) return { details: false, patterns: [bytesPattern(step.qwords, step.mask)] };
  if ('events' in step) return { details: false, patterns: [eventsPattern(step.events)] };
  if (!('expect' in step) || step.expect === undefined) return { details: false, patterns: [''] };
  const answers: readonly OutcomePattern[] = answersOf(step.expect).map(outcomePattern);
  const details = answers.some((one) => one.needsDetails);
  return { details, patterns: answers.map((one) => (details ? one.detailed : one.plain)) };
}
