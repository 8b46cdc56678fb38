import sections from '../../fixtures/sections.json' with { type: 'json' };
import type { Texts } from './repository.ts';

const SECTIONS: ReadonlySet<string> = new Set(Object.keys(sections.sections));
const TABLES: ReadonlySet<number> = new Set(Object.keys(sections.tables).map(Number));

/** Whether the document has a section of this number, `3.7.1` or `A`. */
const isSection = (number: string): boolean => SECTIONS.has(number);

/** Whether the document has the section that a rule such as `3.7.1-R2` belongs to. Rules of chapter 0 are the digest's. */
export const isRuleOfSection = (rule: string): boolean => isSection(rule.replace(/-[RMGS]\d+$/, ''));

/** Whether the document has what `§3.7` or `Table 4` cites. */
export function isCitation(text: string): boolean {
  return text.startsWith('§') ? isSection(text.slice(1)) : TABLES.has(Number(text.replace('Table ', '')));
}

// `1 GB` and the like after the word Table belong to a page size, as in "Host Permission Table 1 GB Pages".
const TABLE = /\bTables?\s+(\d+)(?:(\s+to|,|\s+and)\s+(\d+))?(?!\s*[GMK]B)\b/g;

/** Every citation in a text: `§3.7`, `Table 4`; ranges give their ends, or all between for tables. */
function citationsIn(text: string): readonly string[] {
  const cited = [...text.matchAll(/§\s*(\d+(?:\.\d+)*|[A-Z]\b)/g)].map((found) => `§${found[1]}`);
  for (const [, first, joint = '', last = first] of text.matchAll(TABLE)) {
    const [low, high] = [Number(first), Number(last)];
    const between = joint.trim() === 'to' ? Array.from({ length: high - low }, (_, i) => low + i) : [low];
    cited.push(...[...between, high].map((number) => `Table ${number}`));
  }
  return [...new Set(cited)];
}

/** Every citation of something that the document does not have, with the file that has it. */
export function wrongCitations(texts: Texts): readonly string[] {
  return [...texts].flatMap(([path, text]) => [
    ...citationsIn(text)
      .filter((cited) => !isCitation(cited))
      .map((cited) => `${path} cites ${cited}`),
    ...[...text.matchAll(/(?<![\w.])\d+(?:\.\d+)*-[RMGS]\d+\b/g)]
      .map(([rule]) => rule)
      .filter((rule) => !rule.startsWith('0-') && !isRuleOfSection(rule))
      .map((rule) => `${path} cites ${rule}`),
  ]);
}

const EXPORTED_FUNCTION =
  /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?^export (?:(?:async )?function\*? (\w+)|const (\w+)[^=;]*= (?:async )?(?:function\b|\([^()]*\)[^={;]*=>))/gm;

/** Exported functions without a citation in their comment; one at the top of the file holds for all in it. */
export function functionsWithoutSection(texts: Texts): readonly string[] {
  return [...texts].flatMap(([path, text]) => {
    const head = /^\/\*[\s\S]*?\*\//.exec(text)?.[0] ?? '';
    if (head.includes('§')) return [];
    return [...text.matchAll(EXPORTED_FUNCTION)]
      .filter(([, comment = '']) => !/§|Not in the specification/.test(comment))
      .map(([, , name, constant]) => `${path} exports ${name ?? constant} without a section`);
  });
}
