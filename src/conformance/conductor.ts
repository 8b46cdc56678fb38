import type { JsonObject } from '../oracle/json-rpc.ts';
import type { VectorCase, VectorRun, VectorUnit } from '../vectors/types.ts';
import { type Call, callsOfRun } from './calls.ts';
import type { Client } from './client.ts';
import type { Answered, Form } from './exchange.ts';
import { choiceAgainst, fitted, lackOf, undecided } from './fit.ts';
import { type Identity, identityOf, isSameUnit } from './identity.ts';
import type { Verdict } from './result.ts';
import { brokenVerdict, linesOf, type Taking, verdictOn } from './verdict.ts';
import { Witness, type Witnesses } from './witness.ts';

export interface ConductorOptions {
  /** How the target is talked to, and how that is shown. */
  readonly form: Form;
  /** What the target is told to remember of tables; nothing if it is missing. */
  readonly caches?: unknown;
  /** Freedoms that the target is known to take, beside those that it tells. */
  readonly choices?: JsonObject;
}

/** Takes runs to a target, and says what became of each. */
export class Conductor {
  readonly #client: Client;
  readonly #options: ConductorOptions;
  readonly #witnesses: Witnesses = { none: new Witness('none'), full: new Witness('full') };
  /** What the target is when it is asked to be some unit, or what becomes of a run then, by what it is asked. */
  readonly #known = new Map<string, Promise<Identity | Verdict>>();

  constructor(client: Client, options: ConductorOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** What the target is when nothing special is asked; a string says why that cannot be known. */
  async identify(): Promise<Identity | string> {
    const answered = await this.#client.ask({ method: 'initialize', params: {} }, [], true);
    if (answered.kind === 'broken') {
      const last = answered.stderr.trim().split('\n').at(-1);
      return last === undefined || last === '' ? answered.how : `${answered.how}; it said "${last}"`;
    }
    const [reply] = answered.replies;
    if (reply!.kind === 'error') return `the target refused initialize without parameters: ${reply!.message}`;
    return identityOf(reply!.result);
  }

  /** What the target is when it is asked to be this unit; a verdict says what came in between. */
  become(unit: VectorUnit): Promise<Identity | Verdict> {
    return this.#identityAfter(this.#initializeFor(unit));
  }

  /** Takes one run to the target, which said of itself what it is. */
  async conduct(run: VectorRun, target: Identity): Promise<Verdict> {
    const lack = lackOf(run, callsOfRun(run), target);
    if (lack !== undefined) return { kind: 'skipped', skip: lack };
    const initialize = this.#initializeFor(run.group.unit, run.case.choices);
    const identity = await this.#identityAfter(initialize);
    if ('kind' in identity) return identity;
    const taken = { ...identity.choices, ...this.#options.choices };
    const against = choiceAgainst(run, taken);
    if (against !== undefined) return { kind: 'skipped', skip: against };
    const fit = fitted(run, identity.unit, taken, this.#witnesses);
    if ('reason' in fit) return { kind: 'skipped', skip: fit };
    const adapted = !isSameUnit(run.group.unit, identity.unit);
    const verdict = await this.#take({
      ...{ run: fit, calls: callsOfRun(fit), initialize, identity, taken, adapted },
      form: this.#options.form,
    });
    const open =
      adapted && verdict.kind === 'failed' ? undecided(fit, identity.unit, taken, this.#witnesses.none) : undefined;
    return open === undefined ? verdict : { kind: 'skipped', skip: open };
  }

  async #take(taking: Taking): Promise<Verdict> {
    const { initialize, calls } = taking;
    const answered = await this.#client.ask(initialize, calls);
    const verdict = this.#verdict(answered, taking);
    if (verdict.kind !== 'failed' || answered.kind !== 'replies' || answered.opened === 'initialize') return verdict;
    // What others have left behind is not the matter of this run: it is made again on a new unit.
    const again = this.#verdict(await this.#client.ask(initialize, calls, true), taking);
    if (again.kind !== 'passed') return again;
    const { failure } = verdict;
    const difference = `after reset: ${failure.difference}; after initialize it passes, so that reset leaves something behind`;
    return { ...verdict, failure: { ...failure, difference } };
  }

  #verdict(answered: Answered, taking: Taking): Verdict {
    if (answered.kind === 'replies') return verdictOn(answered, taking, this.#witnesses.none);
    if (answered.how === this.#client.givenUp) return { kind: 'lost', how: answered.how };
    return brokenVerdict(answered, taking);
  }

  #initializeFor(unit: VectorUnit, choices?: VectorCase['choices']): Call {
    const { caches } = this.#options;
    const more = { ...(choices === undefined ? {} : { choices }), ...(caches === undefined ? {} : { caches }) };
    return { method: 'initialize', params: { unit: { ...unit, ...more } } };
  }

  #identityAfter(initialize: Call): Promise<Identity | Verdict> {
    const key = JSON.stringify(initialize);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const identity = this.#client.ask(initialize, [], true).then((answered) => {
      const found = this.#identityFrom(answered, initialize);
      // What broke need not break again.
      if ('kind' in found && found.kind !== 'skipped') this.#known.delete(key);
      return found;
    });
    this.#known.set(key, identity);
    return identity;
  }

  #identityFrom(answered: Answered, initialize: Call): Identity | Verdict {
    const { form } = this.#options;
    if (answered.kind === 'broken') {
      if (answered.how === this.#client.givenUp) return { kind: 'lost', how: answered.how };
      return brokenVerdict(answered, { form, initialize, calls: [], adapted: false });
    }
    const [reply] = answered.replies;
    if (reply!.kind === 'error') {
      const reason = 'is for a unit that the target refuses to be';
      return { kind: 'skipped', skip: { kind: 'unit-refused', reason, detail: reply!.message } };
    }
    const identity = identityOf(reply!.result);
    if (typeof identity !== 'string') return identity;
    const lines = linesOf(form, initialize, [], answered);
    const failure = { where: 'initialize', difference: identity, observed: reply!.result, lines };
    return { kind: 'failed', adapted: false, failure };
  }
}
