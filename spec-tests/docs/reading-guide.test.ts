import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf } from '../harness/layers.ts';
import { ROOT, textsBelow } from '../harness/repository.ts';

const page = readFileSync(join(ROOT, 'docs/reading-guide.md'), 'utf8');
const src = textsBelow('src', (path) => path.endsWith('.ts'));
const START = 'src/dma-remapping/translate.ts';

/** The files of `src/` that a file imports, directly or not, and the file itself. */
function reachableFrom(start: string): ReadonlySet<string> {
  const found = new Set([start]);
  // A set is walked in the order in which it grows.
  for (const path of found) {
    for (const name of importsOf(src.get(path) ?? '')) found.add(posix.join(posix.dirname(path), name));
  }
  return found;
}

/** The rows of the table under a heading: what is cited, and the file. */
function rowsUnder(heading: string): readonly { readonly sections: readonly string[]; readonly file: string }[] {
  const part = page.split(/^## /m).find((it) => it.startsWith(heading)) ?? '';
  const rows = [...part.matchAll(/^\|(.*?)`(src\/[\w./-]+)` \|/gm)];
  return rows.map(([, before = '', file = '']) => ({ sections: before.match(/§[\d.]*\d/g) ?? [], file }));
}

const compare = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

const chapter = rowsUnder('Chapter 3');
const around = rowsUnder('Around');

describe('docs/reading-guide.md', () => {
  test('the tables are found', () => {
    expect(chapter.length).toBeGreaterThan(10);
    expect(around.length).toBeGreaterThan(5);
  });

  test('begins where it says, and goes on to nothing that is not imported from there', () => {
    expect(chapter[0]?.file).toBe(START);
    const reachable = reachableFrom(START);
    expect(chapter.map(({ file }) => file).filter((file) => !reachable.has(file))).toEqual([]);
  });

  test('goes through the sections in their order', () => {
    const first = chapter.map(({ sections }) => sections[0] ?? '');
    expect(first).toEqual([...first].sort(compare));
  });

  test.each([...chapter, ...around])('$file cites the sections that it is said to perform', ({ sections, file }) => {
    const text = src.get(file) ?? '';
    const cited = new Set(text.match(/§[\d.]*\d/g));
    expect(sections.filter((section) => !cited.has(section))).toEqual([]);
  });

  test('names every file of src/dma-remapping/', () => {
    const files = [...src.keys()].filter((path) => path.startsWith('src/dma-remapping/'));
    expect(files.filter((path) => !page.includes(`\`${path}\``))).toEqual([]);
  });
});
