import { bit, bits, page } from '../bits/field.ts';
import { register, rsvdz, rw, rw1cs } from '../bits/register.ts';
import { eventAddress, eventControl, eventData, eventUpperAddress } from './event.ts';

const requires = 'ECAP_REG.PRS';

/** Page Request Queue Head Register, §11.4.11.1. In units of 32 bytes. */
export const PQH_REG = register(
  'PQH_REG',
  '§11.4.11.1',
  { width: 64, offset: 0x0c0, requires },
  { PQH: rw(bits(18, 5, 'Page Queue Head')) },
  [rsvdz(4, 0), rsvdz(63, 19)],
);

/** Page Request Queue Tail Register, §11.4.11.2. Hardware moves it; software may write it to start from 0. */
export const PQT_REG = register(
  'PQT_REG',
  '§11.4.11.2',
  { width: 64, offset: 0x0c8, requires },
  { PQT: rw(bits(18, 5, 'Page Queue Tail')) },
  [rsvdz(4, 0), rsvdz(63, 19)],
);

/** Page Request Queue Address Register, §11.4.11.3. */
export const PQA_REG = register(
  'PQA_REG',
  '§11.4.11.3',
  { width: 64, offset: 0x0d0, requires },
  {
    PQS: rw(bits(2, 0, 'Page Queue Size, log2 of the pages')),
    PQA: rw(page(63, 12, 'Page Request Queue Address')),
  },
  [rsvdz(11, 3)],
);

/** Page Request Status Register, §11.4.11.4. */
export const PRS_REG = register(
  'PRS_REG',
  '§11.4.11.4',
  { width: 32, offset: 0x0dc, requires },
  {
    PPR: rw1cs(bit(0, 'Pending Page Request')),
    PRO: rw1cs(bit(1, 'Page Request Overflow')),
  },
  [rsvdz(31, 2)],
);

/** Page Request Event Control Register, §11.4.11.5. */
export const PECTL_REG = eventControl('PECTL_REG', '§11.4.11.5', { offset: 0x0e0, requires });

/** Page Request Event Data Register, §11.4.11.6. */
export const PEDATA_REG = eventData('PEDATA_REG', '§11.4.11.6', { offset: 0x0e4, requires });

/** Page Request Event Address Register, §11.4.11.7. */
export const PEADDR_REG = eventAddress('PEADDR_REG', '§11.4.11.7', { offset: 0x0e8, requires });

/** Page Request Event Upper Address Register, §11.4.11.8. */
export const PEUADDR_REG = eventUpperAddress('PEUADDR_REG', '§11.4.11.8', { offset: 0x0ec, requires });
