import { describe, expect, test } from 'vitest';
import { Judge } from '../../src/index.ts';
import { loadVectors } from '../../src/vectors/load.ts';
import { run } from '../../src/vectors/run.ts';
import type { Target } from '../../src/vectors/target.ts';
import type { ExpectedMembers, RequestStep, VectorCase, VectorGroup } from '../../src/vectors/types.ts';
import { modelTarget, replyOf, requestOf } from '../harness/model-target.ts';
import { ROOT } from '../harness/repository.ts';

const { file } = loadVectors(`${ROOT}/fixtures/invalidation`).find(({ path }) => path === 'device-tlb-waits.json')!;
const stale = file.groups.flatMap((group) =>
  group.cases.filter(({ flags }) => flags?.includes('Staleness')).map((one) => ({ ...one, group })),
);

/** The addresses that each request of a case may be answered with. */
function expectedOf({ steps }: VectorCase): readonly (readonly unknown[])[] {
  const requests = steps.filter((step): step is RequestStep => 'request' in step);
  return requests.map(({ expect }) => {
    const answers = 'oneOf' in expect ? (expect.oneOf as readonly ExpectedMembers[]) : [expect];
    return answers.map(({ address }) => address).sort();
  });
}

/** What the judge of a unit that remembers nothing allows, request by request. */
async function allowedIn(group: VectorGroup, one: VectorCase): Promise<readonly (readonly unknown[])[]> {
  const allowed: unknown[][] = [];
  const model = modelTarget();
  let judge: Judge;
  const target: Target = Object.assign(Object.create(model) as Target, {
    start(...parameters: Parameters<Target['start']>) {
      model.start(...parameters);
      judge = new Judge(model.unit);
    },
    dma(request: Readonly<Record<string, unknown>>) {
      const answers = judge.allowed(requestOf(request)).answers.map(({ outcome }) => replyOf(outcome).address);
      allowed.push(answers.sort());
      return model.dma(request);
    },
  });
  expect(await run(target, { id: one.id, group, case: one })).toBeUndefined();
  return allowed;
}

describe('A judge, while endpoints do not complete (6.A-R4, 6.5.2.11-R8)', () => {
  test.each(stale)('$id: $says', async ({ group, ...one }) => {
    expect(await allowedIn(group, one)).toEqual(expectedOf(one));
  });
});
