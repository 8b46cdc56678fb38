import { bits } from './bits.ts';
import { type Capabilities, capabilitiesOf } from './capabilities.ts';
import { Event } from './event.ts';
import type { InterruptRequest } from './interrupt-types.ts';
import type { PageRequest } from './page-types.ts';
import type { Fault, Request, UnitFacts } from './types.ts';

const F = 1n << 127n;

/** 7.2.1 and 7.3 for N fault recording registers, as at power-on (7.2.1-G2, 11.4.7.2). */
export class FaultLog extends Event {
  /** FRCD_REG[i], 128 bits each. */
  readonly records: bigint[] = [];
  pfo = false;
  iqe = false;
  ice = false;
  ite = false;
  /** FSTS_REG.FRI */
  fri = 0;
  /** 7.2.1-R2: the internal index. */
  index = 0;

  constructor(count: number) {
    super();
    for (let i = 0; i < count; i += 1) this.records.push(0n);
  }

  /** 7.2.1-R3. */
  get ppf(): boolean {
    return this.records.some((record) => bits(record, 127) === 1n);
  }

  /** 7.2.1-R8: FSTS_REG. */
  get fsts(): bigint {
    let value = BigInt(this.fri) << 8n;
    if (this.ite) value |= 1n << 6n;
    if (this.ice) value |= 1n << 5n;
    if (this.iqe) value |= 1n << 4n;
    if (this.ppf) value |= 1n << 1n;
    if (this.pfo) value |= 1n;
    return value;
  }

  /** 7.2.1-R4: one fault that is to be reported; true when a record was made. */
  log(request: Request | PageRequest | InterruptRequest, fault: Fault, unit: UnitFacts): boolean {
    if (this.pfo) return false;
    if (unit.choices.compressFaults && this.holdsSource(request.source)) return false; // 7.2.1-M1
    const slot = this.records[this.index] ?? 0n;
    if (bits(slot, 127) === 1n) {
      this.pfo = true;
      return false;
    }
    const pending = this.anyStatus();
    const first = !this.ppf;
    this.records[this.index] = recordOf(request, fault, unit) | F;
    if (first) this.fri = this.index;
    this.index = (this.index + 1) % this.records.length;
    if (first) this.event(pending);
    return true;
  }

  /** 7.3-R1: the queue's own causes. */
  raise(status: 'IQE' | 'ICE' | 'ITE'): void {
    const pending = this.anyStatus();
    if (status === 'IQE') this.iqe = true;
    if (status === 'ICE') this.ice = true;
    if (status === 'ITE') this.ite = true;
    this.event(pending);
  }

  /** 7.2.1-R10: software writes 1 to F; the rest is kept (7.2.1-G8). */
  clear(i: number): void {
    const record = this.records[i] ?? 0n;
    if (bits(record, 127) === 1n) this.records[i] = record - F;
    this.serviced();
  }

  /** 7.2.1-R8: PFO, IQE, ICE, ITE are cleared by 1; PPF is read-only. */
  writeStatus(value: bigint): void {
    if (bits(value, 0) === 1n) this.pfo = false;
    if (bits(value, 4) === 1n) this.iqe = false;
    if (bits(value, 5) === 1n) this.ice = false;
    if (bits(value, 6) === 1n) this.ite = false;
    this.serviced();
  }

  /** 7.2.1-R2: TES and IRES are both 0 now. */
  disable(): void {
    this.index = 0;
  }

  private holdsSource(source: number): boolean {
    return this.records.some((record) => bits(record, 127) === 1n && bits(record, 79, 64) === BigInt(source));
  }

  private anyStatus(): boolean {
    return this.ppf || this.pfo || this.iqe || this.ice || this.ite;
  }

  /** 7.3-R3. */
  private serviced(): void {
    if (!this.anyStatus()) this.ip = false;
  }
}

/** 7.2.1-R9: the record without F. */
function recordOf(request: Request | PageRequest | InterruptRequest, fault: Fault, unit: UnitFacts): bigint {
  const caps = capabilitiesOf(unit);
  let record = (BigInt(fault.reason) << 96n) | (BigInt(request.source) << 64n);
  // 7.2.1-G7, 11.4.7.6-G2, G4: interrupt faults have the index or nothing
  if ('data' in request || (fault.reason >= 0x20 && fault.reason <= 0x2f)) return record | (fault.fi ?? 0n);
  const isPageRequest = 'group' in request; // 7.2.1-G6: without AT and EXE
  const type = isPageRequest ? 'page' : request.type === 'translation' ? 'read' : request.access; // 7.2.1-G5
  if (type === 'read' || type === 'atomic') record |= 1n << 126n;
  if (type === 'page' || type === 'atomic') record |= 1n << 92n;
  if (!isPageRequest && caps.DT && request.type === 'translation') record |= 1n << 124n;
  if (!isPageRequest && caps.DT && request.type === 'translated') record |= 2n << 124n;
  if (caps.PASID && request.pasid !== undefined) {
    record |= BigInt(request.pasid) << 104n;
    record |= 1n << 95n;
    if (request.execute === true && type === 'read') record |= 1n << 94n; // 11.4.7.6-R2
    if (request.privileged === true) record |= 1n << 93n;
  }
  return record | (bits(request.address, recordedWidth(unit, caps) - 1, 12) << 12n);
}

/** 7.2.1-G3: N of the FI row; 64 when the unit has no AGAW at all. */
function recordedWidth(unit: UnitFacts, caps: Capabilities): number {
  if (unit.choices.faultAddressWidth === 'untruncated') return 64;
  let width = 0;
  if (bits(caps.SAGAW, 1) === 1n) width = Math.max(width, 39);
  if (bits(caps.SAGAW, 2) === 1n) width = Math.max(width, 48);
  if (bits(caps.SAGAW, 3) === 1n) width = Math.max(width, 57);
  if (caps.FSTS) width = Math.max(width, 48);
  if (caps.FS5LP) width = Math.max(width, 57);
  return width === 0 ? 64 : width;
}
