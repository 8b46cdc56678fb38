import type { CachePolicy, DmaRequestParameters } from '../../src/index.ts';
import {
  dmaRequest,
  interruptRequest,
  pageRequest,
  parseSourceId,
  RemappingUnit,
  SparseMemory,
} from '../../src/index.ts';
import { EVENT } from '../../src/registers/performance-events.ts';
import { bytesOfQwords } from '../../src/vectors/differences.ts';
import type { VectorEntry, VectorGroup } from '../../src/vectors/types.ts';
import { parametersOf } from '../../src/vectors/unit.ts';

/** Offsets of the registers that `WITH_COUNTERS` places, and of the commands. */
const CONFIGURATION = 0x4000;
const COUNTERS = 0x6000;
const STRIDE = 0x400;
const ECMD = 0x400;
const ECRSP = 0x410;
const FILTER = { RID: 0x8, DID: 0xc, PASID: 0x10, AT: 0x14, PTL: 0x18 } as const;

/** Eight counters of 40 bits with everything that the model counts, in any unit whose other registers leave the room. */
export const WITH_COUNTERS: Readonly<Record<string, bigint>> = {
  PERFCAP_REG: 0x0006_001f_0528_0008n,
  PERFCFGOFF_REG: BigInt(CONFIGURATION),
  PERFFRZOFF_REG: 0x5000n,
  PERFOVFOFF_REG: 0x5008n,
  PERFCNTROFF_REG: BigInt(COUNTERS),
  'PERFEVNTCAP_REG[0]': 0x2n,
  'PERFEVNTCAP_REG[1]': 0xc9n,
  'PERFEVNTCAP_REG[2]': 0x3ffn,
  'PERFEVNTCAP_REG[3]': 0xfn,
  'PERFEVNTCAP_REG[4]': 0x7n,
  ECCAP_REG_3: 0x3f_0000_0000_0000n,
};

export type EventName = keyof typeof EVENT;

/** A unit with the tables of a vector, whose events are counted. */
export class CountedBench {
  readonly memory = new SparseMemory();
  readonly unit: RemappingUnit;
  #counters = 0;

  constructor({ unit, memory = [], steps = [] }: Omit<VectorGroup, 'cases'>, caches: CachePolicy, choices = {}) {
    const parameters = parametersOf(unit);
    this.unit = new RemappingUnit({
      unit: {
        ...parameters,
        capabilities: parameters.capabilities | (1n << 61n),
        extendedCapabilities: parameters.extendedCapabilities | (1n << 51n),
        registers: WITH_COUNTERS,
      },
      memory: this.memory,
      choices,
      caches,
    });
    this.write(...memory);
    for (const step of steps) {
      if ('write' in step) this.unit.writeRegister(Number(step.offset), step.width, BigInt(step.value));
    }
  }

  write(...entries: readonly VectorEntry[]): void {
    for (const { at, qwords } of entries) this.memory.write(BigInt(at), bytesOfQwords(qwords));
  }

  /** Another counter for events of one group, perhaps with filters; what it reads from now on. */
  count(
    names: EventName | readonly EventName[],
    filters: Partial<Record<keyof typeof FILTER, number>> = {},
  ): () => number {
    const index = this.#counters++;
    const base = CONFIGURATION + 0x100 * index;
    const events = [names].flat().map((name) => EVENT[name]);
    const ES = events.reduce((mask, { bit }) => mask | (1n << BigInt(bit)), 0n);
    this.unit.writeRegister(base, 64, (ES << 32n) | (BigInt(events[0]!.group) << 8n));
    for (const [name, value] of Object.entries(filters)) {
      this.unit.writeRegister(base + FILTER[name as keyof typeof FILTER], 32, BigInt(value + 0x8000_0000));
    }
    this.unit.writeRegister(ECMD, 64, (BigInt(index) << 16n) | 240n);
    if (this.unit.readRegister(ECRSP, 64) !== 0n) throw new Error(`${[names].flat().join()} cannot be counted so`);
    return () => Number(this.unit.readRegister(COUNTERS + STRIDE * index, 64));
  }

  dma(source: string, address: bigint, others: Partial<DmaRequestParameters> = {}) {
    return this.unit.dma(dmaRequest({ sourceId: parseSourceId(source), address, access: 'read', ...others }));
  }

  pageRequest(source: string, pasid: number) {
    const request = { sourceId: parseSourceId(source), pasid, address: 0x5000n, read: true, group: 1, last: true };
    return this.unit.pageRequest(pageRequest(request));
  }

  interrupt(source: string, address: bigint) {
    return this.unit.interrupt(interruptRequest({ sourceId: parseSourceId(source), address, data: 0 }));
  }
}
