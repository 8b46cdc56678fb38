import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelSaysOfPages, oracleSaysOfPages } from './page-agreement.ts';
import { pageScene } from './page-scene.ts';
import { LONG, runs } from './runs.ts';

describe('The model and the second opinion agree on page requests', () => {
  test('each answer, descriptor, record, register and message', { timeout: LONG }, () => {
    fc.assert(
      fc.property(pageScene(), (scene) => {
        const model = modelSaysOfPages(scene);
        const oracle = oracleSaysOfPages(scene);
        if (!isDeepStrictEqual(model, oracle)) expect(model).toEqual(oracle);
      }),
      // Scenes are long, and shrink slowly to little.
      { ...runs(150, 20_000), endOnFailure: true },
    );
  });
});
