import { describe, expect, test } from 'vitest';
import type { RemappingUnit } from '../../src/index.ts';
import { RULES } from '../../src/lint/rules.ts';
import { INTERRUPTS, QUEUES, SCALABLE_QUEUES } from './planted-interrupts.ts';
import { REGISTERS, ROOT_AND_CONTEXT, type Row, SECOND_STAGE, WHOLE } from './planted-legacy.ts';
import { CONTEXT, PASIDS, STAGES } from './planted-scalable.ts';
import { findingsOf, interruptUnit, legacyUnit, type Planted, scalableUnit } from './scenes.ts';

const GROUPS: readonly (readonly [string, (planted?: Planted) => RemappingUnit, readonly Row[]])[] = [
  ['registers', legacyUnit, REGISTERS],
  ['root and context entries', legacyUnit, ROOT_AND_CONTEXT],
  ['second-stage tables', legacyUnit, SECOND_STAGE],
  ['the whole', legacyUnit, WHOLE],
  ['context entries of scalable mode', scalableUnit, CONTEXT],
  ['PASID directories and tables', scalableUnit, PASIDS],
  ['stages of scalable mode', scalableUnit, STAGES],
  ['interrupts', interruptUnit, INTERRUPTS],
  ['queues', legacyUnit, QUEUES],
  ['queues in scalable mode', scalableUnit, SCALABLE_QUEUES],
];

describe('The scenes that mistakes are planted in', () => {
  test.each([
    ['legacy mode', legacyUnit],
    ['scalable mode', scalableUnit],
    ['interrupts', interruptUnit],
  ])('%s: nothing is wrong', (_, unitWith) => {
    expect(findingsOf(unitWith())).toEqual([]);
  });
});

describe.each(GROUPS)('Mistakes in %s', (_, unitWith, rows) => {
  test.each(rows)('%s: %s', (_what, rule, planted) => {
    const found = findingsOf(unitWith(planted), planted.options);
    const own = found.filter((finding) => finding.rule === rule);
    expect(own.length, found.map((finding) => `${finding.rule}: ${finding.says}`).join('\n')).toBeGreaterThan(0);
    expect(own[0]).toMatchObject({ severity: RULES[rule].severity, section: RULES[rule].section });
  });
});

describe('Rules', () => {
  test('each is broken by a mistake that is planted', () => {
    const planted = new Set<string>(GROUPS.flatMap(([, , rows]) => rows.map(([, rule]) => rule)));
    expect(Object.keys(RULES).filter((rule) => !planted.has(rule))).toEqual([]);
  });
});
