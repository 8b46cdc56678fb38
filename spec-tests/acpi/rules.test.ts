import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DMAR_RULES, parseDmar, type RuleId, validateDmar } from '../../src/acpi/index.ts';
import { ROOT } from '../harness/repository.ts';
import { CLIENT, TABLE_33 } from './pieces.ts';
import { PLANTS, SOUND } from './plants.ts';
import { PLATFORM_PLANTS, SOUND_PLATFORMS } from './platform-plants.ts';

const IDS = Object.keys(DMAR_RULES) as RuleId[];
const rulesOf = (...args: Parameters<typeof validateDmar>) => validateDmar(...args).findings.map(({ rule }) => rule);

describe('Rules of the DMAR table', () => {
  test.each(PLANTS)('$rule: $what', ({ rule, bytes, offset, also = [] }) => {
    const { findings } = validateDmar(bytes);
    expect(findings.map((it) => it.rule).sort()).toEqual([rule, ...also].sort());
    const found = findings.find((it) => it.rule === rule)!;
    expect(found.offset).toBe(offset);
    expect([found.severity, found.section]).toEqual([DMAR_RULES[rule].severity, DMAR_RULES[rule].section]);
    for (const text of [found.says, found.mend, found.field]) expect(text).toMatch(/^(?!.*undefined)\S.*[^.]$/);
  });

  test.each(SOUND)('%s has no finding', (_, bytes) => {
    expect(validateDmar(bytes).findings).toEqual([]);
  });

  test('Table 33 has none', () => {
    expect(TABLE_33.length).toBe(152);
    expect(rulesOf(TABLE_33)).toEqual([]);
  });

  test('a finding names the field as the document does, with what is there and what would be right', () => {
    const bytes = CLIENT.map((byte, n) => (n === 9 ? 0 : byte));
    expect(validateDmar(bytes).findings).toEqual([
      {
        rule: 'checksum',
        severity: 'error',
        section: '§8.1',
        offset: 9,
        field: 'DMAR: Checksum',
        value: 0,
        says: 'the bytes sum up to 0xc4',
        mend: 'set Checksum to 0x3c',
      },
    ]);
  });

  test('reading alone finds what is wrong with the form, and not what is wrong with the content', () => {
    const byRule = (rule: RuleId) => PLANTS.find((it) => it.rule === rule)!.bytes;
    expect(parseDmar(byRule('structure-length')).findings.map(({ rule }) => rule)).toEqual(['structure-length']);
    expect(parseDmar(byRule('region-order')).findings).toEqual([]);
  });
});

describe('Rules of the table and its platform', () => {
  test.each(PLATFORM_PLANTS)('$rule: $what', ({ rule, bytes, facts, offset, also = [] }) => {
    expect(validateDmar(bytes).findings).toEqual([]);
    const { findings } = validateDmar(bytes, facts);
    expect(findings.map((it) => it.rule).sort()).toEqual([rule, ...also].sort());
    const found = findings.find((it) => it.rule === rule)!;
    expect(found.offset).toBe(offset);
    for (const text of [found.says, found.mend, found.field]) expect(text).toMatch(/^(?!.*undefined)\S.*[^.]$/);
  });

  test.each(SOUND_PLATFORMS)('%s: no finding', (_, bytes, facts) => {
    expect(rulesOf(bytes, facts)).toEqual([]);
  });
});

describe('All rules', () => {
  test('each has a table that breaks it', () => {
    const planted = new Set<RuleId>([...PLANTS, ...PLATFORM_PLANTS].map(({ rule }) => rule));
    expect(IDS.filter((id) => !planted.has(id))).toEqual([]);
  });

  test('docs/dmar.md has each, with its severity, its section and what it wants', () => {
    const page = readFileSync(join(ROOT, 'docs/dmar.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([\w-]+)` \| (\w+) \| (§[\d.]+) \| (.*) \|$/gm)].map((row) => row.slice(1));
    const expected = Object.entries(DMAR_RULES).map(([id, it]) => [id, it.severity, it.section, it.requires]);
    expect(rows).toEqual(expected);
  });
});
