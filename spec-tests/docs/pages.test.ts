import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/vectors/run.ts';
import { runsOf } from '../../src/vectors/runs.ts';
import type { VectorFile } from '../../src/vectors/types.ts';
import { wrongCitations } from '../harness/citations.ts';
import { LAYERS } from '../harness/layers.ts';
import { modelTarget } from '../harness/model-target.ts';
import { codeOf, ROOT, textsBelow } from '../harness/repository.ts';
import { parseJson, readText, vectorTexts, withCase } from '../harness/vector-files.ts';
import { lint } from '../harness/vector-lint.ts';

const pages = textsBelow('', (path) => /^(?:docs\/)?[\w-]+\.md$/.test(path));
const src = textsBelow('src', (path) => path.endsWith('.ts'));
const { scripts } = parseJson('package.json', readText(join(ROOT, 'package.json'))) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** The only fenced block of a language, or of none, in a page. */
function blockOf(path: string, language: string, after: string): string {
  const text = pages.get(path) ?? '';
  const block = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(text.slice(text.indexOf(after)));
  return block?.[1] ?? '';
}

describe('Pages', () => {
  test.each([...pages.keys()])('%s: every file that it names is there', (path) => {
    const text = pages.get(path)!;
    const named = [...text.matchAll(/`((?:src|docs|spec-tests|fixtures|\.ci)\/[\w./-]*)`/g)].map(([, file]) => file!);
    const linked = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, file]) => join(path, '..', file!));
    expect([...named, ...linked].filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test.each([...pages.keys()])('%s: every script that it calls is there', (path) => {
    const called = [...pages.get(path)!.matchAll(/\bnpm (?:run (?:-s )?)?([a-z][\w:]*)/g)].map(([, name]) => name!);
    expect(called.filter((name) => !(name in scripts) && !['ci', 'install'].includes(name))).toEqual([]);
  });

  test('cite only what the document has', () => {
    expect(wrongCitations(pages)).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  const lines = blockOf('docs/architecture.md', '', '## Layers').trimEnd().split('\n');
  const drawn = lines.map((line) => line.split(/ {2,}/)[0]!.split(' ')).filter(([first]) => first !== '');

  test('draws the layers as the house rules have them', () => {
    expect(drawn.map((names) => names.map((name) => name.replace(/[()]/g, '')))).toEqual(LAYERS);
  });

  test('has the folders that are not there in brackets, and no others', () => {
    const bracketed = drawn.flat().filter((name) => name.startsWith('('));
    const missing = LAYERS.flat().filter((name) => !existsSync(join(ROOT, 'src', name)));
    expect(bracketed).toEqual(missing.map((name) => `(${name})`));
  });

  test('the functions on the way of a request stand in the files beside them', () => {
    const way = blockOf('docs/architecture.md', '', '## One DMA request');
    const rows = [...way.matchAll(/^ *(?:none: |a row came back: )?(\w+)(?:\.(\w+))?(?:\(.*\))? +(src\/[\w./-]+)/gm)];
    expect(rows.length).toBeGreaterThan(12);
    const missing = rows.filter(([, name, member, file]) => {
      const text = src.get(file!) ?? '';
      return !new RegExp(`(?:function|class|const) ${name}\\b`).test(text) || !text.includes(`${member ?? ''}(`);
    });
    expect(missing.map(([row]) => row)).toEqual([]);
  });
});

describe('docs/spec-revision.md', () => {
  test('names the files in which the major version counts, and no others', () => {
    const rows = [...pages.get('docs/spec-revision.md')!.matchAll(/^\| \d .*`(src\/[\w./-]+)` \|$/gm)];
    const counts = [...src].filter(([, text]) => /\bmajor\b[^:\n]*[<>]=?/.test(codeOf(text))).map(([path]) => path);
    expect([...new Set(rows.map(([, file]) => file!))].sort()).toEqual(counts.sort());
  });
});

describe('CONTRIBUTING.md', () => {
  test('the case that it shows can be added to the file that it names, and holds', async () => {
    const path = /vectors -- add (\S+\.json) case\.json/.exec(pages.get('CONTRIBUTING.md')!)?.[1] ?? '';
    const one = parseJson('the case', blockOf('CONTRIBUTING.md', 'json', '## A vector'));
    const texts = vectorTexts();
    const { id, text } = withCase(texts.find((it) => it.path === path)!, one, texts);
    expect(id).toMatch(/^root-absent-\d+$/);
    expect(lint([{ path, text }])).toEqual([]);
    const added = [...runsOf(parseJson(path, text) as VectorFile)].at(-1)!;
    expect(added.id).toBe(id);
    expect(await run(modelTarget(), added)).toBeUndefined();
  });
});
