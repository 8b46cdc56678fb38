import { describe, expect, test } from 'vitest';
import { CAUSES } from '../../src/conditions/causes.ts';
import { columnOf } from '../../src/conditions/condition.ts';
import { INTERRUPT_FAULTS } from '../../src/conditions/interrupt.ts';
import { TRANSLATION_FAULTS } from '../../src/conditions/translation.ts';

describe('Usual causes (Table 30, Table 15)', () => {
  const met = TRANSLATION_FAULTS.filter(({ responses }) =>
    (['Un', 'Up'] as const).some((column) => responses[columnOf(column)] !== '-'),
  );

  test.each([...met, ...INTERRUPT_FAULTS].map(({ code }) => code))(
    '%s: an untranslated request can meet it, so one to three causes are named',
    (code) => {
      const causes = CAUSES[code] ?? [];
      expect(causes.length).toBeGreaterThanOrEqual(1);
      expect(causes.length).toBeLessThanOrEqual(3);
      for (const cause of causes) expect(cause).toMatch(/^[A-Za-z0-9'].*[^.]$/);
    },
  );

  test('causes are of conditions that are', () => {
    const codes = new Set<string>([...TRANSLATION_FAULTS, ...INTERRUPT_FAULTS].map(({ code }) => code));
    expect(Object.keys(CAUSES).filter((code) => !codes.has(code))).toEqual([]);
  });
});
