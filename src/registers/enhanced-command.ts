import { bit, bits, wide } from '../bits/field.ts';
import { register, ro, rsvdz, wo } from '../bits/register.ts';
import { roX } from './implementation-value.ts';

const requires = 'CAP_REG.ECMDS';

/** Enhanced Command Register, §11.4.14.1. */
export const ECMD_REG = register(
  'ECMD_REG',
  '§11.4.14.1',
  { width: 64, offset: 0x400, requires },
  {
    CMD: wo(
      bits(7, 0, 'Command', {
        240: 'enable perfmon counter',
        241: 'disable perfmon counter',
        242: 'reset all perfmon counter configuration',
        243: 'reset all perfmon counter values',
        244: 'freeze all perfmon counters',
        245: 'unfreeze all perfmon counters',
      }),
    ),
    OA: wo(bits(63, 16, 'Operand A')),
  },
  [rsvdz(15, 8)],
);

/** Enhanced Command Extended Operand Register, §11.4.14.2. */
export const ECEO_REG = register(
  'ECEO_REG',
  '§11.4.14.2',
  { width: 64, offset: 0x408, requires },
  { OB: wo(wide(63, 0, 'Operand B')) },
);

/** Enhanced Command Response Register, §11.4.14.3. */
export const ECRSP_REG = register(
  'ECRSP_REG',
  '§11.4.14.3',
  { width: 64, offset: 0x410, requires },
  {
    IP: ro(bit(0, 'In Progress')),
    /** Values from 16 on mean what the command says. */
    SC: ro(bits(7, 1, 'Status Code', { 0: 'done', 1: 'undefined command', 2: 'aborted, another command in flight' })),
    RSLT: ro(bits(63, 16, 'Result')),
  },
  [rsvdz(15, 8)],
);

const reservedRegister = (title: string, section: string, offset: number) =>
  register(title, section, { width: 64, offset, requires }, {}, [rsvdz(63, 0)]);

/** Enhanced Command Status Registers, §11.4.14.4: no field is defined. */
export const ECSTS_REG_0 = reservedRegister('ECSTS_REG_0', '§11.4.14.4.1', 0x420);
export const ECSTS_REG_1 = reservedRegister('ECSTS_REG_1', '§11.4.14.4.2', 0x428);

/** Enhanced Command Capability Registers, §11.4.14.5: bit b of register k is command 64 * k + b. */
export const ECCAP_REG_0 = reservedRegister('ECCAP_REG_0', '§11.4.14.5.1', 0x430);
export const ECCAP_REG_1 = reservedRegister('ECCAP_REG_1', '§11.4.14.5.2', 0x438);
export const ECCAP_REG_2 = reservedRegister('ECCAP_REG_2', '§11.4.14.5.3', 0x440);

/** Enhanced Command Capability Register 3, §11.4.14.5.4. */
export const ECCAP_REG_3 = register(
  'ECCAP_REG_3',
  '§11.4.14.5.4',
  { width: 64, offset: 0x448, requires },
  {
    ECNTS: roX(bit(48, 'Enable Counter')),
    DCNTS: roX(bit(49, 'Disable Counter')),
    RCFGS: roX(bit(50, 'Reset Counter Configuration')),
    RCNTS: roX(bit(51, 'Reset Counters')),
    FCNTS: roX(bit(52, 'Freeze Counters')),
    UFCNTS: roX(bit(53, 'Unfreeze Counters')),
  },
  [rsvdz(47, 0), rsvdz(63, 54)],
);
