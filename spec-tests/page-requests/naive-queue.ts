/*
 * A second opinion on the page request queue, §7.4, §7.5 and §11.4.11: written from the rules with `bigint`, without anything
 * of src/. Who asks is told by the scene: a device that the tables let pass, or one that they block (SCT.8).
 */

/** A page request of a device. */
export interface NaiveRequest {
  readonly source: bigint;
  readonly blocked: boolean;
  readonly pasid: bigint | undefined;
  readonly page: bigint;
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
  readonly privileged: boolean;
  readonly group: bigint;
  readonly last: boolean;
}

export interface NaiveChoices {
  readonly pageRequestOrder: 'tables' | 'overflow';
  readonly stopMarkerOverflow: boolean;
  readonly pageRequestServiced: 'both' | 'PPR';
  readonly pageRequestWithoutTranslation: 'answered' | 'dropped';
}

const ONES = (1n << 64n) - 1n;

export class NaivePageRequests {
  readonly #choices: NaiveChoices;
  readonly #stopMarkers: boolean;
  /** 64 bits by byte address. */
  readonly memory = new Map<bigint, bigint>();
  /** What left the unit, in order. */
  sent: object[] = [];
  TES = 1n;
  PQH = 0n;
  PQT = 0n;
  PQA = 0n;
  PPR = 0n;
  PRO = 0n;
  IM = 1n;
  IP = 0n;

  constructor(choices: NaiveChoices, stopMarkers: boolean) {
    this.#choices = choices;
    this.#stopMarkers = stopMarkers;
  }

  /** 11.4.11.3-R1: 2^PQS pages of 4 KiB. */
  get #size(): bigint {
    return 4096n << (this.PQA & 7n);
  }

  /** 7.4.1-R4. */
  request(one: NaiveRequest): 'queued' | 'answered' | 'dropped' {
    const marker = this.#stopMarkers && one.pasid !== undefined && !one.read && !one.write && one.last;
    const answer = (code: bigint) => {
      if (!one.last || marker) return 'dropped';
      this.sent.push({ kind: 'response', source: one.source, group: one.group, code, pasid: one.pasid });
      return 'answered';
    };
    if (this.TES === 0n) return this.#choices.pageRequestWithoutTranslation === 'dropped' ? 'dropped' : answer(1n);
    const overflowsFirst = this.#choices.pageRequestOrder === 'overflow' && this.PRO === 1n;
    if (one.blocked && !overflowsFirst) return answer(1n);
    if (this.PRO === 1n) return answer(0n);
    // 7.4.1-R1: full is one entry behind the head; 11.4.11.2-G1: modulo the ring.
    const tail = this.PQT % this.#size;
    if ((tail + 32n) % this.#size === this.PQH % this.#size) {
      if (!marker || this.#choices.stopMarkerOverflow) {
        const before = this.PPR | this.PRO;
        this.PRO = 1n;
        this.#event(before);
      }
      return answer(0n);
    }
    const at = ((this.PQA >> 12n) << 12n) + tail;
    for (const [i, qword] of this.#descriptor(one).entries()) this.memory.set(at + 8n * BigInt(i), qword);
    this.PQT = (tail + 32n) % this.#size;
    const before = this.PPR | this.PRO;
    this.PPR = 1n;
    this.#event(before);
    return 'queued';
  }

  /** RW1C: ones clear. */
  writeStatus(value: bigint): void {
    const clearsPpr = (value & this.PPR) === 1n;
    if (clearsPpr) this.PPR = 0n;
    if ((value & 2n) === 2n) this.PRO = 0n;
    // 7.5-R4, 7.5-G1.
    if (this.PPR === 0n && this.PRO === 0n) this.IP = 0n;
    if (clearsPpr && this.#choices.pageRequestServiced === 'PPR') this.IP = 0n;
  }

  writeControl(value: bigint): void {
    this.IM = (value >> 31n) & 1n;
    if (this.IM === 0n && this.IP === 1n) this.#send();
  }

  /** 7.5-R3. */
  #event(before: bigint): void {
    if (before === 1n) return;
    this.IP = 1n;
    if (this.IM === 0n) this.#send();
  }

  #send(): void {
    this.IP = 0n;
    this.sent.push({ kind: 'event' });
  }

  /** 7.4.1.1; what is undefined is 0 by 7.4.1.1-M1 of docs/choices.md, but for PRGI. */
  #descriptor(one: NaiveRequest): readonly bigint[] {
    const bit = (set: boolean, position: bigint) => (set ? 1n << position : 0n);
    const withPasid = one.pasid !== undefined;
    const low =
      1n |
      bit(withPasid, 8n) |
      (one.source << 16n) |
      ((one.pasid ?? 0n) << 32n) |
      bit(withPasid && one.read && one.execute, 52n) |
      bit(withPasid && one.privileged, 53n);
    const high =
      bit(one.read, 0n) | bit(one.write, 1n) | bit(one.last, 2n) | (one.group << 3n) | ((one.page << 12n) & ONES);
    return [low, high, 0n, 0n];
  }
}
