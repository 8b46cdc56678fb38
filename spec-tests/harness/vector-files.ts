import { readFileSync } from 'node:fs';
import type { VectorCase, VectorFile } from '../../src/vectors/types.ts';
import { textsBelow } from './repository.ts';
import { formatted } from './vector-format.ts';
import type { VectorText } from './vector-lint.ts';

/** Every vector file of the repository as it stands on disk. */
export function vectorTexts(): readonly VectorText[] {
  const texts = textsBelow('fixtures', (path) => path.endsWith('.json') && !path.startsWith('fixtures/schema/'));
  return [...texts]
    .filter(([, text]) => /"schema":\s*"unit-vectors-1"/.test(text.slice(0, 200)))
    .map(([path, text]) => ({ path, text }));
}

/** The vector files that arguments name, or all of them. Throws an Error for a file that cannot be read. */
export function vectorTextsOf(paths: readonly string[]): readonly VectorText[] {
  return paths.length === 0 ? vectorTexts() : paths.map((path) => ({ path, text: readText(path) }));
}

/** The text of a file; `-` is standard input. Throws an Error of one sentence. */
export function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`);
  }
}

/** The value of a JSON text. Throws an Error that names where it came from. */
export function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path === '-' ? 'standard input' : path} is not JSON: ${(error as Error).message}`);
  }
}

/** A vector file in canonical form. */
export const canonical = ({ path, text }: VectorText): string => formatted(parseJson(path, text));

export interface Added {
  readonly id: string;
  readonly text: string;
}

/**
 * A case put at the end of the last group of a file. Its `id` may be a prefix alone (`LCT.3`) or have a number, which
 * is not kept: it gets the number after the highest that any vector file has for its prefix.
 */
export function withCase(target: VectorText, one: unknown, all: readonly VectorText[]): Added {
  if (typeof one !== 'object' || one === null || typeof (one as VectorCase).id !== 'string') {
    throw new Error('a case is an object with an id, or with the prefix of one');
  }
  const file = parseJson(target.path, target.text) as VectorFile;
  const group = Array.isArray(file.groups) ? file.groups.at(-1) : undefined;
  if (group === undefined) throw new Error(`${target.path} has no group to put a case into`);
  const prefix = (one as VectorCase).id.replace(/-\d+$/, '');
  const id = `${prefix}-${Math.max(0, ...numbersOf(prefix, [...all, target])) + 1}`;
  const groups = [...file.groups.slice(0, -1), { ...group, cases: [...group.cases, { ...(one as VectorCase), id }] }];
  return { id, text: formatted({ ...file, groups }) };
}

function numbersOf(prefix: string, texts: readonly VectorText[]): readonly number[] {
  const ids = texts.flatMap(({ path, text }) =>
    (parseJson(path, text) as VectorFile).groups.flatMap(({ cases }) => cases.map(({ id }) => id)),
  );
  return ids.filter((id) => id.replace(/-\d+$/, '') === prefix).map((id) => Number(/\d+$/.exec(id)?.[0] ?? 0));
}
