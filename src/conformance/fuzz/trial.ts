import fc from 'fast-check';
import { CHOICE_VALUES, type Choices, DEFAULT_CHOICES } from '../../platform/choices.ts';
import type { VectorRun } from '../../vectors/types.ts';
import type { Client } from '../client.ts';
import { Conductor, type ConductorOptions } from '../conductor.ts';
import { othersOf } from '../fit.ts';
import type { Identity } from '../identity.ts';
import type { Failure, Skip, Verdict } from '../result.ts';
import { type Found, foundIn } from './found.ts';
import { lessenedUnit, Offer } from './offer.ts';
import { type Plan, plans } from './plan.ts';
import { Referee } from './referee.ts';
import { renderedRun } from './steps.ts';

/** Plans that are tried to make one case smaller; fewer where the target gives no answer, which takes its time. */
const MOST_ATTEMPTS = 400;
const MOST_SILENCES = 10;
/** Cases for which a freedom is looked for, the smallest. */
const MOST_EXPLAINED = 8;

/** What became of one case. */
export type Trial =
  | { readonly kind: 'passed' }
  | { readonly kind: 'found'; readonly found: Found }
  | { readonly kind: 'skipped'; readonly skip: Skip }
  | { readonly kind: 'lost'; readonly how: string };

/** A case that fails, and what it was made from. */
interface Failing {
  readonly failure: Failure;
  readonly rendered: VectorRun;
  readonly run: VectorRun;
  readonly choices: Identity['choices'];
}

type Tried = Exclude<Trial, { readonly kind: 'found' }> | Failing;

/** Draws cases and takes them to one target. */
export class Trials {
  readonly #client: Client;
  readonly #options: ConductorOptions;
  readonly #conductor: Conductor;
  readonly #target: Identity;
  readonly #seed: number;
  readonly #referee = new Referee();

  /** `target` is what the target is when nothing special is asked. */
  constructor(client: Client, target: Identity, seed: number, options: ConductorOptions) {
    this.#client = client;
    this.#options = options;
    this.#conductor = new Conductor(client, options);
    this.#target = target;
    this.#seed = seed;
  }

  /** One case; one that fails is made smaller if `shrinks`. */
  async take(place: number, shrinks: boolean): Promise<Trial> {
    const failing: Failing[] = [];
    let first: Tried | undefined;
    let attempts = 0;
    let silences = 0;
    const holds = async (plan: Plan): Promise<boolean> => {
      attempts += 1;
      if (attempts > MOST_ATTEMPTS || silences > MOST_SILENCES) return true;
      const tried = await this.#try(plan, `fuzz-${this.#seed}-${place}`);
      first ??= tried;
      if (!('failure' in tried)) return true;
      if (tried.failure.where === undefined) silences += 1;
      failing.push(tried);
      return false;
    };
    const { errorInstance } = await fc.check(fc.asyncProperty(plans, holds), {
      seed: seedOf(this.#seed, place),
      numRuns: 1,
      endOnFailure: !shrinks,
    });
    if (first === undefined) throw errorInstance;
    if ('failure' in first) return this.#judged(failing, place);
    return first.kind === 'passed' ? { kind: 'passed' } : first;
  }

  /** Of cases that fail, each smaller than the one before, the last that no freedom explains. */
  async #judged(failing: readonly Failing[], place: number): Promise<Trial> {
    const smallest = failing.toReversed().slice(0, MOST_EXPLAINED);
    for (const { run, rendered, choices, failure } of [...smallest, failing[0]!]) {
      const freedom = await this.#freedomOf(rendered, run, choices);
      if (freedom === undefined) return { kind: 'found', found: foundIn(run, failure, this.#seed, place, choices) };
      if (run === failing[0]!.run) return { kind: 'skipped', skip: freedom };
    }
    throw new Error('the first of them is the last that is looked at');
  }

  async #try(plan: Plan, id: string): Promise<Tried> {
    const identity = await this.#become(plan);
    if ('kind' in identity) return withoutCase(identity);
    let rendered = renderedRun(plan, new Offer(identity.unit, identity.features, identity.methods), id);
    const choices = { ...identity.choices, ...this.#options.choices };
    for (;;) {
      const run = this.#referee.ruled(rendered, choices);
      if (typeof run === 'string') {
        return { kind: 'skipped', skip: { kind: 'unit', reason: 'no unit can be what the target says', detail: run } };
      }
      const verdict = await this.#conductor.conduct(run, this.#target);
      if (verdict.kind === 'failed') return { failure: verdict.failure, rendered, run, choices };
      // Ruling leaves out reads at the end alone, so that its steps have the numbers of those that were rendered.
      const fewer = verdict.kind === 'skipped' ? withoutStep(rendered, verdict.skip.step) : undefined;
      if (fewer === undefined) return withoutCase(verdict);
      rendered = fewer;
    }
  }

  /** A unit with less than the target has, or, of a target that is what it is, that one. */
  async #become(plan: Plan): Promise<Identity | Verdict> {
    const { unit } = this.#target;
    const identity = await this.#conductor.become(lessenedUnit(unit, plan));
    return 'kind' in identity && identity.kind === 'skipped' ? this.#conductor.become(unit) : identity;
  }

  /** Says which freedom makes the answers of a target right that does not name it; undefined if none does. */
  async #freedomOf(rendered: VectorRun, run: VectorRun, choices: Identity['choices']): Promise<Skip | undefined> {
    const usual = JSON.stringify(run.case.steps);
    for (const [name, values] of Object.entries(CHOICE_VALUES)) {
      if (name in choices) continue;
      for (const value of othersOf(values, DEFAULT_CHOICES[name as keyof Choices])) {
        const other = this.#referee.ruled(rendered, { ...choices, [name]: value });
        if (typeof other === 'string' || JSON.stringify(other.case.steps) === usual) continue;
        const options = { ...this.#options, choices: { ...this.#options.choices, [name]: value } };
        const { kind } = await new Conductor(this.#client, options).conduct(other, this.#target);
        if (kind !== 'passed') continue;
        const detail = `${name}=${String(value)}`;
        return { kind: 'choice', reason: 'is right for a unit that takes a freedom so, and it names none', detail };
      }
    }
    return undefined;
  }
}

/** A case without a step that the target cannot do; undefined if there is none, or nothing is left to be asked. */
function withoutStep({ id, group, case: one }: VectorRun, step: number | undefined): VectorRun | undefined {
  if (step === undefined) return undefined;
  const steps = one.steps.filter((_, i) => i !== step - 1);
  if (!steps.some((left) => 'request' in left || 'interrupt' in left)) return undefined;
  const fewer = { ...one, steps };
  return { id, group: { ...group, cases: [fewer] }, case: fewer };
}

/** What a verdict makes of a case that there is nothing to show of. */
function withoutCase(verdict: Verdict): Exclude<Trial, { readonly kind: 'found' }> {
  if (verdict.kind === 'failed') return { kind: 'lost', how: verdict.failure.difference };
  return verdict.kind === 'passed' ? { kind: 'passed' } : verdict;
}

/** A seed of 32 bits for one case, so that neighbours have nothing in common. */
function seedOf(seed: number, place: number): number {
  let mixed = (seed ^ Math.imul(place + 1, 0x9e37_79b9)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}
