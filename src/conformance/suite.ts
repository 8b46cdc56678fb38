import type { LoadedFile } from '../vectors/load.ts';
import { runsOf } from '../vectors/runs.ts';
import type { VectorRun } from '../vectors/types.ts';
import { sectionsOf } from './sections.ts';

/** A run of a vector, and where it comes from. */
export interface Subject {
  readonly run: VectorRun;
  /** Of its file, below `fixtures/`. */
  readonly path: string;
  /** Without §; it is counted under the first. */
  readonly sections: readonly string[];
}

/** Which vectors are taken; all of them if nothing is given. */
export interface Selection {
  /** Sections (`7.1`), rules (`3.7-R5`), conditions (`LGN.2`) or starts of paths (`faults/`). */
  readonly filters?: readonly string[];
  /** Ids of cases, or of single runs of them (`reserved-3/bit-7`). */
  readonly ids?: readonly string[];
}

/** The runs that are selected, in the order of the files. */
export function subjectsOf(files: readonly LoadedFile[], { filters = [], ids = [] }: Selection): readonly Subject[] {
  const wanted = new Set(ids);
  return files.flatMap(({ path, file }) =>
    [...runsOf(file)].flatMap((run) => {
      if (wanted.size > 0 && !wanted.has(run.id) && !wanted.has(run.case.id)) return [];
      const sections = sectionsOf(run.case, file);
      const is = [...sections, ...run.case.rules];
      if (filters.length > 0 && !filters.some((filter) => meets(filter.replace(/^§/, ''), is, path))) return [];
      return [{ run, path, sections }];
    }),
  );
}

function meets(filter: string, is: readonly string[], path: string): boolean {
  if (filter.includes('/')) return path.startsWith(filter);
  return is.some((one) => one === filter || one.startsWith(`${filter}.`) || one.startsWith(`${filter}-`));
}
