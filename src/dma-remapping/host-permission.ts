import type { Words } from '../bits/field.ts';
import { setsReservedBits } from '../bits/reserved.ts';
import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import { type DmaRequest, READ, WRITE } from '../messages/dma-request.ts';
import { fetch } from '../platform/fetch.ts';
import { HptL1Entry, HptL2Entry, HptL3Entry, HptL4Entry } from '../structures/host-permission-entry.ts';
import { PasidTableEntry } from '../structures/pasid-table-entry.ts';
import type { DmaRemapping } from './dma-remapping.ts';

const entry = new Uint32Array(4);

/** A level of the host permission table, §4.2.4, Table 11, from the top; shifts count from bit 12 of the address. */
const LEVELS = [
  { format: HptL4Entry, shift: 29, pageShift: 0, permissions: 0 },
  { format: HptL3Entry, shift: 21, pageShift: 18, permissions: 8 },
  { format: HptL2Entry, shift: 13, pageShift: 9, permissions: 16 },
  { format: HptL1Entry, shift: 5, pageShift: 0, permissions: 32 },
] as const;

/** Where a cached entry lets the walk begin, §6.2.6. */
const start = { level: 0, table: 0 };

/** What the HPT cache knows of a translated request, §6.2.6: the row that blocks it, undefined, or false for nothing. */
export function knownHostPermission(unit: DmaRemapping, request: DmaRequest): Condition | undefined | false {
  const permission = unit.caches === undefined ? -1 : unit.caches.findHostPermission(request);
  return permission < 0 ? false : judge(unit, request, permission);
}

/**
 * §6.2.6.1: after a translation that grants something the entry for its page may be fetched ahead, unless HPTPFD=1, so
 * that a translated request finds it as it was then. `request` is such a translated request.
 */
export function prefetchHostPermission(unit: DmaRemapping, request: DmaRequest, pasidEntry: Words): void {
  if (PasidTableEntry.HPTPFD(pasidEntry) === 0) checkHostPermission(unit, request, pasidEntry);
}

/** The host permission table, §4.2.4: whether a translated request may go where its address says. */
export function checkHostPermission(unit: DmaRemapping, request: DmaRequest, pasidEntry: Words): Condition | undefined {
  const { caches } = unit;
  const { page } = request;
  const domainId = PasidTableEntry.HPTDID(pasidEntry);
  // HPTSZ k: addresses below 2^(49+k), and the top table is 2^k pages.
  if (page >= 2 ** (37 + PasidTableEntry.HPTSZ(pasidEntry))) return Fault.SPT_9;
  start.level = LEVELS.length;
  start.table = PasidTableEntry.HPTPTR(pasidEntry) + Math.floor(page / 2 ** 37);
  caches?.findHostPermissionTable(domainId, page, start);
  for (;;) {
    const { level } = start;
    const { format, shift, pageShift, permissions } = LEVELS[LEVELS.length - level]!;
    const index = Math.floor(page / 2 ** shift) % 256;
    if (!fetch(unit, format, start.table, index << 4, entry)) return format === HptL4Entry ? Fault.HPT_3 : Fault.HPT_1;
    if (setsReservedBits(entry, unit.reserved.hostPermission[LEVELS.length - level]!)) return Fault.HPT_2;
    const permission = permissions === 0 ? 0 : permissionAt(Math.floor(page / 2 ** pageShift) % permissions);
    const last = format === HptL1Entry || HptL4Entry.AV(entry) === 0;
    if (permission !== 0 || last) {
      // §6.2.6: no permission beside one that is there is kept like the other; an entry without any is not.
      if (permission !== 0 || permitsSomething(permissions))
        caches?.keepHostPermission(request, domainId, level, permission);
      return judge(unit, request, permission);
    }
    start.table = HptL4Entry.Address(entry);
    start.level = level - 1;
    caches?.keepHostPermissionTable(domainId, page, start);
  }
}

/** Whether any of the entry's permissions is not zero. */
function permitsSomething(permissions: number): boolean {
  for (let i = 0; i < permissions; i++) if (permissionAt(i) !== 0) return true;
  return false;
}

/** PPi, four bits each from the lowest on: R and W. */
const permissionAt = (i: number): number => (entry[i >>> 3]! >>> ((i & 7) * 4)) & (READ | WRITE);

/** §4.2.4.1; no permission at all is what a walk that ends early has found, too. */
function judge(unit: DmaRemapping, request: DmaRequest, permission: number): Condition | undefined {
  const lacking = request.access & ~permission;
  if (permission === 0 && isExempt(unit, request)) return Fault.HPT_4;
  if ((lacking & WRITE) !== 0) return Fault.HPT_5;
  return lacking !== 0 && !isExempt(unit, request) ? Fault.HPT_6 : undefined;
}

/** §3.14. */
const isExempt = (unit: DmaRemapping, request: DmaRequest): boolean =>
  request.zeroLength && unit.configuration.CAP.ZLR === 1;
