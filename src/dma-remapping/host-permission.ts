import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import { type DmaRequest, READ, WRITE } from '../messages/dma-request.ts';
import { HptL1Entry, HptL2Entry, HptL3Entry, HptL4Entry } from '../structures/host-permission-entry.ts';
import { PasidTableEntry } from '../structures/pasid-table-entry.ts';
import type { DmaRemapping } from './dma-remapping.ts';
import { fetch } from './fetch.ts';
import { setsReservedBits } from './reserved-bits.ts';

const entry = new Uint32Array(4);

/** A level of the host permission table, §4.2.4, Table 11, from the top; shifts count from bit 12 of the address. */
const LEVELS = [
  { format: HptL4Entry, shift: 29, pageShift: 0, permissions: 0 },
  { format: HptL3Entry, shift: 21, pageShift: 18, permissions: 8 },
  { format: HptL2Entry, shift: 13, pageShift: 9, permissions: 16 },
  { format: HptL1Entry, shift: 5, pageShift: 0, permissions: 32 },
] as const;

/** The host permission table, §4.2.4: whether a translated request may go where its address says. */
export function checkHostPermission(unit: DmaRemapping, request: DmaRequest, pasidEntry: Words): Condition | undefined {
  const { page } = request;
  // HPTSZ k: addresses below 2^(49+k), and the top table is 2^k pages.
  if (page >= 2 ** (37 + PasidTableEntry.HPTSZ(pasidEntry))) return Fault.SPT_9;
  let table: PageNumber = PasidTableEntry.HPTPTR(pasidEntry) + Math.floor(page / 2 ** 37);
  for (const [depth, { format, shift, pageShift, permissions }] of LEVELS.entries()) {
    const index = Math.floor(page / 2 ** shift) % 256;
    if (!fetch(unit, format, table, index << 4, entry)) return depth === 0 ? Fault.HPT_3 : Fault.HPT_1;
    if (setsReservedBits(entry, unit.reserved.hostPermission[depth]!)) return Fault.HPT_2;
    const permission = permissions === 0 ? 0 : permissionAt(Math.floor(page / 2 ** pageShift) % permissions);
    if (permission !== 0) return judge(unit, request, permission);
    if (format === HptL1Entry || HptL4Entry.AV(entry) === 0) return ended(unit, request);
    table = HptL4Entry.Address(entry);
  }
  return ended(unit, request);
}

/** PPi, four bits each from the lowest on: R and W. */
const permissionAt = (i: number): number => (entry[i >>> 3]! >>> ((i & 7) * 4)) & (READ | WRITE);

/** §4.2.4.1. */
function judge(unit: DmaRemapping, request: DmaRequest, permission: number): Condition | undefined {
  const lacking = request.access & ~permission;
  if ((lacking & WRITE) !== 0) return Fault.HPT_5;
  return lacking !== 0 && !isExempt(unit, request) ? Fault.HPT_6 : undefined;
}

/** The walk found no permission at all. */
function ended(unit: DmaRemapping, request: DmaRequest): Condition {
  if (isExempt(unit, request)) return Fault.HPT_4;
  return request.access === READ ? Fault.HPT_6 : Fault.HPT_5;
}

/** §3.14. */
const isExempt = (unit: DmaRemapping, request: DmaRequest): boolean =>
  request.zeroLength && unit.configuration.CAP.ZLR === 1;
