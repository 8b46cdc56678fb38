import { tableText } from '../../src/cli/text.ts';
import { CHAPTERS, chapterOf, RULES, rulesOfVectors, rulesWithoutVector } from './rule-coverage.ts';

/** `npm run coverage`: the rules that no vector names, by chapter; docs/coverage.md says why. */
function main(): void {
  const named = rulesOfVectors();
  const without = rulesWithoutVector(named);
  const count = (rules: readonly string[], chapter: string, kind: string) =>
    rules.filter((rule) => chapterOf(rule) === chapter && rule.includes(`-${kind}`)).length;
  const rows = CHAPTERS.map((chapter) => [
    chapter,
    ...['R', 'M', 'G', 'S'].map((kind) => {
      const all = count(RULES, chapter, kind);
      return `${all - count(without, chapter, kind)} of ${all}`;
    }),
  ]);
  const lines = [
    ...tableText(['chapter', 'rules', 'freedoms', 'gaps', 'duties of software'], rows),
    '',
    `${RULES.length} rules, ${named.size} of them named by vectors. Without one, for the reasons in docs/coverage.md:`,
    ...CHAPTERS.map((chapter) => `  ${without.filter((rule) => chapterOf(rule) === chapter).join(' ')}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

main();
