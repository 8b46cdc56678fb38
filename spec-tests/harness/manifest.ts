import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bySection, chapterOf, sectionsOf } from '../../src/conformance/sections.ts';
import { formatted } from '../../src/vectors/format.ts';
import { runsOf } from '../../src/vectors/runs.ts';
import type { VectorFile } from '../../src/vectors/types.ts';
import { ROOT } from './repository.ts';
import { parseJson, vectorTexts } from './vector-files.ts';

/** Where it stands. */
export const MANIFEST = 'fixtures/manifest.json';

/**
 * The version of the vectors. The first number grows when an id changes its meaning or the form changes, the second
 * when cases are added, the third when what they expect is corrected. docs/vectors.md says so to runners.
 */
const VERSION = '1.1.0';

interface Counts {
  readonly cases: number;
  /** A case with `eachBit` is run once a bit. */
  readonly runs: number;
}

interface ListedFile extends Counts {
  /** Below `fixtures/`. */
  readonly path: string;
  readonly sha256: string;
  readonly sections: readonly string[];
  /** What some of its cases need of a target. */
  readonly needs: readonly string[];
}

interface Manifest {
  readonly schema: 'vectors-manifest-1';
  readonly version: string;
  /** The `schema` of the files. */
  readonly form: 'unit-vectors-1';
  readonly totals: Counts & { readonly files: number };
  /** Cases count in the chapter of their first rule. */
  readonly chapters: readonly (Counts & { readonly chapter: string; readonly title: string })[];
  readonly files: readonly ListedFile[];
}

/** The manifest of the vectors as they stand on disk, as it is to be written. */
export function manifestText(): string {
  const files = vectorTexts().map(({ path, text }) => ({ path, text, file: parseJson(path, text) as VectorFile }));
  const listed = files.map(({ path, text, file }) => listedFile(path, text, file));
  const manifest: Manifest = {
    schema: 'vectors-manifest-1',
    version: VERSION,
    form: 'unit-vectors-1',
    totals: { files: listed.length, cases: sum(listed, 'cases'), runs: sum(listed, 'runs') },
    chapters: chaptersOf(files.map(({ file }) => file)),
    files: listed,
  };
  return formatted(manifest);
}

function listedFile(path: string, text: string, file: VectorFile): ListedFile {
  const cases = file.groups.flatMap((group) => group.cases);
  return {
    path: path.replace(/^fixtures\//, ''),
    cases: cases.length,
    runs: [...runsOf(file)].length,
    sections: file.sections,
    needs: [...new Set(cases.flatMap(({ needs = [] }) => needs))].sort(),
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}

function chaptersOf(files: readonly VectorFile[]): Manifest['chapters'] {
  const { sections: titles } = parseJson(
    'sections.json',
    readFileSync(join(ROOT, 'fixtures/sections.json'), 'utf8'),
  ) as {
    readonly sections: Readonly<Record<string, string>>;
  };
  const chapters = new Map<string, { cases: Set<string>; runs: number }>();
  for (const file of files) {
    for (const run of runsOf(file)) {
      const chapter = chapterOf(sectionsOf(run.case, file)[0]!);
      const counted = chapters.get(chapter) ?? { cases: new Set(), runs: 0 };
      chapters.set(chapter, counted);
      counted.cases.add(run.case.id);
      counted.runs += 1;
    }
  }
  return [...chapters]
    .sort(([one], [other]) => bySection(one, other))
    .map(([chapter, { cases, runs }]) => ({ chapter, title: titles[chapter] ?? '', cases: cases.size, runs }));
}

const sum = (all: readonly Counts[], name: keyof Counts): number => all.reduce((total, one) => total + one[name], 0);
