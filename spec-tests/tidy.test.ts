import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { INTERRUPT_FAULTS, InterruptFault } from '../src/conditions/interrupt.ts';
import { Fault } from '../src/conditions/translation.ts';
import { CHOICE_VALUES, type Choices, type ChoiceValues, DEFAULT_CHOICES } from '../src/platform/choices.ts';
import { loadVectors } from '../src/vectors/load.ts';
import type { VectorCase } from '../src/vectors/types.ts';
import { functionsWithoutSection, wrongCitations } from './harness/citations.ts';
import { ACROSS, importsOf, layerViolations } from './harness/layers.ts';
import { codeOf, ROOT, type Texts, textsBelow } from './harness/repository.ts';

const src = textsBelow('src', (path) => path.endsWith('.ts'));
const tests = textsBelow('spec-tests', (path) => path.endsWith('.ts'));
const docs = textsBelow('docs', (path) => path.endsWith('.md'));
const everything = textsBelow('', (path) => !path.startsWith('fixtures/linux/') && !path.endsWith('.bin'));
const cases: readonly VectorCase[] = loadVectors(`${ROOT}/fixtures`).flatMap(({ file }) =>
  file.groups.flatMap((group) => group.cases),
);

/** The lines of each text that a pattern meets, as `path:line`. */
function linesWith(texts: Texts, pattern: RegExp, of: (text: string) => string = (text) => text): readonly string[] {
  return [...texts].flatMap(([path, text]) =>
    of(text)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}`] : [])),
  );
}

describe('Layers', () => {
  test('every import of src/ points downwards, to no stranger, and in no circle', () => {
    expect(layerViolations(src)).toEqual([]);
  });

  test('what is allowed between strangers is there', () => {
    const resolved = (from: string) =>
      importsOf(src.get(from) ?? '').map((name) => posix.join(posix.dirname(from), name));
    for (const { from, to } of ACROSS) expect(resolved(from), from).toContain(to);
  });

  test('a violation of each kind is found', () => {
    const planted: Texts = new Map([
      ['src/bits/field.ts', `import type { Fault }\n  from '../conditions/translation.ts';`],
      ['src/conditions/translation.ts', `export { register } from "../registers/global.ts";`],
      ['src/registers/global.ts', `import 'node:fs';`],
      ['src/caches/caches.ts', `import { a } from './iotlb.ts';`],
      ['src/caches/iotlb.ts', `import { b } from './tags.ts';\nconst c = await import('chalk');`],
      ['src/caches/tags.ts', `export * from './caches.ts';\ntype T = import('../../spec-tests/oracle/index.ts').T;`],
      ['src/unit/dma.ts', `const name = './a.ts';\nawait import(name);\nimport { gone } from './gone.ts';`],
      ['src/index.ts', `export { main } from './cli/main.ts';\nexport { load } from './vectors/load.ts';`],
      ['src/cli/main.ts', `import { Command } from 'commander';\nimport chalk from 'chalk';`],
      ['src/vectors/load.ts', `import { readFileSync } from 'node:fs';`],
      ['src/helpers/one.ts', ''],
    ]);
    expect(layerViolations(planted)).toEqual([
      'src/bits/field.ts imports upwards: src/conditions/translation.ts',
      'src/conditions/translation.ts imports from a stranger of its layer: src/registers/global.ts',
      'src/registers/global.ts imports node:fs below images/',
      'src/caches/iotlb.ts imports the package chalk',
      'src/caches/tags.ts imports spec-tests/oracle/index.ts, outside src/',
      'src/unit/dma.ts imports src/unit/gone.ts, which is not there',
      'src/unit/dma.ts imports what cannot be told from its text',
      'src/index.ts imports cli/: src/cli/main.ts',
      'src/cli/main.ts imports the package chalk',
      'src/helpers/one.ts stands in no layer',
      'src/caches/caches.ts is in an import cycle',
    ]);
  });

  test('the second opinion imports nothing from src/', () => {
    const oracle = [...tests].filter(([path]) => /^spec-tests\/oracle\/(?!.*(\.test\.ts|test-bench\.ts)$)/.test(path));
    expect(oracle.filter(([, text]) => importsOf(text).some((name) => name.includes('src/')))).toEqual([]);
  });
});

describe('Files', () => {
  test('no file of src/ is longer than 400 lines', () => {
    expect([...src].filter(([, text]) => text.split('\n').length > 401).map(([path]) => path)).toEqual([]);
  });

  test('coverage leaves out the files that are types alone, which it would count as never run, and no others', () => {
    const runs = /^(?:export )?(?:const|let|function|async|class|if|for|throw)\b|^export (?:\*|\{)/m;
    const { c8 } = JSON.parse(everything.get('package.json') ?? '{}') as { c8: { exclude: readonly string[] } };
    expect(c8.exclude).toEqual([...src].filter(([, text]) => !runs.test(codeOf(text))).map(([path]) => path));
  });

  test('nothing is put off, left untyped or switched off', () => {
    const both = new Map([...src, ...tests]);
    expect(linesWith(both, /\b(?:TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b|@ts-(?:ignore|nocheck)/)).toEqual([]);
    const untyped = /(?:[:<|]|\bas)\s*any\b|\bany(?:\[\]|>)/;
    expect(linesWith(both, untyped, codeOf)).toEqual([]);
    expect(linesWith(new Map([['a.ts', "let a: any;\n// b: any\nf(': any');"]]), untyped, codeOf)).toEqual(['a.ts:1']);
    expect(linesWith(both, /\.(?:only|skip)\s*\(/, codeOf)).toEqual([]);
  });

  test('no file names a path or a registry of the machine that it was written on', () => {
    expect(linesWith(everything, /(?<![\w.:/-])\/(?:work|root|home|tmp)(?:\/|\b(?![-./]))/)).toEqual([]);
    expect(linesWith(everything, /https?:\/\/(?!registry\.npmjs\.org)[\w.-]*(?:registry|artifactory|nexus)/)).toEqual(
      [],
    );
    expect(linesWith(everything, /"resolved": "https?:\/\/(?!registry\.npmjs\.org\/)/)).toEqual([]);
  });
});

describe('Citations', () => {
  test('every section, table and rule that is cited is there', () => {
    // Tests of bits/ declare things of their own; the two others plant mistakes.
    const testing = [...tests].filter(([path]) => !/^spec-tests\/(?:bits\/|tidy\.test|vectors-lint\.test)/.test(path));
    expect(wrongCitations(new Map([...src, ...testing, ...docs]))).toEqual([]);
  });

  test('every function that the algorithms export says where it comes from', () => {
    const algorithms =
      /^src\/(dma-remapping|interrupt-remapping|faults|invalidation|page-requests|performance|unit|caches|events)\//;
    expect(functionsWithoutSection(new Map([...src].filter(([path]) => algorithms.test(path))))).toEqual([]);
  });

  test('a wrong section, table or rule and a function without one are found', () => {
    const planted: Texts = new Map([
      ['a.ts', '/** §3.99, Table 4 and Tables 47 to 49, Table 99. */\nexport function f() {}'],
      ['b.ts', '/** By 3.77-R1. */\nexport const g = (a: number): number => a;\nexport const H = 1;'],
    ]);
    expect(wrongCitations(planted)).toEqual(['a.ts cites §3.99', 'a.ts cites Table 99', 'b.ts cites 3.77-R1']);
    expect(functionsWithoutSection(planted)).toEqual(['b.ts exports g without a section']);
  });
});

describe('Conditions', () => {
  const rows = [
    ...Object.entries(Fault).map(([name, { code }]) => ({ code: code as string, name: `Fault.${name}` })),
    ...Object.entries(InterruptFault).map(([name, { code }]) => ({ code, name: `InterruptFault.${name}` })),
  ];
  const algorithms = [...src].filter(([path]) => !path.startsWith('src/conditions/')).map(([, text]) => codeOf(text));
  const expected = new Set(JSON.stringify(cases).match(/(?<="condition":")[^"]+/g));

  test('every row is returned somewhere', () => {
    const missing = rows.filter(({ name }) => !algorithms.some((text) => new RegExp(`\\b${name}\\b`).test(text)));
    expect(missing.map(({ code }) => code)).toEqual([]);
  });

  test('every row that is returned is expected by a vector', () => {
    expect(rows.map(({ code }) => code).filter((code) => !expected.has(code))).toEqual([]);
  });

  test('a vector expects only conditions that are', () => {
    const known = new Set<string>([...Object.values(Fault), ...INTERRUPT_FAULTS].map(({ code }) => code));
    expect([...expected].filter((code) => !known.has(code))).toEqual([]);
  });
});

describe('Choices', () => {
  const names = Object.keys(CHOICE_VALUES) as (keyof Choices)[];
  const valuesOf = (name: keyof Choices): ChoiceValues<unknown> => CHOICE_VALUES[name];

  test.each(names)('%s: docs/choices.md has a row with its values and its default', (name) => {
    const row = docs.get('docs/choices.md')?.match(new RegExp(`^\\| \`${name}\` \\|.*$`, 'm'))?.[0] ?? '';
    const [, , , values = '', byDefault = ''] = row.split('|').map((cell) => cell.trim());
    const listed = valuesOf(name);
    expect(values).toBe(writtenAs(listed));
    expect(byDefault).toBe(`\`${DEFAULT_CHOICES[name]}\``);
  });

  test.each(names)('%s: vectors take each of its values, or two of a number or of an order', (name) => {
    const taken = new Set<unknown>(cases.map(({ choices }) => choices?.[name]).filter((value) => value !== undefined));
    const listed = valuesOf(name);
    if ('low' in listed || 'orderOf' in listed) expect(taken.size).toBeGreaterThanOrEqual(2);
    else expect(listed.filter((value) => !taken.has(value))).toEqual([]);
  });
});

function writtenAs(values: ChoiceValues<unknown>): string {
  if ('low' in values) return `${values.low} to ${values.high}`;
  if ('orderOf' in values) return 'any order of its rows';
  return values.map((value) => `\`${value}\``).join(', ');
}
