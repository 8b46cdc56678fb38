import { isObject, type JsonObject } from '../../oracle/json-rpc.ts';
import type { Expectation, VectorRun, VectorStep } from '../../vectors/types.ts';
import { callsOfRun } from '../calls.ts';
import { Witness } from '../witness.ts';
import { readOf } from './registers.ts';

/** The flag of a case in which more than one answer is right because something may be cached. */
export const STALENESS = 'Staleness';

/**
 * The model as referee: it takes a case as a unit that caches nothing, and knows what any legal unit may answer. As long
 * as one answer alone is right, a target must give it whole; from the first choice on, and for the rest of the case, what
 * depends on the answers before is not looked at.
 */
export class Referee {
  readonly #witness = new Witness('none');

  /** A case with what has to come of it. A string says why the model cannot take it. */
  ruled(run: VectorRun, choices: JsonObject): VectorRun | string {
    const witness = this.#witness;
    const refused = witness.become(run.group.unit, choices);
    if (refused !== undefined) return refused;
    const { group, case: one } = run;
    for (const { method, params } of callsOfRun({ ...run, case: { ...one, steps: [] } }))
      witness.perform(method, params);
    const ruling = new Ruling(witness);
    const steps = one.steps.flatMap((step) => {
      const ruled = ruling.ruled(step);
      return ruled === undefined ? [] : [ruled];
    });
    const ruled = { ...one, ...(ruling.forced ? {} : { flags: [STALENESS] }), steps };
    return { ...run, group: { ...group, cases: [ruled] }, case: ruled };
  }
}

/** The steps of one case, as they are ruled one by one. */
class Ruling {
  readonly #witness: Witness;
  /** Every request so far could be answered in one way only, and by no entry that has changed. */
  forced = true;
  #upper = 0n;

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  /** A step with its expectation; undefined for one that tells nothing any more. */
  ruled(step: VectorStep): VectorStep | undefined {
    if ('request' in step) return { ...step, expect: this.#expectation('dma', step.request) };
    if ('interrupt' in step) return { ...step, expect: this.#expectation('interrupt', step.interrupt) };
    const result = this.#perform(step);
    // Equal answers may still differ in what is recorded: FPD of an entry may be the one that a cache holds.
    if ('memory' in step && step.memory.some(({ is }) => is !== undefined)) this.forced = false;
    if (!('read' in step)) return step;
    if (!this.forced) return undefined;
    const value = BigInt(String(result.value));
    const ruled = readOf(step, value, this.#upper);
    this.#upper = value;
    return ruled.mask === '0x0' ? undefined : ruled;
  }

  #expectation(method: string, request: JsonObject): Expectation {
    const observed = { outcome: method === 'dma' ? 'completed' : 'delivered' };
    const { allowed } = this.#witness.perform('permitted', { method, request, observed });
    const answer = this.#witness.perform(method, request);
    const answers = unique((allowed as JsonObject[]).map(withoutRecording));
    this.forced &&= answers.length === 1;
    if (this.forced) return answer;
    return answers.length === 1 ? answers[0]! : { oneOf: answers };
  }

  #perform(step: VectorStep): JsonObject {
    const one = { id: '', says: '', rules: [], steps: [step] };
    const unit = { version: '', hostAddressWidth: 0, capabilities: '', extendedCapabilities: '' };
    let last: JsonObject = {};
    for (const { method, params } of callsOfRun({ id: '', group: { unit, cases: [] }, case: one })) {
      last = this.#witness.perform(method, params);
    }
    return last;
  }
}

/** An answer without what depends on the faults before it. */
function withoutRecording(answer: JsonObject): JsonObject {
  const { fault, interrupt } = answer;
  return {
    ...answer,
    ...(isObject(fault) ? { fault: { condition: fault.condition } } : {}),
    ...(isObject(interrupt) ? { interrupt: withoutRecording(interrupt) } : {}),
  };
}

const unique = (answers: readonly JsonObject[]): readonly JsonObject[] => [
  ...new Map(answers.map((answer) => [JSON.stringify(answer), answer])).values(),
];
