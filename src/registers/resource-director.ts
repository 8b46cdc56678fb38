import { bits } from '../bits/field.ts';
import { register, rsvdz, rw } from '../bits/register.ts';

/** Resource Director Technology Control Register, §11.4.15: what the unit's own memory accesses are counted under. */
export const RDTC_REG = register(
  'RDTC_REG',
  '§11.4.15',
  { width: 64, offset: 0xdc0, requires: 'ECAP_REG.RDTS' },
  {
    RMID: rw(bits(11, 0, 'Resource Monitoring ID'), { reset: 'x' }),
    CLOS: rw(bits(36, 32, 'Class of Service'), { reset: 'x' }),
  },
  [rsvdz(31, 12), rsvdz(63, 37)],
);
