import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadVectors } from '../src/vectors/load.ts';
import { run } from '../src/vectors/run.ts';
import { runsOf } from '../src/vectors/runs.ts';
import { modelTarget } from './harness/model-target.ts';

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));

describe.each(loadVectors(fixtures))('$path', ({ file }) => {
  const target = modelTarget();
  for (const group of file.groups) {
    for (const one of group.cases) {
      test(`${one.id}: ${one.says}`, async () => {
        for (const once of runsOf({ ...file, groups: [{ ...group, cases: [one] }] })) {
          const difference = await run(target, once);
          expect(difference === undefined ? undefined : `${once.id}: ${difference}`).toBeUndefined();
        }
      });
    }
  }
});
