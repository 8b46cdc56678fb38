import { type JsonObject, type Call as Perform, Refusal } from '../oracle/json-rpc.ts';
import { callsOf } from '../oracle/methods.ts';
import { Session } from '../oracle/session.ts';
import { configure } from '../platform/configuration.ts';
import { type PlacedRegister, placeRegisters, registerAt } from '../registers/index.ts';
import type { VectorRun, VectorStep, VectorUnit } from '../vectors/types.ts';
import { parametersOf } from '../vectors/unit.ts';
import { callsOfRun } from './calls.ts';
import { stepDifference } from './comparison.ts';

/** The model as another target, in this process, with these caches. */
export class Witness {
  readonly #caches: 'none' | 'full';
  readonly #perform: Perform = callsOf(new Session());
  #is = '';

  constructor(caches: 'none' | 'full') {
    this.#caches = caches;
  }

  /** A new unit like this with these freedoms, and empty memory. A string says why no unit can be like this. */
  become(unit: VectorUnit, choices: JsonObject): string | undefined {
    const parameters = { unit: { ...unit, choices, caches: this.#caches } };
    const key = JSON.stringify(parameters);
    return refusalOf(() => {
      // To reset a unit costs a third of making one (measured).
      if (key === this.#is) this.#perform('reset', {});
      else this.#perform('initialize', parameters);
      this.#is = key;
      return undefined;
    });
  }

  perform(method: string, params: JsonObject): JsonObject {
    return this.#perform(method, params);
  }

  /** Why a run does not hold on the unit that this is, a sentence; undefined if it does. */
  difference(run: VectorRun): string | undefined {
    return refusalOf(() => {
      for (const { method, params, step, where } of callsOfRun(run)) {
        const result = this.#perform(method, params);
        const difference = step === undefined ? undefined : stepDifference(step, result, true);
        if (difference !== undefined) return `${where}: ${difference}`;
      }
      return undefined;
    });
  }
}

/** The model without caches, and the stalest one that the specification allows. */
export interface Witnesses {
  readonly none: Witness;
  readonly full: Witness;
}

/** What is found, or why it could not be: a refusal of the model. */
function refusalOf(find: () => string | undefined): string | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

const placements = new Map<string, readonly PlacedRegister[]>();

/** The registers of a unit with their offsets. Throws a RangeError if no unit can be like this. */
function registersOf(unit: VectorUnit) {
  const { capabilities, extendedCapabilities, registers = {} } = unit;
  const key = `${capabilities} ${extendedCapabilities} ${JSON.stringify(registers)}`;
  const known = placements.get(key);
  if (known !== undefined) return known;
  const { capability } = configure(parametersOf(unit));
  const placed = placeRegisters(capability);
  placements.set(key, placed);
  return placed;
}

/**
 * A run whose registers are where another unit has them: FRCD_REG, IVA_REG and IOTLB_REG stand where CAP_REG.FRO and
 * ECAP_REG.IRO say, those of counters where the offset registers of chapter 11 do. Other offsets stay.
 */
export function movedTo(unit: VectorUnit, run: VectorRun): VectorRun {
  const [from, to] = [registersOf(run.group.unit), registersOf(unit)];
  const moved = (step: VectorStep): VectorStep => {
    if (!('offset' in step)) return step;
    const found = registerAt(from, Number(step.offset));
    const place = found === undefined ? undefined : to.find(({ name }) => name === found.name);
    if (found === undefined || place === undefined || place.offset === found.offset) return step;
    return { ...step, offset: `0x${(place.offset + Number(step.offset) - found.offset).toString(16)}` };
  };
  const { group } = run;
  const steps = (group.steps ?? []).map(moved);
  return { ...run, group: { ...group, unit, steps }, case: { ...run.case, steps: run.case.steps.map(moved) } };
}
