import type { VectorCase, VectorFile } from '../vectors/types.ts';

/** The section of a rule, `3.7-R5`; undefined for a fault condition, whose sections are those of its file. */
const sectionOfRule = (rule: string): string | undefined => /^([1-9]\d*(?:\.\d+)*)-/.exec(rule)?.[1];

/** The sections that a case is about, without §: the first is the one that it is counted under. */
export function sectionsOf({ rules }: VectorCase, file: VectorFile): readonly string[] {
  const own = rules.flatMap((rule) => sectionOfRule(rule) ?? []);
  const others = file.sections.filter((name) => name.startsWith('§')).map((name) => name.slice(1));
  return [...new Set(own.length > 0 ? own : others.length > 0 ? others : ['?'])];
}

export const chapterOf = (section: string): string => section.split('.')[0]!;

/** Sections in the order of the document. */
export function bySection(one: string, other: string): number {
  const [a, b] = [one.split('.').map(Number), other.split('.').map(Number)];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? -1) - (b[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
