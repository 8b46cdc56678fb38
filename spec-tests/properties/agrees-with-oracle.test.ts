import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelSays, oracleSays } from './agreement.ts';
import { legacyScene } from './legacy-scene.ts';
import { runs } from './runs.ts';

describe('The model and the second opinion agree on every request, record and flag', () => {
  test('legacy mode', () => {
    fc.assert(
      fc.property(legacyScene(), (scene) => {
        const model = modelSays(scene);
        const oracle = oracleSays(scene);
        if (!isDeepStrictEqual(model, oracle)) expect(model).toEqual(oracle);
      }),
      runs(1_000, 100_000),
    );
  });
});
