import { describe, expect, test } from 'vitest';
import { INTERRUPT_FAULTS } from '../../src/conditions/interrupt.ts';
import { QueueError } from '../../src/conditions/invalidation-queue.ts';
import { TRANSLATION_FAULTS } from '../../src/conditions/translation.ts';
import { IQERCD_REG } from '../../src/registers/index.ts';
import { loadVectors } from '../../src/vectors/load.ts';
import type { VectorStep } from '../../src/vectors/types.ts';
import { ROOT } from '../harness/repository.ts';

const steps = loadVectors(`${ROOT}/fixtures`)
  .flatMap(({ file }) => file.groups)
  .flatMap((group) => [...(group.steps ?? []), ...group.cases.flatMap((one) => one.steps)]);

describe('Every condition in the vectors', () => {
  test.each([
    ['Table 15', INTERRUPT_FAULTS, isInterrupt],
    ['Table 30', TRANSLATION_FAULTS, (step: VectorStep) => !isInterrupt(step)],
  ] as const)('%s: a vector expects each row by its name and its number (7.1.3-R6)', (_, rows, belongs) => {
    const expected = new Set(steps.filter(belongs).flatMap(conditionsOf));
    const missing = rows.filter(({ code, reason }) => !expected.has(`${code} 0x${reason.toString(16)}`));
    expect(missing.map(({ code }) => code)).toEqual([]);
  });

  test('a vector reads each value of IQERCD_REG.IQEI (§11.4.9.9)', () => {
    const values = new Set(steps.flatMap(queueErrorOf));
    expect(Object.values(QueueError).filter((value) => !values.has(value))).toEqual([]);
  });
});

/** An interrupt request, or a request of a device that came as one. */
function isInterrupt(step: VectorStep): boolean {
  return 'interrupt' in step || ('request' in step && /"condition":"\d.h"/.test(JSON.stringify(step.expect)));
}

/** What an answer may be, if there is one right answer: `LGN.2 0x5`. */
function conditionsOf(step: VectorStep): readonly string[] {
  if (!('expect' in step) || step.expect === undefined || 'oneOf' in step.expect) return [];
  const named = JSON.stringify(step.expect).matchAll(/"condition":"([^"]+)","reason":"(0x[\da-f]+)"/g);
  return [...named].map(([, code, reason]) => `${code} ${reason}`);
}

/** IQEI, if the step compares all of it with one value. */
function queueErrorOf(step: VectorStep): readonly number[] {
  if (!('read' in step) || step.read !== 'IQERCD_REG' || step.value === undefined) return [];
  const { high, low } = IQERCD_REG.fields.IQEI;
  const [value, mask] = [step.value, step.mask ?? '0xffffffffffffffff'].map((text) =>
    Number((BigInt(text) >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n)),
  ) as [number, number];
  return mask === 2 ** (high - low + 1) - 1 ? [value] : [];
}
