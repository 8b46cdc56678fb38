import type { Words } from '../bits/field.ts';
import { addressOf } from '../bits/page-number.ts';
import { FRCD_REG } from '../registers/fault.ts';
import { isInterruptReason, type LoggedFault, type RecordedType } from './logged-fault.ts';

/** By AT, §11.4.7.6. */
const TYPES: readonly (RecordedType | undefined)[] = ['untranslated', 'translation', 'translated', undefined];
/** By T1, T2. */
const ACCESSES = ['write', 'page request', 'read', 'atomic'] as const;

/** What a fault record of four words says, §11.4.7.6. F is not looked at: a value may be one that was read and cleared. */
export function faultInRecord(words: Words): LoggedFault {
  const reason = FRCD_REG.FR(words);
  const from = { printer: 'record', sourceId: FRCD_REG.SID(words), reason } as const;
  const information = addressOf(FRCD_REG.FI(words));
  if (isInterruptReason(reason)) return { kind: 'interrupt', ...from, index: Number(information >> 48n) };
  const access = ACCESSES[FRCD_REG.T1(words) * 2 + FRCD_REG.T2(words)]!;
  const type = TYPES[FRCD_REG.AT(words)];
  const withPasid = FRCD_REG.PP(words) === 1;
  return {
    kind: 'dma',
    ...from,
    access,
    ...(type === undefined ? {} : { type }),
    ...(withPasid ? { pasid: FRCD_REG.PV(words), privileged: FRCD_REG.PRIV(words) === 1 } : {}),
    ...(withPasid ? { execute: FRCD_REG.EXE(words) === 1 } : {}),
    address: information,
  };
}
