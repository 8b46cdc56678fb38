import fc from 'fast-check';
import { describe, test } from 'vitest';
import { type CachePolicy, interruptRequest } from '../../src/index.ts';
import { interruptHistory, legacyHistory, rawHistory, scalableHistory } from '../oracle/index.ts';
import { HistoryUnit, requestOf } from '../permitted/history-unit.ts';
import { InterruptUnit } from '../permitted/interrupt-unit.ts';
import { LONG, runs } from '../properties/runs.ts';
import { TwoUnits } from './two-units.ts';

const POLICIES: readonly (readonly [string, CachePolicy])[] = [
  ['none', 'none'],
  ['full', 'full'],
  ['two entries each', { context: 2, pasid: 2, iotlb: 2, firstStage: 2, secondStage: 2, interrupt: 1 }],
  ['three entries each', { context: 3, pasid: 3, iotlb: 3, firstStage: 3, secondStage: 3, replacement: 'random' }],
];
const MODES = [
  ['legacy', legacyHistory()],
  ['scalable', scalableHistory()],
] as const;
const CASES = MODES.flatMap(([mode, histories]) =>
  POLICIES.map(([name, policy]) => [mode, name, histories, policy] as const),
);

describe('A unit that is saved and restored before every step goes on as if nothing had happened', () => {
  test.each(CASES)(
    'DMA in %s mode, caches: %s',
    (_mode, _name, histories, policy) => {
      fc.assert(
        fc.property(histories, (history) => {
          const units = new TwoUnits((send) => new HistoryUnit(history.unit, policy, send));
          for (const operation of rawHistory(history)) {
            units.step((one) =>
              operation.kind === 'request' ? one.unit.dma(requestOf(operation)) : one.perform(operation),
            );
          }
        }),
        runs(2, 400),
      );
    },
    LONG,
  );

  test.each(POLICIES)(
    'interrupts, caches: %s',
    (_name, caches) => {
      fc.assert(
        fc.property(interruptHistory(), (history) => {
          const units = new TwoUnits((send) => new InterruptUnit(history.unit, { caches, send }));
          for (const operation of history.operations) {
            units.step((one) => {
              if (operation.kind !== 'interrupt') return one.perform(operation);
              const { source, address, data } = operation;
              return one.unit.interrupt(interruptRequest({ sourceId: Number(source), address, data: Number(data) }));
            });
          }
        }),
        runs(8, 2000),
      );
    },
    LONG,
  );
});
