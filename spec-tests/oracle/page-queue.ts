import { bits } from './bits.ts';
import { Event } from './event.ts';
import type { PageMemory, PageRequest } from './page-types.ts';

/** 7.4.1-R1, 7.5, 11.4.11: the page request queue, with its registers as at power-on. */
export class PageQueue extends Event {
  /** PQA_REG, PQH_REG and PQT_REG. */
  base = 0n;
  head = 0n;
  tail = 0n;
  /** PRS_REG.PRO and PPR */
  pro = false;
  ppr = false;

  /** 7.4.1-R1; 11.4.11.2-G1: pointers count modulo the ring. */
  get full(): boolean {
    return this.next === this.head % this.size;
  }

  /** 7.4.1-R4: one more that finds no room. */
  overflow(): void {
    const pending = this.ppr || this.pro;
    this.pro = true;
    this.event(pending);
  }

  /** 7.4.1-R3, R4: writes page_req_dsc, of which the offset is returned. A write that memory refuses is lost (7.4.1-G3). */
  add(memory: PageMemory, request: PageRequest): bigint {
    const offset = this.tail % this.size;
    memory.writeAll((bits(this.base, 63, 12) << 12n) + offset, descriptorOf(request));
    this.tail = this.next;
    const pending = this.ppr || this.pro;
    this.ppr = true;
    this.event(pending);
    return offset;
  }

  /** 11.4.11.1 to 11.4.11.3. */
  setHead(value: bigint): void {
    this.head = bits(value, 18, 5) << 5n;
  }

  setTail(value: bigint): void {
    this.tail = bits(value, 18, 5) << 5n;
  }

  setBase(value: bigint): void {
    this.base = (bits(value, 63, 12) << 12n) | bits(value, 2, 0);
  }

  /** PRS_REG, 7.5-R1: ones clear. 7.5-R4, G1: what is serviced is no longer held. */
  writeStatus(value: bigint, serviced: 'both' | 'PPR'): void {
    const clearsPpr = this.ppr && bits(value, 0) === 1n;
    if (bits(value, 0) === 1n) this.ppr = false;
    if (bits(value, 1) === 1n) this.pro = false;
    if (!this.ppr && !this.pro) this.ip = false;
    if (serviced === 'PPR' && clearsPpr) this.ip = false;
  }

  get status(): bigint {
    return (this.pro ? 2n : 0n) | (this.ppr ? 1n : 0n);
  }

  get control(): bigint {
    return (this.im ? 1n << 31n : 0n) | (this.ip ? 1n << 30n : 0n);
  }

  /** 11.4.11.3-R1: in bytes. */
  private get size(): bigint {
    return 4096n << bits(this.base, 2, 0);
  }

  private get next(): bigint {
    return ((this.tail % this.size) + 32n) % this.size;
  }
}

/** 7.4.1.1; what means nothing is 0, but for PRGI (7.4.1.1-M1). */
function descriptorOf(request: PageRequest): bigint[] {
  const withPasid = request.pasid !== undefined;
  let low = 1n;
  if (withPasid) low |= 1n << 8n;
  low |= BigInt(request.source) << 16n;
  if (withPasid) low |= BigInt(request.pasid ?? 0) << 32n;
  if (withPasid && request.read && request.execute === true) low |= 1n << 52n;
  if (withPasid && request.privileged === true) low |= 1n << 53n;
  let high = bits(request.address, 63, 12) << 12n;
  if (request.read) high |= 1n;
  if (request.write) high |= 1n << 1n;
  if (request.last) high |= 1n << 2n;
  high |= BigInt(request.group) << 3n;
  return [low, high, 0n, 0n];
}
