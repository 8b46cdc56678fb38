import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONG, runs } from '../properties/runs.ts';
import { Draw } from '../properties/scene.ts';
import { QueueBench } from './queue-bench.ts';
import { drawQueueUnit, startQueue, takeStep } from './queue-scene.ts';

describe('Invalidation queue (§6.5.2, §11.4.9)', () => {
  test('the model and a naive queue agree after every write', { timeout: LONG }, () => {
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const draw = new Draw(gen);
        const unit = drawQueueUnit(draw);
        const choices = {
          addressTopBits: draw.of(['drop', 'keep']),
          upperAddress: draw.of(['reserved', 'kept']),
          invalidDescriptor: draw.of(['4', '3']),
          maskTooWide: draw.of(['error', 'performed']),
        };
        const bench = new QueueBench(unit, choices);
        if (!draw.oneIn(8)) startQueue(bench, draw, unit);
        for (let steps = 30; steps > 0; steps--) {
          takeStep(bench, draw, unit.hostAddressWidth);
          const [model, naive] = bench.take();
          if (!isDeepStrictEqual(model, naive)) expect(model).toEqual(naive);
        }
      }),
      runs(400, 40_000),
    );
  });
});
