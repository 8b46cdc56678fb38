import type { JsonObject } from '../oracle/json-rpc.ts';
import type { VectorRun, VectorUnit } from '../vectors/types.ts';
import type { RunCall } from './calls.ts';
import { type Identity, isSameUnit } from './identity.ts';
import type { Skip } from './result.ts';
import { movedTo, type Witness } from './witness.ts';

/** Why a run is not for a target, by what the target has; undefined if it is. */
export function lackOf({ case: one }: VectorRun, calls: readonly RunCall[], target: Identity): Skip | undefined {
  const need = one.needs?.find((name) => !target.features.has(name));
  if (need !== undefined)
    return { kind: 'feature', reason: `needs the feature ${need}, which the target does not name` };
  const method = calls.find((call) => target.methods !== undefined && !target.methods.has(call.method))?.method;
  if (method !== undefined)
    return { kind: 'method', reason: `needs the method ${method}, which the target does not list` };
  return undefined;
}

/** Why a run is not for a target, by the freedoms that the target takes; undefined if it is. */
export function choiceAgainst({ case: { choices = {} } }: VectorRun, taken: JsonObject): Skip | undefined {
  for (const [name, value] of Object.entries(choices)) {
    if (taken[name] === value) continue;
    const reason = `is for units with the choice ${name}: ${JSON.stringify(value)}`;
    const detail = name in taken ? `the target has ${JSON.stringify(taken[name])}` : 'the target does not say';
    return { kind: 'choice', reason, detail };
  }
  return undefined;
}

/**
 * A run as it is for this unit. Where the unit is another than the run was written for, registers are where they stand
 * there, and the run is taken if the model, as such a unit, passes it: then what it claims does not depend on where the
 * two differ.
 */
export function fitted(run: VectorRun, unit: VectorUnit, taken: JsonObject, witness: Witness): VectorRun | Skip {
  if (isSameUnit(run.group.unit, unit)) return run;
  const reason = 'does not hold for the unit that the target is';
  const against = witness.become(unit, { ...taken, ...run.case.choices });
  if (against !== undefined) return { kind: 'unit', reason, detail: `the model cannot be that unit: ${against}` };
  const moved = movedTo(unit, run);
  const difference = witness.difference(moved);
  return difference === undefined
    ? moved
    : { kind: 'unit', reason, detail: `of the model as that unit: ${difference}` };
}
