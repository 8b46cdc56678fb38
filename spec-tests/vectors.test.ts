import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { CachePolicy } from '../src/index.ts';
import { loadVectors } from '../src/vectors/load.ts';
import { run } from '../src/vectors/run.ts';
import { runsOf } from '../src/vectors/runs.ts';
import { modelTarget } from './harness/model-target.ts';

const LONG = process.env.VTD_LONG !== undefined;
const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));

/**
 * What caches the model has: none; all that may be kept; so few entries that one leaves at almost every step, by either
 * rule. The answers to a case without staleness are the same everywhere.
 */
const POLICIES: Readonly<Record<string, CachePolicy>> = {
  none: 'none',
  full: 'full',
  'two entries': { context: 2, pasid: 2, iotlb: 2, firstStage: 2, secondStage: 2, interrupt: 2 },
  'one entry': { context: 1, pasid: 1, iotlb: 3, firstStage: 1, secondStage: 1, interrupt: 1, replacement: 'random' },
};

/** Everything is run without caches; what is about caches, or what is asked to take long, with each policy. */
const policiesOf = (path: string) =>
  Object.entries(POLICIES).filter(([name]) => name === 'none' || LONG || path.startsWith('invalidation/'));

// One test a file: of each case it would take ten times as long. A case alone is run by `vtd conform --id`.
describe.each(loadVectors(fixtures))('$path', ({ path, file }) => {
  const cases = file.groups.flatMap((group) => group.cases.map((one) => ({ group, one })));
  test.each(policiesOf(path))(`${cases.length} cases, caches: %s`, async (_, policy) => {
    const target = modelTarget(policy);
    const failed: string[] = [];
    for (const { group, one } of cases) {
      for (const once of runsOf({ ...file, groups: [{ ...group, cases: [one] }] })) {
        const difference = await run(target, once);
        if (difference !== undefined) failed.push(`${once.id}: ${one.says} ${difference}`);
      }
    }
    expect(failed).toEqual([]);
  });
});
