import { bit, bits, page } from '../bits/field.ts';
import { register, ros, rsvdz, rw1cs } from '../bits/register.ts';
import { eventAddress, eventControl, eventData, eventUpperAddress } from './event.ts';

/** Fault Status Register, §11.4.7.1. */
export const FSTS_REG = register(
  'FSTS_REG',
  '§11.4.7.1',
  { width: 32, offset: 0x034 },
  {
    PFO: rw1cs(bit(0, 'Primary Fault Overflow')),
    /** The OR of every record's F: computed, never written. */
    PPF: ros(bit(1, 'Primary Pending Fault')),
    IQE: rw1cs(bit(4, 'Invalidation Queue Error'), { requires: 'ECAP_REG.QI' }),
    ICE: rw1cs(bit(5, 'Invalidation Completion Error'), { requires: 'ECAP_REG.DT' }),
    ITE: rw1cs(bit(6, 'Invalidation Time-out Error'), { requires: 'ECAP_REG.DT' }),
    FRI: ros(bits(15, 8, 'Fault Record Index')),
  },
  [rsvdz(3, 2), rsvdz(7), rsvdz(31, 16)],
);

/** Fault Event Control Register, §11.4.7.2. */
export const FECTL_REG = eventControl('FECTL_REG', '§11.4.7.2', { offset: 0x038 });

/** Fault Event Data Register, §11.4.7.3. */
export const FEDATA_REG = eventData('FEDATA_REG', '§11.4.7.3', { offset: 0x03c });

/** Fault Event Address Register, §11.4.7.4. */
export const FEADDR_REG = eventAddress('FEADDR_REG', '§11.4.7.4', { offset: 0x040 });

/** Fault Event Upper Address Register, §11.4.7.5. */
export const FEUADDR_REG = eventUpperAddress('FEUADDR_REG', '§11.4.7.5', { offset: 0x044 });

/** Fault Recording Registers, §11.4.7.6: CAP_REG.NFR + 1 of them, 128 bits each. */
export const FRCD_REG = register(
  'FRCD_REG',
  '§11.4.7.6',
  { width: 128, offset: '16 * (CAP_REG.FRO + n)' },
  {
    FI: ros(page(63, 12, 'Fault Information'), { reset: 'x' }),
    SID: ros(bits(79, 64, 'Source Identifier'), { reset: 'x' }),
    T2: ros(bit(92, 'Type bit 2'), { reset: 'x' }),
    PRIV: ros(bit(93, 'Privilege Mode Requested'), { reset: 'x', requires: 'ECAP_REG.PASID' }),
    EXE: ros(bit(94, 'Execute Permission Requested'), { reset: 'x', requires: 'ECAP_REG.PASID' }),
    PP: ros(bit(95, 'PASID Present'), { reset: 'x', requires: 'ECAP_REG.PASID' }),
    FR: ros(bits(103, 96, 'Fault Reason'), { reset: 'x' }),
    PV: ros(bits(123, 104, 'PASID Value'), { reset: 'x', requires: 'ECAP_REG.PASID' }),
    AT: ros(bits(125, 124, 'Address Type', { 0: 'untranslated', 1: 'translation', 2: 'translated', 3: 'reserved' }), {
      reset: 'x',
      requires: 'ECAP_REG.DT',
    }),
    T1: ros(bit(126, 'Type bit 1'), { reset: 'x' }),
    F: rw1cs(bit(127, 'Fault')),
  },
  [rsvdz(11, 0), rsvdz(91, 80)],
);
