import type { CachePolicy } from '../../src/index.ts';

/** A misreading of the document that a careful person makes, as a change of the text of one file. */
export interface Mutant {
  readonly name: string;
  /** What the model would do, as a sentence. */
  readonly says: string;
  readonly section: string;
  /** From the top of the repository. */
  readonly file: string;
  /** Each `find` stands in the file exactly once. */
  readonly changes: readonly Change[];
  /** The vectors that are likely to see it, by the start of their path below `fixtures/`. They are run first. */
  readonly vectors: string;
  /** What caches the copy has; none if it is missing, so that every walk reads memory. */
  readonly caches?: CachePolicy;
}

export interface Change {
  readonly find: string;
  readonly replace: string;
}

/** The text with the changes made. Throws an Error that names a `find` which does not stand there exactly once. */
export function changed(text: string, { name, changes }: Pick<Mutant, 'name' | 'changes'>): string {
  return changes.reduce((whole, { find, replace }) => {
    const times = whole.split(find).length - 1;
    if (times !== 1) throw new Error(`${name}: "${find}" stands there ${times} times`);
    return whole.replace(find, () => replace);
  }, text);
}
