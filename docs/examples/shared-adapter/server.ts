import { dmaRequest, Judge, RemappingUnit, SparseMemory, type UnitParameters } from 'vtd-model';
import { FRCD_REG } from 'vtd-model/registers';
import { InvalidationWaitDescriptor, IotlbInvalidationDescriptor, SsPtEntry } from 'vtd-model/structures';
import { buildTables, listTables, type TablesDescription, turnOn } from 'vtd-model/tables';
import { GUEST_BASE, GUEST_BYTES, type Guest } from './guest.ts';

const RTADDR_REG = 0x20;
const GSTS_REG = 0x1c;
const IQT_REG = 0x88;
const IQA_REG = 0x90;
const GCMD_REG = 0x18;
const QIE = 0x0400_0000n;
const SRTP = 0x4000_0000n;
const TE = 0x8000_0000n;
const IRE = 0x0200_0000n;
const QUEUE = 0x4000_0000n;
const STATUS = 0x4000_1000n;
const PAGE = 0x1000n;
/** DW=1 of IQA_REG: descriptors of 256 bits, which scalable mode needs. */
const WIDE = 1n << 11n;

/** A fault as software reads it from the first record. */
export interface RecordedFault {
  readonly sourceId: number;
  readonly reason: number;
  readonly address: bigint;
  readonly pasid: number | undefined;
}

/** What a requester reaches of the host's memory. */
export interface Reach {
  readonly sourceId: number;
  readonly pasid: number | undefined;
  /** First byte and the byte behind the last. */
  readonly ranges: readonly (readonly [first: bigint, end: bigint])[];
}

/** The host: memory, a unit that caches all it may, and the hypervisor's driver of it. A judge looks on. */
export class Server {
  readonly memory = new SparseMemory();
  readonly unit: RemappingUnit;
  readonly judge: Judge;
  readonly #scalable: boolean;
  #tail = 0n;

  constructor(unit: UnitParameters, mode: 'legacy' | 'scalable' = 'legacy') {
    this.unit = new RemappingUnit({ unit, memory: this.memory, caches: 'full' });
    this.judge = new Judge(this.unit);
    this.#scalable = mode === 'scalable';
  }

  /** Gives the unit tables, turns translation and interrupt remapping on, and then the invalidation queue. */
  start(description: TablesDescription): void {
    const mode = this.#scalable ? 'scalable' : 'legacy';
    turnOn(this.unit, buildTables(this.unit.configuration, { mode, ...description }, { memory: this.memory }));
    this.unit.writeRegister(IQA_REG, 64, QUEUE | (this.#scalable ? WIDE : 0n));
    this.unit.writeRegister(IQT_REG, 64, 0n);
    const on = this.unit.readRegister(GSTS_REG, 32) & (TE | IRE);
    this.unit.writeRegister(GCMD_REG, 32, on | QIE);
  }

  /** The first fault record, which is then free again; undefined if it is. */
  takeFault(): RecordedFault | undefined {
    const { registers } = this.unit;
    const at = registers.offsetOf('FRCD_REG[0]');
    const [low, high] = [at, at + 8].map((offset) => this.unit.readRegister(offset, 64));
    const words = new Uint32Array(BigUint64Array.of(low!, high!).buffer);
    if (FRCD_REG.F(words) === 0) return undefined;
    this.unit.writeRegister(at + 12, 32, 0x8000_0000n);
    return {
      sourceId: FRCD_REG.SID(words),
      reason: FRCD_REG.FR(words),
      address: BigInt(FRCD_REG.FI(words)) << 12n,
      pasid: FRCD_REG.PP(words) === 1 ? FRCD_REG.PV(words) : undefined,
    };
  }

  /**
   * A guest's memory is somewhere else from now on: its bytes are copied, and the leaves of its domain changed that a walk
   * from a device of its own comes to. What is cached of them stays until {@link invalidate}.
   */
  move(guest: Guest, sourceId: number, host: bigint): void {
    const walker = new RemappingUnit({ unit: this.unit.configuration, memory: this.memory });
    walker.writeRegister(RTADDR_REG, 64, this.unit.readRegister(RTADDR_REG, 64));
    walker.writeRegister(GCMD_REG, 32, SRTP);
    walker.writeRegister(GCMD_REG, 32, TE);
    this.memory.write(host, this.memory.read(guest.host, Number(GUEST_BYTES)));
    for (let offset = 0n; offset < GUEST_BYTES; offset += PAGE) {
      const { steps } = walker.explain(dmaRequest({ sourceId, address: GUEST_BASE + offset, access: 'read' }));
      const leaf = steps.at(-1)!;
      const words = leaf.words!;
      SsPtEntry.ADDR.put(words, Number((host + offset) >> 12n));
      this.memory.writeQwords(leaf.address, [...new BigUint64Array(words.buffer)]);
    }
    guest.host = host;
  }

  /** Every translation of a domain goes, and the status says when it has, §6.5.2.3, §6.5.2.9. */
  invalidate(domainId: number): void {
    this.#submit(IotlbInvalidationDescriptor.pack({ 'Type[3:0]': 0x2, G: 0b10, DID: domainId }));
    this.#submit(
      InvalidationWaitDescriptor.pack({ 'Type[3:0]': 0x5, SW: 1, StatusData: 1, StatusAddress: STATUS >> 2n }),
    );
    this.unit.writeRegister(IQT_REG, 64, this.#tail);
    if (this.memory.read(STATUS, 1)[0] !== 1) throw new Error('the queue stands still');
    this.memory.writeQwords(STATUS, [0n]);
  }

  /** Who reaches what, as the tables say. */
  reach(): readonly Reach[] {
    const { domains, pasidDomains } = listTables(this.unit);
    const rangesOf = (mappings: (typeof domains)[number]['mappings']) =>
      mappings.map(({ output, pages }) => [BigInt(output) * PAGE, BigInt(output + pages) * PAGE] as const);
    return [
      ...domains.flatMap(({ devices, mappings }) =>
        devices.map((sourceId) => ({ sourceId, pasid: undefined, ranges: rangesOf(mappings) })),
      ),
      ...pasidDomains.flatMap(({ users, mappings }) =>
        [...users].map(({ sourceId, pasid }) => ({ sourceId, pasid, ranges: rangesOf(mappings) })),
      ),
    ];
  }

  #submit(words: Uint32Array): void {
    const qwords = [...new BigUint64Array(words.slice().buffer)];
    const padded = Array.from({ length: this.#scalable ? 4 : 2 }, (_, n) => qwords[n] ?? 0n);
    this.memory.writeQwords(QUEUE + this.#tail, padded);
    this.#tail += BigInt(8 * padded.length);
  }
}
