import { bit, page } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';

/**
 * One translation in the data of a translation completion, §4.1.2. 64 bits. The document names the fields, PCI Express
 * says where they are; the four bits between G and N mean nothing to a remapping unit.
 */
export const TranslationCompletionEntry = structure(
  'Translation Completion',
  '§4.1.2',
  64,
  {
    R: bit(0, 'Read', { 0: 'no read access', 1: 'read access' }),
    W: bit(1, 'Write', { 0: 'no write access', 1: 'write access' }),
    U: bit(2, 'Untranslated access only', { 0: 'translated requests may use it', 1: 'untranslated requests only' }),
    EXE: bit(3, 'Execute', { 0: 'no execute access', 1: 'execute access' }),
    PRIV: bit(4, 'Privileged Mode Access', { 0: 'rights of a user', 1: 'rights of a supervisor' }),
    G: bit(5, 'Global Mapping', { 0: 'of one PASID', 1: 'of every PASID' }),
    N: bit(10, 'Non-snooped access', { 0: 'No Snoop may be set', 1: 'translated requests clear No Snoop' }),
    S: bit(11, 'Size', { 0: '4 KB', 1: 'larger: the lowest 0 of ADDR says how large' }),
    /** Means something only with R or W, and U=0. */
    ADDR: page(63, 12, 'Translated Address'),
  },
  { reserved: [[9, 6]] },
);
