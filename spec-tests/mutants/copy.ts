import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../harness/repository.ts';
import { changed, type Mutant } from './mutant.ts';

/** The model as a target of vectors, of which a copy has one too. */
export const TARGET = 'spec-tests/harness/model-target.ts';

/** Files that a copy has beside `src/`. */
const BESIDE = [TARGET, 'tsconfig.json', 'package.json'];

/** Puts a copy of the model, with `mutant` in it, into a folder that is not there yet. */
export function copyModel(copy: string, mutant: Pick<Mutant, 'name' | 'changes' | 'file'> | undefined): void {
  cpSync(join(ROOT, 'src'), join(copy, 'src'), { recursive: true });
  for (const file of BESIDE) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(ROOT, file), join(copy, file));
  }
  if (mutant === undefined) return;
  const text = readFileSync(join(copy, mutant.file), 'utf8');
  writeFileSync(join(copy, mutant.file), changed(text, mutant));
}
