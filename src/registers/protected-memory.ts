import { bit, page } from '../bits/field.ts';
import { register, ro, rsvdp, rsvdz, rw } from '../bits/register.ts';

// The document splits the base and limit registers at an N that the implementation chooses: 31:N+1 (63:N+1) is the
// address and N:0 reserved. Declared is the finest split; bits N:12 are made read-only by the unit's choice
// `protectedMemoryAlignment`.

/** Protected Memory Enable Register, §11.4.8.1. */
export const PMEN_REG = register(
  'PMEN_REG',
  '§11.4.8.1',
  { width: 32, offset: 0x064, requires: 'CAP_REG.PLMR or CAP_REG.PHMR' },
  {
    PRS: ro(bit(0, 'Protected Region Status')),
    EPM: rw(bit(31, 'Enable Protected Memory')),
  },
  [{ ...rsvdp(30, 1), reset: 'x' }],
);

/** Protected Low-Memory Base Register, §11.4.8.2. */
export const PLMBASE_REG = register(
  'PLMBASE_REG',
  '§11.4.8.2',
  { width: 32, offset: 0x068, requires: 'CAP_REG.PLMR' },
  { PLMB: rw(page(31, 12, 'Protected Low-Memory Base')) },
  [rsvdz(11, 0)],
);

/** Protected Low-Memory Limit Register, §11.4.8.3. Its low bits decode as ones. */
export const PLMLIMIT_REG = register(
  'PLMLIMIT_REG',
  '§11.4.8.3',
  { width: 32, offset: 0x06c, requires: 'CAP_REG.PLMR' },
  { PLML: rw(page(31, 12, 'Protected Low-Memory Limit')) },
  [rsvdz(11, 0)],
);

/** Protected High-Memory Base Register, §11.4.8.4. */
export const PHMBASE_REG = register(
  'PHMBASE_REG',
  '§11.4.8.4',
  { width: 64, offset: 0x070, requires: 'CAP_REG.PHMR' },
  { PHMB: rw(page(63, 12, 'Protected High-Memory Base')) },
  [rsvdz(11, 0)],
);

/** Protected High-Memory Limit Register, §11.4.8.5. Its low bits decode as ones. */
export const PHMLIMIT_REG = register(
  'PHMLIMIT_REG',
  '§11.4.8.5',
  { width: 64, offset: 0x078, requires: 'CAP_REG.PHMR' },
  { PHML: rw(page(63, 12, 'Protected High-Memory Limit')) },
  [rsvdz(11, 0)],
);
