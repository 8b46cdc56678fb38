import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the repository stands. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Files by their path from the top of the repository, with forward slashes, and their text. */
export type Texts = ReadonlyMap<string, string>;

/** What installing, building and testing make. It is not ours. */
const MADE: ReadonlySet<string> = new Set(['.git', 'node_modules', 'dist', 'coverage']);

/** Every file below a folder of the repository that `includes` takes, with its text. */
export function textsBelow(folder: string, includes: (path: string) => boolean): Texts {
  const paths = [...below(folder)].filter(includes).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}

function* below(folder: string): Generator<string> {
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && !MADE.has(entry.name)) yield* below(path);
  }
}

const COMMENT_OR_STRING = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/g;

/** TypeScript without its comments and without what stands in its strings. Line breaks stay. */
export function codeOf(text: string): string {
  return text.replace(COMMENT_OR_STRING, (found) => found.replace(/[^\n]/g, ''));
}
