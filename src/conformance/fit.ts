import type { JsonObject } from '../oracle/json-rpc.ts';
import { CHOICE_VALUES, type Choices, type ChoiceValues, DEFAULT_CHOICES } from '../platform/choices.ts';
import type { VectorRun, VectorUnit } from '../vectors/types.ts';
import type { RunCall } from './calls.ts';
import { type Identity, isSameUnit } from './identity.ts';
import type { Skip } from './result.ts';
import { movedTo, type Witness, type Witnesses } from './witness.ts';

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
    const reason = 'is for units that take a freedom in a way which the target does not name';
    const has = name in taken ? `the target has ${JSON.stringify(taken[name])}` : 'the target does not say';
    const detail = `${name} is ${JSON.stringify(value)} there; ${has}`;
    return { kind: 'choice', reason, detail };
  }
  return undefined;
}

/**
 * A run as it is for this unit. Where the unit is another than the run was written for, registers are where they stand
 * there, and the run is taken if the model passes it as such a unit, both one that caches nothing and the stalest one:
 * then what it claims does not depend on where the two units differ.
 */
export function fitted(
  run: VectorRun,
  unit: VectorUnit,
  taken: JsonObject,
  { none, full }: Witnesses,
): VectorRun | Skip {
  if (isSameUnit(run.group.unit, unit)) return run;
  const skip = (detail: string): Skip => ({
    kind: 'unit',
    reason: 'does not hold for the unit that the target is',
    detail,
  });
  const choices = { ...taken, ...run.case.choices };
  const against = none.become(unit, choices);
  if (against !== undefined) return skip(`no unit can be like that: ${against}`);
  const moved = movedTo(unit, run);
  const difference = none.difference(moved);
  if (difference !== undefined) return skip(`of the model as that unit: ${difference}`);
  full.become(unit, choices);
  const stale = full.difference(moved);
  return stale === undefined ? moved : skip(`of the model as that unit, with caches: ${stale}`);
}

/**
 * A freedom that the target has not named, and that decides whether a run for another unit holds on the unit that the
 * target is; undefined if there is none, so that a target which fails the run is wrong.
 */
export function undecided(run: VectorRun, unit: VectorUnit, taken: JsonObject, witness: Witness): Skip | undefined {
  const known = { ...taken, ...run.case.choices };
  for (const [name, values] of Object.entries(CHOICE_VALUES)) {
    if (name in known) continue;
    for (const value of othersOf(values, DEFAULT_CHOICES[name as keyof Choices])) {
      if (witness.become(unit, { ...known, [name]: value }) !== undefined) continue;
      const difference = witness.difference(run);
      if (difference === undefined) continue;
      const detail = `with ${name} ${JSON.stringify(value)} the model says otherwise: ${difference}`;
      return {
        kind: 'choice',
        reason: 'depends, on the unit that the target is, on a freedom that it does not name',
        detail,
      };
    }
  }
  return undefined;
}

/** Values of a choice beside its default: all of a list, the ends of a range, an order turned round. */
export function othersOf(values: ChoiceValues<unknown>, byDefault: unknown): readonly unknown[] {
  if ('orderOf' in values) return [String(byDefault).split(' ').reverse().join(' ')];
  const all = 'low' in values ? [values.low, values.high] : values;
  return all.filter((value) => value !== byDefault);
}
