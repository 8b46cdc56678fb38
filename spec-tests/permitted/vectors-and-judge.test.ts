import { describe, expect, test } from 'vitest';
import { loadVectors } from '../../src/vectors/load.ts';
import { runsOf } from '../../src/vectors/runs.ts';
import type { VectorRun } from '../../src/vectors/types.ts';
import { ROOT } from '../harness/repository.ts';
import { type JudgedRequest, judgedRequests, matches } from './judged-target.ts';

/**
 * Vectors with which the judge disagrees. Each says by which rule, and whose matter it is: the judge's, or a point that
 * is open, where the vector pins one side and the judge allows both.
 */
const DISAGREEMENTS: Readonly<Record<string, string>> = {
  'rid-choice-1': 'Open point: the vector pins pasidHitsNoPasid to false, the judge allows either (6.2.1-M1).',
};

/** Vectors of caches and invalidations; runs without a request say nothing to a judge. */
const files = loadVectors(`${ROOT}/fixtures`)
  .filter(({ path, file }) => path.startsWith('invalidation/') || file.flags?.Staleness !== undefined)
  .map(({ path, file }) => ({ path, runs: [...runsOf(file)].filter(hasRequests) }))
  .filter(({ runs }) => runs.length > 0);

describe('What a vector expects of a request is what the judge allows (6.A)', () => {
  test.each(files)('$path', async ({ runs }) => {
    const agreed = runs.filter(({ case: { id } }) => !(id in DISAGREEMENTS));
    const found: string[] = [];
    for (const one of agreed) found.push(...disagreements(one, await judgedRequests(one)));
    expect(found).toEqual([]);
  });

  test('the judge disagrees with every vector on the list', async () => {
    const listed = files.flatMap(({ runs }) => runs.filter(({ case: { id } }) => id in DISAGREEMENTS));
    const still: string[] = [];
    for (const one of listed) if (disagreements(one, await judgedRequests(one)).length > 0) still.push(one.id);
    expect(still.sort()).toEqual(Object.keys(DISAGREEMENTS).sort());
  });

  test('an answer that no vector lists, and an expectation that no answer meets, are found', async () => {
    const one = files.flatMap(({ runs }) => runs).find(({ id }) => id === 'stale-leaf-1')!;
    const judged = (await judgedRequests(one)).find(({ expectations }) => expectations.length === 2)!;
    const [first, second] = judged.expectations;
    expect(disagreements(one, [{ ...judged, expectations: [first!] }])).toHaveLength(1);
    expect(disagreements(one, [{ ...judged, allowed: judged.allowed.slice(0, 1) }])).toHaveLength(1);
    expect(disagreements(one, [{ ...judged, expectations: [second!, second!] }])).toHaveLength(1);
  });
});

function hasRequests({ group, case: { steps } }: VectorRun): boolean {
  return [...(group.steps ?? []), ...steps].some((step) => 'request' in step || 'interrupt' in step);
}

/** Sentences; none if vector and judge have the same answers. */
function disagreements({ id }: VectorRun, judged: readonly JudgedRequest[]): readonly string[] {
  return judged.flatMap(({ expectations, allowed, permits }, i) => {
    const where = `${id}, request ${i + 1}`;
    const forbidden = expectations.filter((_, n) => permits[n] === false);
    const missing = expectations.filter((expected) => !allowed.some((reply) => matches(expected, reply)));
    const unexpected = allowed.filter((reply) => !expectations.some((expected) => matches(expected, reply)));
    return [
      ...forbidden.map((one) => `${where}: the judge forbids ${JSON.stringify(one)}`),
      ...missing.map((one) => `${where}: no allowed answer is ${JSON.stringify(one)}`),
      ...unexpected.map((reply) => `${where}: not in the vector: ${JSON.stringify(reply)}`),
    ];
  });
}
