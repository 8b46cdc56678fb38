import { bit, bits, page } from '../bits/field.ts';
import { register, rsvdz, rw } from '../bits/register.ts';

/** Interrupt Remapping Table Address Register, §11.4.10. Storage only: GCMD_REG.SIRTP latches it. */
export const IRTA_REG = register(
  'IRTA_REG',
  '§11.4.10',
  { width: 64, offset: 0x0b8, requires: 'ECAP_REG.IR' },
  {
    S: rw(bits(3, 0, 'Size, log2 of the entries minus 1')),
    EIME: rw(bit(11, 'Extended Interrupt Mode Enable', { 0: 'xAPIC', 1: 'x2APIC' }), { requires: 'ECAP_REG.EIM' }),
    IRTA: rw(page(63, 12, 'Interrupt Remapping Table Address')),
  },
  [rsvdz(10, 4)],
);
