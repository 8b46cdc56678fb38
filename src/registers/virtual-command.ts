import { bit, bits, wide } from '../bits/field.ts';
import { register, ro, rsvdz, rw } from '../bits/register.ts';
import { roX } from './implementation-value.ts';

const requires = 'ECAP_REG.VCS';

/** Virtual Command Register, §11.4.16.1. Unlike those of ECMD_REG its fields read back. */
export const VCMD_REG = register(
  'VCMD_REG',
  '§11.4.16.1',
  { width: 64, offset: 0xe00, requires },
  {
    CMD: rw(bits(7, 0, 'Command', { 0: 'null', 1: 'allocate PASID', 2: 'free PASID' }), { reset: 'x' }),
    OA: rw(bits(63, 16, 'Operand A'), { reset: 'x' }),
  },
  [rsvdz(15, 8)],
);

/** Virtual Command Extended Operand Register, §11.4.16.2. */
export const VCMD_EO_REG = register(
  'VCMD_EO_REG',
  '§11.4.16.2',
  { width: 64, offset: 0xe08, requires },
  { OB: rw(wide(63, 0, 'Operand B'), { reset: 'x' }) },
);

/** Virtual Command Response Register, §11.4.16.3. */
export const VCRSP_REG = register(
  'VCRSP_REG',
  '§11.4.16.3',
  { width: 64, offset: 0xe10, requires },
  {
    IP: ro(bit(0, 'In Progress')),
    SC: ro(
      bits(7, 1, 'Status Code', { 0: 'success', 1: 'undefined command', 16: 'no PASID available, or invalid PASID' }),
    ),
    RSLT: ro(bits(63, 16, 'Result')),
  },
  [rsvdz(15, 8)],
);

/** Virtual Command Capability Register, §11.4.16.4. */
export const VCCAP_REG = register(
  'VCCAP_REG',
  '§11.4.16.4',
  { width: 64, offset: 0xe30, requires },
  {
    NS: roX(bit(0, 'Null Command')),
    PAS: roX(bit(1, 'Allocate PASID')),
    FPS: roX(bit(2, 'Free PASID')),
  },
  [rsvdz(63, 3)],
);
