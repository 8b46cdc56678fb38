import rulesFile from '../../fixtures/rules.json' with { type: 'json' };
import type { VectorFile } from '../../src/vectors/types.ts';
import { vectorTexts } from './vector-files.ts';

/** A rule is of one of these: chapters, and an appendix. */
export const CHAPTERS: readonly string[] = ['3', '4', '5', '6', '7', '8', '9', '10', '11', 'A'];

export const chapterOf = (rule: string): string => /^[^.-]+/.exec(rule)![0];

/** Every rule by its id, `3.7.1-R2`, by chapter. */
export const RULES: readonly string[] = Object.entries(rulesFile.rules)
  .flatMap(([section, rules]) => rules.split(' ').map((rule) => `${section}-${rule}`))
  .sort((a, b) => CHAPTERS.indexOf(chapterOf(a)) - CHAPTERS.indexOf(chapterOf(b)));

/** The rules that vectors name, each with how many cases do. */
export function rulesOfVectors(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of vectorTexts()) {
    for (const { rules } of (JSON.parse(text) as VectorFile).groups.flatMap(({ cases }) => cases)) {
      for (const rule of rules) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    }
  }
  return counts;
}

/** The rules that no vector names. */
export function rulesWithoutVector(named: ReadonlyMap<string, number>): readonly string[] {
  return RULES.filter((rule) => !named.has(rule));
}

/** A row of docs/coverage.md: rules without a vector, each by its id or all of a kind in a chapter (`8-*`, `*-S`). */
export interface Reason {
  readonly rules: readonly string[];
  readonly why: string;
}

/** The rows of the table in a page. */
export function reasonsIn(page: string): readonly Reason[] {
  return [...page.matchAll(/^\| ((?:`[^`|]+` ?)+) \| ([^|]+) \|$/gm)].map(([, ids, why]) => ({
    rules: [...ids!.matchAll(/`([^`]+)`/g)].map(([, id]) => id!),
    why: why!,
  }));
}

/** Whether `8-*` (a chapter), `*-S` (a kind), `11-G` (a kind in a chapter) or an id itself stands for a rule. */
export function standsFor(pattern: string, rule: string): boolean {
  const [chapter, kind] = /^(\d+|A|\*)-(\*|[RMGS])$/.exec(pattern)?.slice(1) ?? [];
  if (chapter === undefined || kind === undefined) return pattern === rule;
  return (chapter === '*' || chapter === chapterOf(rule)) && (kind === '*' || rule.includes(`-${kind}`));
}
