import type { CacheInvalidation } from '../../src/caches/caches.ts';
import { Granularity } from '../../src/caches/scopes.ts';
import {
  type Memory,
  type PlatformMessage,
  RemappingUnit,
  SparseMemory,
  type UnitOptions,
  type UnitParameters,
} from '../../src/index.ts';
import { choicesWith } from '../../src/platform/choices.ts';
import { NaiveQueue } from './naive-queue.ts';

const REGISTERS = { IQH: 0x80, IQT: 0x88, IQA: 0x90, FSTS: 0x34, IQERCD: 0xb0, ICS: 0x9c, FECTL: 0x38, IECTL: 0xa0 };

/** What software reads, and what was done since it was asked last. */
export interface State {
  readonly registers: Readonly<Record<string, bigint>>;
  readonly done: readonly object[];
}

/** A unit that tells what it does in the words of the naive queue, and a naive queue beside it. */
export class QueueBench {
  readonly naive: NaiveQueue;
  unit: RemappingUnit;
  readonly #options: Pick<UnitOptions, 'memory' | 'send'>;
  readonly #told: (what: object) => void;
  readonly #memory = new SparseMemory();
  #done: object[] = [];

  constructor(parameters: UnitParameters, chosen: Readonly<Record<string, unknown>> = {}) {
    const choices = choicesWith(chosen);
    this.naive = new NaiveQueue(parameters, choices);
    const told = (what: object) => this.#done.push(what);
    const memory: Memory = {
      load: (page, offset, words) => this.#memory.load(page, offset, words),
      store: (page, offset, words) => {
        if (!this.#memory.store(page, offset, words)) return false;
        told({ written: BigInt(words[0]!), address: BigInt(page) * 4096n + BigInt(offset) });
        return words.length === 1;
      },
      compareAndSwap: () => 'refused',
    };
    const send = (message: PlatformMessage) => told(message);
    this.#told = told;
    this.#options = { memory, send };
    this.unit = new RemappingUnit({ unit: parameters, choices, ...this.#options });
    this.unit.watchInvalidations(cachesThatTell(told));
  }

  /** From here on it is another unit, that a snapshot of this one gives. */
  restart(): void {
    this.unit = RemappingUnit.restore(JSON.parse(JSON.stringify(this.unit.snapshot())), this.#options);
    this.unit.watchInvalidations(cachesThatTell(this.#told));
  }

  /** Software writes 64-bit words to memory. */
  write(address: bigint, qwords: readonly bigint[]): void {
    this.#memory.writeQwords(address, qwords);
    for (const [i, qword] of qwords.entries()) {
      const at = address + BigInt(8 * i);
      this.naive.memory.set(at, qword & 0xffff_ffffn).set(at + 4n, qword >> 32n);
      this.naive.poison.delete(at);
      this.naive.poison.delete(at + 4n);
    }
  }

  poison(dword: bigint): void {
    this.#memory.poison(dword, 4);
    this.naive.poison.add(dword);
  }

  register(offset: number, width: 32 | 64, value: bigint): void {
    this.unit.writeRegister(offset, width, value);
    this.naive.write(offset, value & 0xffff_ffffn);
    if (width === 64) this.naive.write(offset + 4, value >> 32n);
  }

  completeDeviceTlb(sourceId: number, tag: number): void {
    this.unit.completeDeviceTlbInvalidation(sourceId, tag);
    this.naive.complete(sourceId, tag);
  }

  timeOutDeviceTlb(sourceId: number): void {
    this.unit.timeOutDeviceTlbInvalidation(sourceId);
    this.naive.timeOut(sourceId);
  }

  reset(powerGood: boolean): void {
    // That a reset empties the caches is not of the queue.
    const done = this.#done;
    this.#done = [];
    if (powerGood) this.unit.powerGoodReset();
    else this.unit.warmReset();
    this.#done = done;
    this.naive.reset(powerGood);
  }

  /** Both sides, since the last call. */
  take(): readonly [model: State, naive: State] {
    const read = (name: keyof typeof REGISTERS) => this.unit.readRegister(REGISTERS[name], width(name));
    const width = (name: string) => (/^IQ/.test(name) ? 64 : 32);
    const names = Object.keys(REGISTERS) as (keyof typeof REGISTERS)[];
    const registers = Object.fromEntries(names.map((name) => [name, read(name)]));
    const QIES = (this.unit.readRegister(0x1c, 32) >> 26n) & 1n;
    const [model, naive] = [this.#done, this.naive.done];
    this.#done = [];
    this.naive.done = [];
    return [
      { registers: { ...registers, QIES }, done: model },
      { registers: this.naive.registers(), done: naive },
    ];
  }
}

/** Says which entries go, without what the granularity does not use. */
function cachesThatTell(told: (what: object) => void): CacheInvalidation {
  const { GLOBAL, DOMAIN, DEVICE, PAGE, PASID } = Granularity;
  const one = <T>(by: Readonly<Record<number, T>>, granularity: number): T => {
    if (!(granularity in by)) throw new Error(`granularity ${granularity}`);
    return by[granularity]!;
  };
  const big = BigInt;
  return {
    invalidateContexts({ granularity, domainId, sourceId, functionMask }) {
      const domain = domainId === undefined ? {} : { domain: big(domainId) };
      const device = { ...domain, source: big(sourceId), cleared: big(functionMask) };
      told({ cache: 'context', ...one({ [GLOBAL]: {}, [DOMAIN]: domain, [DEVICE]: device }, granularity) });
    },
    invalidatePasids({ granularity, domainId, pasid }) {
      const domain = { domain: big(domainId) };
      const within = { ...domain, pasid: big(pasid) };
      told({ cache: 'pasid', ...one({ [GLOBAL]: {}, [DOMAIN]: domain, [PASID]: within }, granularity) });
    },
    invalidateTranslations({ granularity, domainId, page, addressMask, leavesOnly }) {
      const domain = { domain: big(domainId) };
      const paged = { ...domain, base: big(page), mask: big(addressMask), hint: leavesOnly ? 1n : 0n };
      told({ cache: 'iotlb', ...one({ [GLOBAL]: {}, [DOMAIN]: domain, [PAGE]: paged }, granularity) });
    },
    invalidatePasidTranslations({ granularity, domainId, pasid, page, addressMask, leavesOnly }) {
      const whole = { domain: big(domainId), pasid: big(pasid) };
      const paged = { ...whole, base: big(page), mask: big(addressMask), hint: leavesOnly ? 1n : 0n };
      told({ cache: 'iotlb', ...one({ [PASID]: whole, [PAGE]: paged }, granularity) });
    },
    invalidateHostPermissions({ granularity, domainId, page, addressMask, levels: highest }) {
      const levels = { levels: big(highest) };
      const domain = { domain: big(domainId), ...levels };
      const paged = { ...domain, base: big(page), mask: big(addressMask) };
      told({ cache: 'hpt', ...one({ [GLOBAL]: levels, [DOMAIN]: domain, [PAGE]: paged }, granularity) });
    },
    invalidateAllInterrupts() {},
    reset() {},
    invalidateInterrupts({ global, index, indexMask }) {
      told({ cache: 'iec', ...(global ? {} : { index: big(index), mask: big(indexMask) }) });
    },
    invalidateAll() {},
    complete() {},
  };
}
