import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CachePolicy } from '../../src/index.ts';
import { type LoadedFile, loadVectors } from '../../src/vectors/load.ts';
import { run } from '../../src/vectors/run.ts';
import { runsOf } from '../../src/vectors/runs.ts';
import type { Target } from '../../src/vectors/target.ts';
import { ROOT } from '../harness/repository.ts';
import { copyModel, TARGET } from './copy.ts';
import type { Mutant } from './mutant.ts';

const VECTORS = loadVectors(join(ROOT, 'fixtures'));

/** What the vectors said of a model. */
export interface Verdict {
  /** The runs that failed, each with its difference, in the order of the runs. */
  readonly failed: ReadonlyMap<string, string>;
  readonly runs: number;
}

/** Copies of the model outside the repository, each with changes of its own. */
export class Rig {
  readonly #folder = mkdtempSync(join(tmpdir(), 'vtd-mutants-'));
  #copies = 0;

  /** A copy of the model with `mutant` in it, as a target of vectors. Rejects if it does not load. */
  async targetOf(mutant: Pick<Mutant, 'name' | 'changes' | 'file' | 'caches'> | undefined): Promise<Target> {
    this.#copies += 1;
    const copy = join(this.#folder, String(this.#copies));
    copyModel(copy, mutant);
    const { modelTarget } = (await import(/* @vite-ignore */ pathToFileURL(join(copy, TARGET)).href)) as {
      readonly modelTarget: (caches?: CachePolicy) => Target;
    };
    return modelTarget(mutant?.caches);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export interface JudgeOptions {
  /** The starts of the paths that are run at all; all vectors if it is missing. */
  readonly within?: readonly string[];
  /** The start of the paths that are run before the others. */
  readonly first?: string;
  /** Runs to leave out: they fail without a mutant too. */
  readonly without?: ReadonlyMap<string, string>;
  /** Goes on after the first failure. */
  readonly toTheEnd?: boolean;
}

/** Runs the vectors on a model until one fails, or all of them. */
export async function judge(
  target: Target,
  { within = [''], first = '', without = new Map(), toTheEnd = false }: JudgeOptions = {},
): Promise<Verdict> {
  const likely = ({ path }: LoadedFile) => path.startsWith(first);
  const failed = new Map<string, string>();
  let runs = 0;
  const taken = VECTORS.filter(({ path }) => within.some((start) => path.startsWith(start)));
  for (const { path, file } of [...taken.filter(likely), ...taken.filter((it) => !likely(it))]) {
    for (const once of runsOf(file)) {
      const name = `${path} ${once.id}`;
      if (without.has(name)) continue;
      runs += 1;
      const difference = await outcomeOf(() => run(target, once));
      if (difference === undefined) continue;
      failed.set(name, difference);
      if (!toTheEnd) return { failed, runs };
    }
  }
  return { failed, runs };
}

/** A model that refuses what it must take has failed too. Any other error is a mutant that makes no sense. */
async function outcomeOf(take: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await take();
  } catch (error) {
    if (error instanceof RangeError) return `throws ${error.message}`;
    throw error;
  }
}
