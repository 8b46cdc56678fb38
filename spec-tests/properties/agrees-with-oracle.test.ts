import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelSays, oracleSays } from './agreement.ts';
import { legacyScene } from './legacy-scene.ts';
import { LONG, runs } from './runs.ts';
import { scalableScene } from './scalable-scene.ts';

describe('The model and the second opinion agree on every request, record and flag', () => {
  test.each([
    ['legacy mode', legacyScene()],
    ['scalable mode', scalableScene()],
  ])('%s', { timeout: LONG }, (_, scenes) => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const model = modelSays(scene);
        const oracle = oracleSays(scene);
        if (!isDeepStrictEqual(model, oracle)) expect(model).toEqual(oracle);
      }),
      runs(300, 100_000),
    );
  });
});
