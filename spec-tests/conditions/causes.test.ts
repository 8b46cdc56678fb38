import { describe, expect, test } from 'vitest';
import { CAUSES } from '../../src/conditions/causes.ts';
import { columnOf } from '../../src/conditions/condition.ts';
import { TRANSLATION_FAULTS } from '../../src/conditions/translation.ts';

describe('Usual causes (Table 30)', () => {
  const met = TRANSLATION_FAULTS.filter(({ responses }) =>
    (['Un', 'Up'] as const).some((column) => responses[columnOf(column)] !== '-'),
  );

  test.each(met.map(({ code }) => code))(
    '%s: an untranslated request can meet it, so one to three causes are named',
    (code) => {
      const causes = CAUSES[code] ?? [];
      expect(causes.length).toBeGreaterThanOrEqual(1);
      expect(causes.length).toBeLessThanOrEqual(3);
      for (const cause of causes) expect(cause).toMatch(/^[A-Za-z0-9'].*[^.]$/);
    },
  );

  test('causes are of conditions that are', () => {
    const codes = new Set([...TRANSLATION_FAULTS.map(({ code }) => code), '29h']);
    expect(Object.keys(CAUSES).filter((code) => !codes.has(code))).toEqual([]);
  });
});
