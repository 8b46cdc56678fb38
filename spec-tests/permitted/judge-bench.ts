import {
  type CachePolicy,
  type DmaRequest,
  type DmaRequestParameters,
  dmaRequest,
  Judge,
  type ObservedAnswer,
  type Outcome,
  RemappingUnit,
  SparseMemory,
} from '../../src/index.ts';
import {
  A,
  AT,
  B,
  CAPABILITIES,
  contextEntry,
  EXTENDED,
  FS,
  pasidEntry,
  RW,
  SS,
  type WithoutVia,
} from '../oracle/allowed-bench.ts';
import type { Command } from '../oracle/index.ts';
import { descriptorOf } from '../oracle/raw-history.ts';

/** FRO, DWD and DRD beside what the second opinion needs. */
const MORE_CAPABILITIES = (0x22n << 24n) | (3n << 54n);
/** IRO; QI, DT, IR, PT, SC. */
const PLACES = 0xf0n << 8n;
const LEGACY_EXTENDED = 0xcen;

const QUEUE = 0x7f00_0000n;
const STATUS = 0x7f00_1000n;
const TE = 1n << 31n;
const SRTP = 1n << 30n;
const QIE = 1n << 26n;

/** A request from the first device unless told otherwise. */
export type Asked = Partial<DmaRequestParameters> & { readonly address: bigint };

export const request = (asked: Asked): DmaRequest => dmaRequest({ sourceId: A, access: 'read', ...asked });

/** A unit with tables for a few pages, its queue on, and a judge that has watched it from the start. */
export class JudgeBench {
  readonly memory = new SparseMemory();
  readonly unit: RemappingUnit;
  readonly judge: Judge;
  readonly #scalable: boolean;
  #tail = 0n;

  private constructor(scalable: boolean, capabilities: bigint, caches: CachePolicy) {
    this.#scalable = scalable;
    this.unit = new RemappingUnit({
      memory: this.memory,
      unit: {
        version: scalable ? 0x70 : 0x50,
        hostAddressWidth: 46,
        capabilities: capabilities | MORE_CAPABILITIES,
        extendedCapabilities: PLACES | (scalable ? EXTENDED : LEGACY_EXTENDED),
      },
      caches,
    });
    this.judge = new Judge(this.unit);
  }

  /** A and B in domain 7, X, Y, Z and V at a000h to d000h; the other tables lead to 1a000h to 1d000h. */
  static legacy(more = 0n, caches: CachePolicy = 'full'): JudgeBench {
    const bench = new JudgeBench(false, (CAPABILITIES & ~(1n << 56n)) | more, caches);
    bench.write(AT.root + 0x10n, AT.contexts | 1n, 0n);
    for (const source of [A, B]) bench.setContext(source, AT.second, 7n);
    bench.#putTables(AT.second, 0xa000n, RW);
    bench.#putTables(AT.otherSecond, 0x1a000n, RW);
    bench.#start(AT.root);
    return bench;
  }

  /**
   * RID_PASID 0, and PASIDs 0, 1 and 2 of one kind in domain 7. The second stage leads as in legacy mode, the first one to
   * 4a000h to 4d000h, and when nested on to aa000h to ad000h.
   */
  static scalable(pgtt: bigint, more = 0n, caches: CachePolicy = 'full'): JudgeBench {
    const bench = new JudgeBench(true, CAPABILITIES | more, caches);
    bench.write(AT.root + 0x10n, AT.contexts | 1n, AT.contexts | 1n);
    for (const source of [A, B]) bench.write(AT.contexts + BigInt(source & 0x7f) * 32n, AT.directory | 0xdn, 0n);
    bench.write(AT.directory, AT.pasids | 1n);
    for (const pasid of [0n, 1n, 2n]) bench.setPasid(pasid, pgtt, 7n);
    bench.#putTables(AT.second, 0xa000n, SS);
    bench.#putTables(AT.otherSecond, 0x1a000n, SS);
    for (let n = 0n; n < 8n; n += 1n) {
      for (const table of [AT.first, AT.otherFirst]) bench.setGuestPage(table + n * 0x1000n, table + n * 0x1000n);
      bench.setGuestPage(0x4a000n + n * 0x1000n, 0xaa000n + n * 0x1000n);
      bench.setGuestPage(0x5a000n + n * 0x1000n, 0xba000n + n * 0x1000n);
    }
    bench.#putTables(AT.first, 0x4a000n, FS);
    bench.#putTables(AT.otherFirst, 0x5a000n, FS);
    bench.#start(AT.root | 0x400n);
    return bench;
  }

  write(address: bigint, ...qwords: bigint[]): void {
    this.memory.writeQwords(address, qwords);
  }

  /** The same, but it has not reached memory. */
  writeUnseen(address: bigint, ...qwords: bigint[]): void {
    const bytes = new Uint8Array(8 * qwords.length);
    const view = new DataView(bytes.buffer);
    for (const [i, qword] of qwords.entries()) view.setBigUint64(8 * i, qword, true);
    this.memory.write(address, bytes, false);
  }

  setContext(source: number, top: bigint, did: bigint): void {
    this.write(AT.contexts + BigInt(source & 0xff) * 16n, ...contextEntry(top, did));
  }

  setPasid(pasid: bigint, pgtt: bigint, did: bigint, first = AT.first as bigint, second = AT.second as bigint): void {
    const tables = { second: pgtt === 2n || pgtt === 3n ? second : 0n, first: pgtt === 1n || pgtt === 3n ? first : 0n };
    this.write(AT.pasids + pasid * 64n, ...pasidEntry(pgtt, did, tables.second, tables.first));
  }

  /** A leaf of the second stage below 2 MB. */
  setGuestPage(guest: bigint, host: bigint): void {
    this.write(AT.second + 0x3000n + (guest >> 12n) * 8n, host | SS);
  }

  /** Software gives these commands and does not wait. */
  give(...commands: WithoutVia<Command>[]): void {
    for (const command of commands) this.#submit(descriptorOf({ ...command, via: 'queue' } as Command));
  }

  wait(): void {
    this.#submit([0x1_0000_0025n, STATUS]);
  }

  /** Software gives these commands and waits for them. */
  invalidate(...commands: WithoutVia<Command>[]): void {
    this.give(...commands);
    this.wait();
  }

  /** The unit answers, and the judge looks on. */
  ask(asked: Asked): Outcome {
    return this.judge.dma(request(asked));
  }

  verdict(asked: Asked, observed: ObservedAnswer) {
    return this.judge.judge(request(asked), observed);
  }

  #start(rtaddr: bigint): void {
    this.unit.writeRegister(0x20, 64, rtaddr);
    this.unit.writeRegister(0x18, 32, SRTP);
    this.unit.writeRegister(0x90, 64, QUEUE | (this.#scalable ? 1n << 11n : 0n));
    this.unit.writeRegister(0x18, 32, QIE);
    this.unit.writeRegister(0x18, 32, TE | QIE);
  }

  #submit(words: readonly [bigint, bigint]): void {
    const qwords = this.#scalable ? [...words, 0n, 0n] : words;
    this.write(QUEUE + this.#tail, ...qwords);
    this.#tail = (this.#tail + BigInt(8 * qwords.length)) % 4096n;
    this.unit.writeRegister(0x88, 64, this.#tail);
  }

  /** Four levels each: tables for X and Y, for Z, and for V; the pages are those from `frame` on. */
  #putTables(top: bigint, frame: bigint, bits: bigint): void {
    const page = (n: bigint) => top + n * 0x1000n;
    this.write(page(0n), page(1n) | bits);
    this.write(page(1n), page(2n) | bits, page(5n) | bits);
    this.write(page(2n), page(3n) | bits, page(4n) | bits);
    this.write(page(3n) + 8n, frame | bits, (frame + 0x1000n) | bits);
    this.write(page(4n) + 8n, (frame + 0x2000n) | bits);
    this.write(page(5n), page(6n) | bits);
    this.write(page(6n) + 8n, (frame + 0x3000n) | bits);
  }
}
