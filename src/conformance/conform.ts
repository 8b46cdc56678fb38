import { Client, type ClientOptions } from './client.ts';
import { Conductor, type ConductorOptions } from './conductor.ts';
import type { Identity } from './identity.ts';
import type { Result } from './result.ts';
import type { Subject } from './suite.ts';

export interface ConformOptions extends ClientOptions, ConductorOptions {
  /** Called before the first run and after each. */
  readonly progress?: (done: number, failed: number) => void;
}

/** What came of a suite. */
export interface Outcome {
  readonly target: Identity;
  /** In the order of the subjects. */
  readonly results: readonly Result[];
}

/** Runs that are prepared at a time, as a multiple of those under way. */
const AHEAD = 4;

/** Takes runs to a target. A string says why it could not even begin. */
export async function conform(subjects: readonly Subject[], options: ConformOptions): Promise<Outcome | string> {
  const client = new Client(options);
  try {
    const conductor = new Conductor(client, options);
    const target = await conductor.identify();
    if (typeof target === 'string') return target;
    const results: Result[] = [];
    let next = 0;
    let done = 0;
    let failed = 0;
    options.progress?.(done, failed);
    const work = async () => {
      while (next < subjects.length) {
        const place = next++;
        const subject = subjects[place]!;
        const verdict = await conductor.conduct(subject.run, target);
        results[place] = { subject, verdict };
        done += 1;
        if (verdict.kind === 'failed') failed += 1;
        options.progress?.(done, failed);
      }
    };
    await Promise.all(Array.from({ length: options.inFlight * AHEAD }, work));
    return { target, results };
  } finally {
    await client.close();
  }
}
