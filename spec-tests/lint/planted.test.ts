import { describe, expect, test } from 'vitest';
import type { RemappingUnit } from '../../src/index.ts';
import { RULES, type RuleId } from '../../src/lint/rules.ts';
import { INTERRUPTS, MESSAGES, QUEUES, SCALABLE_QUEUES } from './planted-interrupts.ts';
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
  ['messages of sources', interruptUnit, MESSAGES],
  ['queues', legacyUnit, QUEUES],
  ['queues in scalable mode', scalableUnit, SCALABLE_QUEUES],
];

/** Rules that a mistake breaks beside its own. */
const ALSO: Readonly<Record<string, readonly RuleId[]>> = {
  // The register of the scene has another address.
  'R10: a sign-extended root pointer': ['register-bits-lost'],
  'T10: TT 10b with a small AW': ['pass-through'],
  'T15: DID 0 with CM 1': ['unit-caching-mode'],
  'S8: reads above, writes below': ['write-only'],
  'S18: a page table that is a directory too': ['table-loop'],
  'T7: tables of three levels with AW 2': ['second-stage-page-size', 'second-stage-misaligned'],
  // The root and context entries are read as entries of interrupts.
  'R5: an interrupt table over the root table': [
    'interrupt-urgent-remapped',
    'interrupt-reserved',
    'interrupt-faults-not-recorded',
  ],
  'an RMRR that cannot be written': ['tables-readable'],
  'T3, R2: legacy tables in scalable mode': ['context-legacy-format', 'pasids-unreachable'],
  'T4: a legacy context entry': ['root-legacy-format'],
  'T4: and RPS 0': ['root-legacy-format'],
  'P20: P set while the second quadword is 0': ['pasid-walk-not-snooped'],
  'P23: DID 0 with CM 1': ['unit-caching-mode'],
  'F5: A clear and walks not snooped': ['pasid-walk-not-snooped'],
  'F12: a guest table that cannot be read': ['write-only'],
  'S13: SSADE, A clear, walks not snooped': ['pasid-walk-not-snooped'],
  'a first stage for writes over a second for reads': ['write-only'],
  'R5: foreign memory behind the table': [
    'interrupt-table-unreadable',
    'interrupt-destination-format',
    'interrupt-urgent-remapped',
    'interrupt-reserved',
  ],
  'IRTA_REG above HAW': ['interrupt-table-unreadable'],
};

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
  test.each(rows)('%s: %s, and what follows from it', (what, rule, planted) => {
    const found = findingsOf(unitWith(planted), planted.options);
    const broken = new Set(found.map((finding) => finding.rule));
    expect([...broken].sort()).toEqual([rule, ...(ALSO[what] ?? [])].sort());
  });
});

describe('Rules', () => {
  test('each is broken by a mistake that is planted', () => {
    const planted = new Set<string>(GROUPS.flatMap(([, , rows]) => rows.map(([, rule]) => rule)));
    expect(Object.keys(RULES).filter((rule) => !planted.has(rule))).toEqual([]);
  });
});
