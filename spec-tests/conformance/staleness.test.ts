import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { callsOfRun, type RunCall } from '../../src/conformance/calls.ts';
import { stepDifference } from '../../src/conformance/comparison.ts';
import { judgedStale } from '../../src/conformance/staleness.ts';
import { Witness } from '../../src/conformance/witness.ts';
import type { JsonObject } from '../../src/oracle/json-rpc.ts';
import { loadVectors } from '../../src/vectors/load.ts';
import { runsOf } from '../../src/vectors/runs.ts';
import type { VectorRun } from '../../src/vectors/types.ts';
import { ROOT } from '../harness/repository.ts';

const run = loadVectors(join(ROOT, 'fixtures/invalidation'))
  .flatMap(({ file }) => [...runsOf(file)])
  .find(({ id }) => id === 'stale-leaf-1')!;

/** The run with the answer of the tables alone, where a stale one may stand beside it. */
const fresh: VectorRun = {
  ...run,
  case: {
    ...run.case,
    steps: run.case.steps.map((step) => {
      if (!('expect' in step) || !('oneOf' in step.expect)) return step;
      return { ...step, expect: (step.expect.oneOf as readonly JsonObject[]).at(-1)! };
    }),
  },
};

/** What a unit with these caches answers to each call. */
function resultsOf(calls: readonly RunCall[], caches: 'none' | 'full'): readonly JsonObject[] {
  const unit = new Witness(caches);
  expect(unit.become(run.group.unit, {})).toBeUndefined();
  return calls.map(({ method, params }) => unit.perform(method, params));
}

function judged(of: VectorRun, results: readonly JsonObject[]) {
  const witness = new Witness('none');
  witness.become(run.group.unit, {});
  return judgedStale(callsOfRun(of), results, true, witness);
}

describe('A stale answer', () => {
  test.each(['none', 'full'] as const)('is right whether or not the vector lists it (caches %s)', (caches) => {
    const calls = callsOfRun(fresh);
    const results = resultsOf(calls, caches);
    const listed = calls.every(
      ({ step }, i) => step === undefined || stepDifference(step, results[i]!, true) === undefined,
    );
    expect(listed).toBe(caches === 'none');
    expect(judged(fresh, results)).toBeUndefined();
  });

  test('that no cache can hold is wrong, and the judge says why', () => {
    const calls = callsOfRun(run);
    const last = calls.findLastIndex(({ method }) => method === 'dma');
    const results = resultsOf(calls, 'full').map((result, i) =>
      i === last ? { ...result, address: '0x12345678' } : result,
    );
    const { call, because = [] } = judged(run, results) ?? {};
    expect(call).toBe(last);
    expect(because.join(' ')).toContain('6.A-R2');
  });

  test('that is none at all is wrong, and what is wrong with it is told', () => {
    const calls = callsOfRun(run);
    const last = calls.findLastIndex(({ method }) => method === 'dma');
    const results = resultsOf(calls, 'none').map((result, i) => (i === last ? { outcome: 'perhaps' } : result));
    expect(judged(run, results)?.because.join(' ')).toContain('outcome takes "completed"');
  });
});
