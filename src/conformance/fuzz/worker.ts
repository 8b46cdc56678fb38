import type { JsonObject } from '../../oracle/json-rpc.ts';
import { Client, type ClientOptions } from '../client.ts';
import { Conductor } from '../conductor.ts';
import { type Trial, Trials } from './trial.ts';

/** What every worker of a campaign is told: how its target is started, and what is drawn. */
export interface WorkerSettings extends ClientOptions {
  readonly seed: number;
  readonly caches?: unknown;
  readonly choices?: JsonObject;
}

/** Some cases for one worker. */
export interface Task {
  readonly settings: WorkerSettings;
  readonly cases: readonly number[];
  /** Whether those that fail are made smaller. */
  readonly shrinks: boolean;
}

let open: { readonly client: Client; readonly trials: Promise<Trials | string> } | undefined;

/** Takes cases to the target of this worker, which is started with the first. A string says why it could not begin. */
export default async function take({ settings, cases, shrinks }: Task): Promise<readonly Trial[] | string> {
  open ??= started(settings);
  const trials = await open.trials;
  if (typeof trials === 'string') return trials;
  const taken: Trial[] = [];
  for (const place of cases) taken.push(await trials.take(place, shrinks));
  return taken;
}

/** Ends the target of this worker. */
export async function teardown(): Promise<void> {
  const client = open?.client;
  open = undefined;
  await client?.close();
}

function started({ seed, caches, choices = {}, ...options }: WorkerSettings) {
  const client = new Client(options);
  const freedoms = { form: options.form, choices, ...(caches === undefined ? {} : { caches }) };
  const trials = new Conductor(client, freedoms)
    .identify()
    .then((target) => (typeof target === 'string' ? target : new Trials(client, target, seed, freedoms)));
  return { client, trials };
}
