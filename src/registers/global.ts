import { bit, bits, page } from '../bits/field.ts';
import { register, ro, rsvdz, rw, wo } from '../bits/register.ts';

/** Global Command Register, §11.4.4.1. Its status bits are those of {@link GSTS_REG}. */
export const GCMD_REG = register(
  'GCMD_REG',
  '§11.4.4.1',
  { width: 32, offset: 0x018 },
  {
    CFI: wo(bit(23, 'Compatibility Format Interrupt', { 0: 'blocked', 1: 'passed' }), { requires: 'ECAP_REG.IR' }),
    /** One-shot: 1 starts, 0 does nothing. So are WBF and SRTP; the others say the state that is wanted. */
    SIRTP: wo(bit(24, 'Set Interrupt Remap Table Pointer'), { requires: 'ECAP_REG.IR' }),
    IRE: wo(bit(25, 'Interrupt Remapping Enable'), { requires: 'ECAP_REG.IR' }),
    QIE: wo(bit(26, 'Queued Invalidation Enable'), { requires: 'ECAP_REG.QI' }),
    WBF: wo(bit(27, 'Write Buffer Flush'), { requires: 'CAP_REG.RWBF' }),
    SRTP: wo(bit(30, 'Set Root Table Pointer')),
    TE: wo(bit(31, 'Translation Enable')),
  },
  [rsvdz(22, 0), rsvdz(29, 28)],
);

/** Global Status Register, §11.4.4.2. */
export const GSTS_REG = register(
  'GSTS_REG',
  '§11.4.4.2',
  { width: 32, offset: 0x01c },
  {
    CFIS: ro(bit(23, 'Compatibility Format Interrupt Status', { 0: 'blocked', 1: 'passed' })),
    IRTPS: ro(bit(24, 'Interrupt Remap Table Pointer Status')),
    IRES: ro(bit(25, 'Interrupt Remapping Enable Status')),
    QIES: ro(bit(26, 'Queued Invalidation Enable Status')),
    WBFS: ro(bit(27, 'Write Buffer Flush Status'), { requires: 'CAP_REG.RWBF' }),
    RTPS: ro(bit(30, 'Root Table Pointer Status')),
    TES: ro(bit(31, 'Translation Enable Status')),
  },
  [rsvdz(22, 0), rsvdz(29, 28)],
);

/** Root Table Address Register, §11.4.5. Storage only: GCMD_REG.SRTP latches it. */
export const RTADDR_REG = register(
  'RTADDR_REG',
  '§11.4.5',
  { width: 64, offset: 0x020 },
  {
    SSIRWE: rw(bit(7, 'Second-Stage IR/IW Enable', { 0: 'rights from R and W', 1: 'rights from IR and IW' }), {
      requires: 'ECAP_REG.SSIRWS',
    }),
    TTM: rw(
      bits(11, 10, 'Translation Table Mode', {
        0: 'legacy mode',
        1: 'scalable mode',
        2: 'reserved',
        3: 'abort-dma mode',
      }),
    ),
    RTA: rw(page(63, 12, 'Root Table Address')),
  },
  [rsvdz(6, 0), rsvdz(9, 8)],
);
