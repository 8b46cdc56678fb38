import { Tinypool } from 'tinypool';
import type { Skip } from '../result.ts';
import type { Found } from './found.ts';
import type { Trial } from './trial.ts';
import type { Task, WorkerSettings } from './worker.ts';
import { workerFile } from './worker-file.ts';

/** Which cases of a campaign are run here. */
export interface Share {
  /** How many the whole campaign has. */
  readonly cases: number;
  /** Case k belongs to the shard `k mod of`. */
  readonly shard: number;
  readonly of: number;
}

export interface CampaignOptions extends WorkerSettings {
  /** Worker threads, each with a target of its own. */
  readonly jobs: number;
  /** Cases that are made smaller, the first that fail; of the others the difference is told. */
  readonly most: number;
  /** Called before the first case and whenever some are done. */
  readonly progress?: (done: number, failed: number) => void;
}

/** What came of a campaign. */
export interface Campaign {
  readonly passed: number;
  /** Cases that fail, in their order, each with its first difference. */
  readonly failed: readonly { readonly case: number; readonly failure: Found['failure'] }[];
  /** The first of them, made smaller. */
  readonly found: readonly Found[];
  readonly skipped: readonly Skip[];
  /** The target was given up before these. */
  readonly lost: readonly { readonly case: number; readonly how: string }[];
}

/** The cases of a share, in their order. */
export const casesOf = ({ cases, shard, of }: Share): readonly number[] =>
  Array.from({ length: Math.max(0, Math.ceil((cases - shard) / of)) }, (_, i) => shard + i * of);

/** Cases that a worker is given at a time. */
const CHUNK = 16;

/** Takes cases to targets: first all of them, then those that fail again, to make them smaller. A string says why not. */
export async function campaign(places: readonly number[], options: CampaignOptions): Promise<Campaign | string> {
  const { jobs, most, progress, ...settings } = options;
  const pool = new Tinypool({
    ...workerFile(),
    minThreads: 1,
    maxThreads: jobs,
    teardown: 'teardown',
    // A thread that waits for its next task must still hear of its target.
    useAtomics: false,
  });
  try {
    let done = 0;
    let failing = 0;
    progress?.(done, failing);
    const take = async (cases: readonly number[], shrinks: boolean): Promise<readonly Trial[] | string> => {
      const task: Task = { settings, cases, shrinks };
      const trials = (await pool.run(task)) as readonly Trial[] | string;
      if (typeof trials === 'string' || shrinks) return trials;
      done += trials.length;
      failing += trials.filter(({ kind }) => kind === 'found').length;
      progress?.(done, failing);
      return trials;
    };
    const trials = together(await Promise.all(inChunks(places).map((cases) => take(cases, false))));
    if (typeof trials === 'string') return trials;
    const failed = trials.flatMap((trial) =>
      trial.kind === 'found' ? [{ case: trial.found.case, failure: trial.found.failure }] : [],
    );
    const smaller = together(await Promise.all(failed.slice(0, most).map((one) => take([one.case], true))));
    if (typeof smaller === 'string') return smaller;
    return {
      passed: trials.filter(({ kind }) => kind === 'passed').length,
      failed,
      found: smaller.flatMap((trial) => (trial.kind === 'found' ? [trial.found] : [])),
      skipped: trials.flatMap((trial) => (trial.kind === 'skipped' ? [trial.skip] : [])),
      lost: trials.flatMap((trial, i) => (trial.kind === 'lost' ? [{ case: places[i]!, how: trial.how }] : [])),
    };
  } finally {
    await pool.destroy();
  }
}

const inChunks = (places: readonly number[]): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(places.length / CHUNK) }, (_, i) => places.slice(i * CHUNK, (i + 1) * CHUNK));

function together(parts: readonly (readonly Trial[] | string)[]): readonly Trial[] | string {
  const why = parts.find((part) => typeof part === 'string');
  return why ?? (parts as readonly (readonly Trial[])[]).flat();
}
