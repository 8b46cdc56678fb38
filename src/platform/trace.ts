import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { StructureDeclaration } from '../bits/structure.ts';

/**
 * Who listens to a walk. Nobody in the model reads it; without a listener it costs one comparison an entry. `words` are
 * scratch: copy them.
 */
export interface Trace {
  /** An entry was read. */
  entry?(structure: StructureDeclaration, page: PageNumber, offset: number, words: Words): void;
  /** An entry could not be read: memory refused. */
  refused?(structure: StructureDeclaration, page: PageNumber, offset: number): void;
}
