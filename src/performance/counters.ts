import type { Words } from '../bits/field.ts';
import type { EventRegisters } from '../events/event-registers.ts';
import type { Choices } from '../platform/choices.ts';
import type { Configuration } from '../platform/configuration.ts';
import { PERFCNTRCFG_REG, PERFINTRSTS_REG } from '../registers/performance.ts';
import { eventAt, type FilterName, type PerformanceEvent } from '../registers/performance-events.ts';
import { type CounterCapability, counterCapability } from './counter-capability.ts';
import { FILTERS, NO_REQUEST, type Occurrence } from './occurrence.ts';

/** The registers of one counter. */
export interface CounterWords {
  /** PERFCNTRCFG_REG. */
  readonly configuration: Words;
  /** The filter registers that there are. */
  readonly filters: Readonly<Partial<Record<FilterName, Words>>>;
  /** PERFCNTR_REG. */
  readonly value: Words;
  /** What software cannot write while the counter is enabled, Table 51. */
  lock(locked: boolean): void;
}

/** The registers that counting reads and writes. */
export interface CounterRegisterWords {
  readonly counters: readonly CounterWords[];
  /** PERFFRZSTS_REG and PERFOVFSTS_REG, one after the other: counter c is bit c mod 32 of word c div 32. */
  readonly freezeStatus: Words;
  readonly overflowStatus: Words;
  /** PERFINTRSTS_REG. */
  readonly interruptStatus: Words;
}

/** Pairs of Table 49 that the model does not have, 10.4-M1: a leaf of the HPT caches does not tell its level. */
const WITHOUT_LEVEL = 'HPT_LEAF_HIT';

/** A counter that counts. */
interface Running {
  readonly index: number;
  readonly words: CounterWords;
  readonly filters: readonly FilterName[];
}

/** The counters of a unit, §10.2, §10.3. */
export class PerformanceCounters {
  readonly #words: CounterRegisterWords;
  readonly #capabilities: readonly CounterCapability[];
  readonly #event: EventRegisters;
  readonly #choices: Choices;
  /** By event the counters that count it now. */
  #running: ReadonlyMap<PerformanceEvent, readonly Running[]> = new Map();

  constructor(words: CounterRegisterWords, event: EventRegisters, { capability }: Configuration, choices: Choices) {
    this.#words = words;
    this.#event = event;
    this.#choices = choices;
    this.#capabilities = words.counters.map((_, c) => counterCapability(capability, c));
  }

  /** Whether any counter counts. */
  get running(): boolean {
    return this.#running.size > 0;
  }

  /** §10.5: enables a counter unless its configuration fails a check. */
  enable(index: number): boolean {
    const counter = this.#words.counters[index];
    if (counter === undefined || !this.#isSound(counter, this.#capabilities[index]!)) return false;
    this.#setEnabled(counter, 1);
    this.#changed();
    return true;
  }

  /** §10.2, §10.3.2: disables a counter, which is not frozen then. False: there is none of this number. */
  disable(index: number): boolean {
    const counter = this.#words.counters[index];
    if (counter === undefined) return false;
    this.#setEnabled(counter, 0);
    this.#words.freezeStatus[index >>> 5]! &= ~bitOf(index);
    this.#changed();
    return true;
  }

  /** §10.2: all counters are disabled, and configuration, filters, freeze and overflow status are as after reset. */
  resetConfiguration(): void {
    for (const counter of this.#words.counters) {
      this.#setEnabled(counter, 0);
      for (const words of [counter.configuration, ...Object.values(counter.filters)]) words.fill(0);
    }
    this.#words.freezeStatus.fill(0);
    this.#words.overflowStatus.fill(0);
    this.#changed();
  }

  /** §10.2: all counters are 0 at once. */
  resetValues(): void {
    for (const { value } of this.#words.counters) value.fill(0);
  }

  /** §10.3.2: all counters keep their value, or go on from it. */
  setFrozen(frozen: boolean): void {
    const { counters, freezeStatus } = this.#words;
    for (const index of counters.keys()) {
      const word = freezeStatus[index >>> 5]!;
      freezeStatus[index >>> 5] = frozen ? word | bitOf(index) : word & ~bitOf(index);
    }
    this.#changed();
  }

  /** The unit was reset, §11.3: nothing counts, and nothing is locked. */
  reset(): void {
    for (const { lock } of this.#words.counters) lock(false);
    this.#changed();
  }

  /** The registers are those of a snapshot: what counts, and what is locked, follows from them. */
  restored(): void {
    for (const { configuration, lock } of this.#words.counters) lock(PERFCNTRCFG_REG.EN(configuration) === 1);
    this.#changed();
  }

  /** An event occurred, §10.3: it counts in every counter that runs for it before any of them overflows. */
  occur(event: PerformanceEvent, occurrence: Readonly<Occurrence> = NO_REQUEST): void {
    const counters = this.#running.get(event);
    if (counters === undefined) return;
    const counting = counters.filter(({ filters, words }) =>
      filters.every((name) => FILTERS[name].matches(words.filters[name]!, occurrence)),
    );
    const overflowed = counting.filter(({ index, words }) => increment(words.value, this.#capabilities[index]!.width));
    for (const counter of overflowed) this.#overflow(counter);
  }

  /** Software wrote PERFINTRSTS_REG, §10.6. */
  statusWritten(): void {
    if (PERFINTRSTS_REG.PIS(this.#words.interruptStatus) === 0) this.#event.serviced();
  }

  #setEnabled(counter: CounterWords, EN: 0 | 1): void {
    PERFCNTRCFG_REG.EN.put(counter.configuration, EN);
    counter.lock(EN === 1);
  }

  /** §10.3.1. */
  #overflow({ index, words: { configuration } }: Running): void {
    const { overflowStatus, interruptStatus } = this.#words;
    overflowStatus[index >>> 5]! |= bitOf(index);
    if (PERFCNTRCFG_REG.GFO(configuration) === 1) this.setFrozen(true);
    if (PERFCNTRCFG_REG.IO(configuration) === 0) return;
    const alreadyPending = PERFINTRSTS_REG.PIS(interruptStatus) === 1;
    PERFINTRSTS_REG.PIS.put(interruptStatus, 1);
    this.#event.raise(alreadyPending && this.#choices.performanceEventWhilePending === 'held');
  }

  /** §10.5, in its order. */
  #isSound({ configuration, filters }: CounterWords, capability: CounterCapability): boolean {
    const { ES, EGI, IO, GFO } = PERFCNTRCFG_REG.unpack(configuration);
    const enabled = enabledFilters(filters);
    const events = bitsOf(ES);
    if (events.length > 1 && enabled.length > 0) return false;
    // A group that the counter does not have has no events.
    if ((ES & ~capability.eventsOf(EGI)) !== 0) return false;
    if (events.length === 0) return false;
    if (IO === 1 && !capability.interrupts) return false;
    if (GFO === 1 && !capability.freezes) return false;
    return enabled.every((name) => this.#isPair(eventAt(EGI, events[0]!)!, name));
  }

  #isPair({ mnemonic, filters }: PerformanceEvent, name: FilterName): boolean {
    if (this.#choices.performanceFilterPairs === 'all') return true;
    return filters.includes(name) && mnemonic !== WITHOUT_LEVEL;
  }

  /** Which counters count which event, §10.3.2: enabled and not frozen. */
  #changed(): void {
    const running = new Map<PerformanceEvent, Running[]>();
    for (const [index, words] of this.#words.counters.entries()) {
      const { EN, EGI, ES } = PERFCNTRCFG_REG.unpack(words.configuration);
      if (EN === 0 || (this.#words.freezeStatus[index >>> 5]! & bitOf(index)) !== 0) continue;
      const counter = { index, words, filters: enabledFilters(words.filters) };
      for (const bit of bitsOf(ES)) {
        const event = eventAt(EGI, bit)!;
        running.set(event, [...(running.get(event) ?? []), counter]);
      }
    }
    this.#running = running;
  }
}

const enabledFilters = (filters: CounterWords['filters']): readonly FilterName[] =>
  (Object.keys(filters) as FilterName[]).filter((name) => FILTERS[name].isEnabled(filters[name]!));

/** The bit of a counter in its word of freeze and overflow status. */
const bitOf = (index: number): number => 1 << (index & 31);

/** The numbers of the bits that are 1. */
const bitsOf = (mask: number): readonly number[] =>
  Array.from({ length: 28 }, (_, n) => n).filter((n) => ((mask >>> n) & 1) === 1);

/** One more, in a counter of so many bits; whether it passed zero, §10.3.1. */
function increment(value: Words, width: number): boolean {
  const low = (value[0]! + 1) >>> 0;
  const high = low === 0 ? value[1]! + 1 : value[1]!;
  value[0] = width < 32 ? low % 2 ** width : low;
  value[1] = width <= 32 ? 0 : high % 2 ** (width - 32);
  return value[0] === 0 && value[1] === 0;
}
