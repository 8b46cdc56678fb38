import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RULES, reasonsIn, rulesOfVectors, rulesWithoutVector, standsFor } from './harness/rule-coverage.ts';

const REASONS = reasonsIn(readFileSync(new URL('../docs/coverage.md', import.meta.url), 'utf8'));
const NAMED = rulesOfVectors();
const WITHOUT = rulesWithoutVector(NAMED);
const PATTERNS = REASONS.flatMap(({ rules }) => rules);

describe('Rules of the specification', () => {
  test('vectors name none that does not exist', () => {
    const known = new Set(RULES);
    const named = [...NAMED.keys()].filter((name) => /^[\dA][\d.]*-[RMGS]\d+$/.test(name));
    expect(named.filter((rule) => !known.has(rule) && !rule.startsWith('0-'))).toEqual([]);
  });

  test('each is named by a vector, or docs/coverage.md says why not', () => {
    const silent = WITHOUT.filter((rule) => !PATTERNS.some((pattern) => standsFor(pattern, rule)));
    expect(silent).toEqual([]);
  });

  test('docs/coverage.md has no reason for what has a vector', () => {
    expect(PATTERNS.filter((pattern) => !WITHOUT.some((rule) => standsFor(pattern, rule)))).toEqual([]);
  });
});
