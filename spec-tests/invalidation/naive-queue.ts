/*
 * A second opinion on queued invalidation, §4.3, §6.5.2, §7.3 and §11.4.9: written from the rules with `bigint`, without
 * anything of src/. Slow and plain on purpose.
 */

export interface NaiveUnit {
  readonly hostAddressWidth: number;
  readonly capabilities: bigint;
  readonly extendedCapabilities: bigint;
}

export interface NaiveChoices {
  readonly addressTopBits: 'drop' | 'keep';
  readonly upperAddress: 'reserved' | 'kept';
  readonly invalidDescriptor: '4' | '3';
  readonly maskTooWide: 'error' | 'performed';
  readonly deviceTlbCompletion: 'at-once' | 'asked';
}

/** A descriptor that was issued and is not complete: a Device-TLB invalidation with its ITag, or a wait. */
interface Outstanding {
  readonly value: bigint;
  readonly sourceId?: number;
  readonly tag?: number;
}

/** Bits high:low of a value. */
export const bits = (value: bigint, high: number, low: number = high): bigint =>
  (value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);

const ones = (high: number, low: number): bigint => ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);

/** The reserved bits of bits 127:0, by type: q1, q0; 6.5.2-R12. */
const RESERVED: Record<string, readonly [bigint, bigint]> = {
  1: [0xffff_ffff_ffff_ffffn, 0xfffc_0000_0000_f1c0n],
  2: [0x0000_0000_0000_0f80n, 0xffff_ffff_0000_f100n],
  3: [0x0000_0000_0000_0ffen, 0x000f_0000_ffe0_01f0n],
  4: [0xffff_ffff_ffff_ffffn, 0xffff_0000_07ff_f1e0n],
  5: [0x0000_0000_0000_0003n, 0x0000_0000_ffff_f100n],
  6: [0x0000_0000_0000_0f80n, 0xfff0_0000_0000_f1c0n],
  7: [0xffff_ffff_ffff_ffffn, 0xfff0_0000_0000_f1c0n],
  8: [0x0000_0000_0000_07fen, 0x0000_0000_0000_0000n],
  9: [0xffff_ffff_ffff_f003n, 0xfff0_0000_0000_01e0n],
  10: [0x0000_0000_0000_0f00n, 0xffff_ffff_0000_f1c0n],
};

/** The granularities that are reserved, by type. */
const RESERVED_GRANULARITY: Record<string, readonly bigint[]> = { 1: [0n], 2: [0n], 6: [0n, 1n], 7: [2n], 10: [0n] };

export class NaiveQueue {
  readonly #unit: NaiveUnit;
  readonly #choices: NaiveChoices;
  /** By byte address, 32 bits each. */
  readonly memory = new Map<bigint, bigint>();
  readonly poison = new Set<bigint>();
  /** What was done: messages, status writes and invalidations, in order. */
  done: object[] = [];
  IQH = 0n;
  IQT = 0n;
  IQA = 0n;
  RTADDR = 0n;
  mode = 0n;
  QIES = 0n;
  IQE = 0n;
  ICE = 0n;
  ITE = 0n;
  IQEI = 0n;
  ICESID = 0n;
  ITESID = 0n;
  TES = 0n;
  IWC = 0n;
  /** In queue order. */
  outstanding: Outstanding[] = [];
  fault = { IM: 1n, IP: 0n, data: 0n, address: 0n, upper: 0n };
  invalidation = { IM: 1n, IP: 0n, data: 0n, address: 0n, upper: 0n };

  constructor(unit: NaiveUnit, choices: NaiveChoices) {
    this.#unit = unit;
    this.#choices = choices;
  }

  reset(powerGood: boolean): void {
    this.IQH = 0n;
    this.IQT = 0n;
    this.IQA = 0n;
    this.RTADDR = 0n;
    this.mode = 0n;
    this.QIES = 0n;
    this.TES = 0n;
    this.outstanding = [];
    this.fault = { IM: 1n, IP: 0n, data: 0n, address: 0n, upper: 0n };
    this.invalidation = { IM: 1n, IP: 0n, data: 0n, address: 0n, upper: 0n };
    if (!powerGood) return;
    this.IQE = 0n;
    this.ICE = 0n;
    this.ITE = 0n;
    this.IQEI = 0n;
    this.ICESID = 0n;
    this.ITESID = 0n;
    this.IWC = 0n;
  }

  /** 4.3-R3, 4.3-R4: an endpoint sends a completion. */
  complete(sourceId: number, tag: number): void {
    // 4.2.1-R3; without DT there is no such message either.
    if (this.TES === 0n || this.#ecap(2) === 0n) return;
    const at = this.outstanding.findIndex((it) => it.tag === tag && it.sourceId === sourceId);
    if (at >= 0) this.outstanding.splice(at, 1);
    else {
      if (this.ICE === 0n) this.ICESID = BigInt(sourceId);
      this.#error('ICE');
    }
    this.#run();
  }

  /** 4.3-R5, 6.5.2.11-R7: the time of an endpoint is over. */
  timeOut(sourceId: number): void {
    this.outstanding = this.outstanding.filter((it) => it.tag !== undefined && it.sourceId !== sourceId);
    if (this.ITE === 0n) this.ITESID = BigInt(sourceId);
    this.#error('ITE');
  }

  /** Software writes 32 bits. */
  write(offset: number, value: bigint): void {
    const widths = ones(this.#choices.addressTopBits === 'drop' ? this.#unit.hostAddressWidth - 1 : 63, 0);
    const upper = this.#choices.upperAddress === 'kept' || this.#ecap(4) === 1n ? value : 0n;
    const low = (old: bigint) => (old & ones(63, 32)) | value;
    const high = (old: bigint) => (old & ones(31, 0)) | (value << 32n);
    switch (offset) {
      case 0x18:
        if (bits(value, 30) === 1n) this.mode = bits(this.RTADDR, 11, 10);
        this.TES = bits(value, 31);
        this.QIES = bits(value, 26);
        if (this.QIES === 0n) this.IQH = 0n;
        if (this.QIES === 0n) this.outstanding = [];
        break;
      case 0x20:
        this.RTADDR = low(this.RTADDR) & widths;
        break;
      case 0x24:
        this.RTADDR = high(this.RTADDR) & widths;
        break;
      case 0x34:
        if (bits(value, 4) === 1n) this.IQE = 0n;
        if (bits(value, 5) === 1n) this.ICE = 0n;
        if (bits(value, 6) === 1n) this.ITE = 0n;
        if (this.#errors() === 0n) this.fault.IP = 0n;
        break;
      case 0x38:
        this.fault.IM = bits(value, 31);
        this.#send('fault-event', this.fault);
        break;
      case 0x3c:
        this.fault.data = bits(value, 15, 0);
        break;
      case 0x40:
        this.fault.address = value & ~3n;
        break;
      case 0x44:
        this.fault.upper = upper;
        break;
      case 0x88:
        this.IQT = value & ones(18, 4);
        break;
      case 0x90:
        this.IQA = low(this.IQA) & (ones(63, 11) | 7n) & widths;
        // 11.4.9.1-R1
        if (bits(this.IQA, 11) === 1n) this.IQH &= ~0x10n;
        break;
      case 0x94:
        this.IQA = high(this.IQA) & (ones(63, 11) | 7n) & widths;
        break;
      case 0x9c:
        if (bits(value, 0) === 1n) this.IWC = 0n;
        if (this.IWC === 0n) this.invalidation.IP = 0n;
        break;
      case 0xa0:
        this.invalidation.IM = bits(value, 31);
        this.#send('invalidation-event', this.invalidation);
        break;
      case 0xa4:
        this.invalidation.data = bits(value, 15, 0);
        break;
      case 0xa8:
        this.invalidation.address = value & ~3n;
        break;
      case 0xac:
        this.invalidation.upper = upper;
        break;
    }
    this.#run();
  }

  #run(): void {
    this.#completeWaits();
    // 6.5.2-R4
    while (this.QIES === 1n && this.IQE === 0n && this.ITE === 0n && this.IQH !== this.IQT) {
      // 4.3-R2
      if (this.outstanding.filter(({ tag }) => tag !== undefined).length === 32) return;
      // 6.5.2.9-R4
      if (this.outstanding.some(({ value, tag }) => tag === undefined && bits(value, 6) === 1n)) return;
      const error = this.#step();
      if (error !== undefined) {
        this.IQEI = error;
        this.#error('IQE');
      }
      this.#completeWaits();
    }
  }

  /** 6.5.2.12-R1: what is first of all that is outstanding waits for nothing. */
  #completeWaits(): void {
    while (this.outstanding.length > 0 && this.outstanding[0]!.tag === undefined) {
      this.#wait(this.outstanding.shift()!.value);
    }
  }

  /** What software reads, by the registers' names. */
  registers(): Record<string, bigint> {
    return {
      IQH: this.IQH,
      IQT: this.IQT,
      IQA: this.IQA,
      QIES: this.QIES,
      FSTS: this.#errors(),
      IQERCD: this.IQEI | (this.ITESID << 32n) | (this.ICESID << 48n),
      ICS: this.IWC,
      FECTL: (this.fault.IM << 31n) | (this.fault.IP << 30n),
      IECTL: (this.invalidation.IM << 31n) | (this.invalidation.IP << 30n),
    };
  }

  #cap(high: number, low = high): bigint {
    return bits(this.#unit.capabilities, high, low);
  }

  #ecap(high: number, low = high): bigint {
    return bits(this.#unit.extendedCapabilities, high, low);
  }

  /** The model form of 6.5.2; the error if there is one. */
  #step(): bigint | undefined {
    const [SMTS, ADMS] = [this.#ecap(43), this.#ecap(52)];
    const DW = bits(this.IQA, 11);
    const size = 4096n << bits(this.IQA, 2, 0);
    if (this.mode === 2n || (this.mode === 1n && SMTS === 0n) || (this.mode === 3n && ADMS === 0n)) return 7n;
    if (DW === 1n && SMTS === 0n && ADMS === 0n) return 5n;
    if (DW === 0n && (this.mode === 1n || this.mode === 3n)) return 5n;
    if (DW === 1n && bits(this.IQT, 4) === 1n) return 6n;
    if (this.IQT >= size) return 1n;
    const bytes = DW === 1n ? 32n : 16n;
    const at = (this.IQA & ones(63, 12)) + this.IQH;
    let value = 0n;
    for (let i = 0n; i < bytes; i += 4n) {
      if (this.poison.has(at + i) || at >= 1n << 52n) return 2n;
      value |= (this.memory.get(at + i) ?? 0n) << (i * 8n);
    }
    const error = this.#invalid(value, DW);
    if (error !== undefined) return error;
    this.IQH = (this.IQH + bytes) % size;
    this.#issue(value);
    return undefined;
  }

  /** 6.5.2.11-R3 to R5. */
  #invalid(value: bigint, DW: bigint): bigint | undefined {
    const type = (bits(value, 11, 9) << 4n) | bits(value, 3, 0);
    const highest = this.mode === 0n ? 5n : DW === 1n ? 10n : 0n;
    if (type === 0n || type > highest) return 3n;
    if ((type === 3n || type === 8n) && this.#ecap(2) === 0n) return 3n;
    if (type === 9n && this.#ecap(29) === 0n) return 3n;
    if (type === 10n && this.#ecap(55) === 0n) return 3n;
    const G = bits(value, 5, 4);
    const unnumbered =
      (type <= 5n && bits(value, 255, 128) !== 0n) ||
      (RESERVED_GRANULARITY[String(type)] ?? []).includes(G) ||
      (type === 2n && G === 3n && this.#cap(39) === 0n);
    if (unnumbered) return this.#choices.invalidDescriptor === '4' ? 4n : 3n;
    const [q1, q0] = RESERVED[String(type)]!;
    let mask = (q1 << 64n) | q0;
    if (type > 5n) mask |= ones(255, 128);
    if ((type === 3n || type === 8n) && this.#ecap(41) === 0n) mask |= 0xfff0_0000_0000_f000n;
    if (type === 5n && this.#ecap(42) === 0n) mask |= 1n << 7n;
    if ((value & mask) !== 0n) return 4n;
    if (this.#choices.maskTooWide === 'performed') return undefined;
    if (type === 2n && G === 3n && bits(value, 69, 64) > this.#cap(53, 48)) return 4n;
    if (type === 4n && bits(value, 4) === 1n && bits(value, 31, 27) > this.#ecap(23, 20)) return 4n;
    return undefined;
  }

  #errors(): bigint {
    return (this.IQE << 4n) | (this.ICE << 5n) | (this.ITE << 6n);
  }

  /** 7.3-R2; no request makes faults here. */
  #error(name: 'IQE' | 'ICE' | 'ITE'): void {
    const before = this.#errors();
    this[name] = 1n;
    if (before !== 0n) return;
    this.fault.IP = 1n;
    this.#send('fault-event', this.fault);
  }

  #send(kind: string, event: { IM: bigint; IP: bigint; data: bigint; address: bigint; upper: bigint }): void {
    if (event.IP === 0n || event.IM === 1n) return;
    event.IP = 0n;
    this.done.push({ kind, address: (event.upper << 32n) | event.address, data: Number(event.data) });
  }

  /** 6.5.2.1 to 6.5.2.9, 7.6.1. */
  #issue(value: bigint): void {
    const field = (high: number, low: number) => bits(value, high, low);
    const number = (high: number, low: number) => Number(bits(value, high, low));
    const G = field(5, 4);
    const domain = field(31, 16) % (1n << (4n + 2n * this.#cap(2, 0)));
    const legacy = this.mode === 0n;
    const addresses = { base: field(127, 76), mask: field(69, 64) };
    switch (field(3, 0)) {
      case 1n: {
        const [all, byDomain] = [G === 1n || (G === 2n && !legacy), legacy && G !== 1n];
        const cleared = [0n, 4n, 6n, 7n][number(49, 48)]!;
        const source = G === 3n ? { source: field(47, 32), cleared } : {};
        this.done.push({ cache: 'context', ...(all ? {} : byDomain ? { domain, ...source } : source) });
        break;
      }
      case 2n: {
        const base = addresses.base % (1n << (this.#cap(21, 16) + 1n - 12n));
        const paged = { domain, base, mask: addresses.mask, hint: field(70, 70) };
        this.done.push({ cache: 'iotlb', ...(G === 1n ? {} : G === 2n ? { domain } : paged) });
        break;
      }
      case 3n:
        this.#toDevice(value, number(47, 32), field(127, 76), field(64, 64), { global: false });
        break;
      case 4n:
        this.done.push({ cache: 'iec', ...(field(4, 4) === 0n ? {} : { index: field(47, 32), mask: field(31, 27) }) });
        break;
      case 5n:
        this.outstanding.push({ value });
        break;
      case 6n: {
        const { base, mask } = addresses;
        const within = G === 2n ? {} : { base, mask, hint: field(70, 70) };
        this.done.push({ cache: 'iotlb', domain, pasid: field(51, 32), ...within });
        break;
      }
      case 7n:
        this.done.push({
          cache: 'pasid',
          ...(G === 3n ? {} : G === 0n ? { domain } : { domain, pasid: field(51, 32) }),
        });
        break;
      case 8n: {
        const target = field(64, 64) === 1n ? { global: true } : { pasid: number(51, 32), global: false };
        this.#toDevice(value, number(31, 16), field(127, 76), field(75, 75), target);
        break;
      }
      case 9n: {
        const pasid = field(4, 4) === 1n ? { pasid: number(51, 32) } : {};
        const answer = { sourceId: number(31, 16), group: number(75, 67), code: number(15, 12), ...pasid };
        this.done.push({ kind: 'page-group-response', ...answer });
        break;
      }
      case 10n: {
        const base = addresses.base % (1n << BigInt(this.#unit.hostAddressWidth - 12));
        const levels = field(71, 70) + 1n;
        const paged = { domain, levels, base, mask: addresses.mask };
        this.done.push({ cache: 'hpt', ...(G === 1n ? { levels: 4n } : G === 2n ? { domain, levels } : paged) });
        break;
      }
    }
  }

  #toDevice(
    value: bigint,
    sourceId: number,
    page: bigint,
    S: bigint,
    target: { pasid?: number; global: boolean },
  ): void {
    let size = 4096n;
    if (S === 1n) {
      let position = 0;
      while (position < 51 && bits(page, position) === 1n) position++;
      size = 1n << BigInt(position + 13);
    }
    const address = ((page << 12n) / size) * size;
    // 4.3-R2
    const free = Array.from({ length: 32 }, (_, tag) => tag).filter((tag) =>
      this.outstanding.every((it) => it.tag !== tag),
    );
    const tag = free[0]!;
    this.done.push({ kind: 'device-tlb-invalidation', sourceId, tag, address, size, ...target });
    if (this.#choices.deviceTlbCompletion === 'asked') this.outstanding.push({ value, sourceId, tag });
  }

  #wait(value: bigint): void {
    if (bits(value, 5) === 1n) {
      const address = bits(value, 63 + this.#unit.hostAddressWidth, 66) << 2n;
      const data = bits(value, 63, 32);
      if (!this.poison.has(address)) {
        this.memory.set(address, data);
        this.done.push({ written: data, address });
      }
    }
    if (bits(value, 4) === 0n) return;
    const before = this.IWC;
    this.IWC = 1n;
    if (before === 1n) return;
    this.invalidation.IP = 1n;
    this.#send('invalidation-event', this.invalidation);
  }
}
