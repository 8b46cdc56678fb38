import { isObject, type JsonObject, Refusal } from '../oracle/json-rpc.ts';
import type { RunCall } from './calls.ts';
import { stepDifference } from './comparison.ts';
import type { Witness } from './witness.ts';

/** What the judge of stale answers says of results that a target gave to the calls of a run, §6.A. */
export interface Judged {
  /** The first call whose result is wrong. */
  readonly call: number;
  readonly difference: string;
  readonly because: readonly string[];
}

/**
 * Holds results against their steps like {@link stepDifference}, but a stale answer that the judge permits is right
 * whether or not the vector lists it. The witness is the unit of the run, and follows it call by call.
 */
export function judgedStale(
  calls: readonly RunCall[],
  results: readonly JsonObject[],
  details: boolean,
  witness: Witness,
): Judged | undefined {
  for (const [i, { method, params, step }] of calls.entries()) {
    const difference = step === undefined ? undefined : stepDifference(step, results[i]!, details);
    if (difference !== undefined) {
      const verdict = verdictOn(method, params, results[i]!, witness);
      // What the judge calls fresh and the vector does not take differs in something that a judge does not look at.
      if (verdict?.class !== 'stale') return { call: i, difference, because: becauseOf(verdict) };
    }
    witness.perform(method, params);
  }
  return undefined;
}

function verdictOn(
  method: string,
  request: JsonObject,
  observed: JsonObject,
  witness: Witness,
): JsonObject | undefined {
  if (method !== 'dma' && method !== 'interrupt') return undefined;
  try {
    return witness.perform('permitted', { method, request, observed });
  } catch (error) {
    // The answer has members, or values, that no answer has.
    if (error instanceof Refusal) return { class: 'forbidden', because: [error.message] };
    throw error;
  }
}

function becauseOf(verdict: JsonObject | undefined): readonly string[] {
  if (!isObject(verdict) || verdict.class !== 'forbidden' || !Array.isArray(verdict.because)) return [];
  return verdict.because.map(String);
}
