import type { Words } from '../bits/field.ts';
import { type PlacedRegister, RegisterFile } from '../bits/register-file.ts';
import { checkInteger } from '../messages/dma-request.ts';
import type { InterruptOutcome } from '../messages/outcome.ts';
import { readMemory, writeMemory } from './access.ts';
import { GCAP_ID, GEN_CONF, GINTR_STA, TN_CONF, TN_FSB_ROUTE } from './hpet-registers.ts';
import { InterruptSender, type SourceOptions } from './interrupt-target.ts';

/** What the timers need of an I/O APIC: an `IoApic` has it. */
export interface PinTarget {
  readonly pins: number;
  raise(pin: number): InterruptOutcome | undefined;
  lower(pin: number): void;
}

export interface HpetOptions extends SourceOptions {
  /** 3 to 32. Default 3. */
  readonly timers?: number;
  /** Where the timers' interrupt lines end that do not send messages. Without it such a timer reaches nobody. */
  readonly ioApic?: PinTarget;
}

/** Bytes of registers: those of 32 timers end here. */
const SIZE = 0x500;
/** By timer: the pins of the 8254 and of the real-time clock, which timers 0 and 1 can take over. */
const LEGACY_PINS = [2, 8] as const;

/**
 * The interrupts of a high precision event timer block, §5.1.1: FSB messages, which are interrupt requests of the
 * block's own source-id, or pins of an I/O APIC. The counter and the comparators are not here: whoever counts calls
 * {@link raise}. The constructor throws a RangeError if a number does not fit.
 */
export class Hpet {
  readonly timers: number;
  readonly #sender: InterruptSender;
  readonly #ioApic: PinTarget | undefined;
  readonly #file: RegisterFile;
  readonly #general: Words;
  readonly #status: Words;
  readonly #configurations: readonly Words[];
  readonly #routes: readonly Words[];
  /** Bit n: level-triggered timers hold pin n. */
  #held = 0;

  constructor({ timers = 3, ioApic, ...source }: HpetOptions) {
    checkInteger('timers', timers, 3, 32);
    this.timers = timers;
    this.#sender = new InterruptSender(source);
    this.#ioApic = ioApic;
    this.#file = registersOf(timers);
    GCAP_ID.NUM_TIM_CAP.put(this.#file.words(0x000, 64), timers - 1);
    this.#general = this.#file.words(0x010, 64);
    this.#status = this.#file.words(0x020, 64);
    const numbers = Array.from({ length: timers }, (_, n) => n);
    this.#configurations = numbers.map((n) => this.#file.words(timerOffset(n), 64));
    this.#routes = numbers.map((n) => this.#file.words(timerOffset(n) + 0x10, 64));
  }

  /**
   * Software reads 32 or 64 bits, `offset` bytes from the base; what is not here reads 0. Throws a RangeError unless the
   * offset is aligned and below 500h.
   */
  read(offset: number, width: number): bigint {
    return readMemory(this.#file, SIZE, offset, width);
  }

  /**
   * Software writes 32 or 64 bits. Returns the outcomes of what was let go: level-triggered timers whose status is set
   * and that reach their pin now. Throws a RangeError as {@link read}, and if the value is wider.
   */
  write(offset: number, width: number, value: bigint): readonly InterruptOutcome[] {
    writeMemory(this.#file, SIZE, offset, width, value);
    return this.#driveLines();
  }

  /**
   * Timer `n` has matched. Returns the outcome of its message, or of the request that its pin sent; undefined if there
   * was none. Throws a RangeError if there is no such timer, or if it sends messages and the address that software gave
   * it is none of an interrupt request.
   */
  raise(n: number): InterruptOutcome | undefined {
    checkInteger('timer', n, 0, this.timers - 1);
    if (GEN_CONF.ENABLE_CNF(this.#general) === 0) return undefined;
    const configuration = this.#configurations[n]!;
    if (TN_CONF.FSB_EN_CNF(configuration) === 1) return this.#sendMessage(n);
    if (TN_CONF.INT_TYPE_CNF(configuration) === 1) {
      // Set also while the timer may not interrupt.
      this.#status[0]! |= 1 << n;
      return this.#driveLines()[0];
    }
    return TN_CONF.INT_ENB_CNF(configuration) === 1 ? this.#onPin(this.#pinOf(n)) : undefined;
  }

  /** A message is an edge, whatever the timer's type is. */
  #sendMessage(n: number): InterruptOutcome | undefined {
    if (TN_CONF.INT_ENB_CNF(this.#configurations[n]!) === 0) return undefined;
    const route = this.#routes[n]!;
    const address = TN_FSB_ROUTE.FSB_INT_ADDR(route);
    return this.#sender.send({ address, upperAddress: 0, data: TN_FSB_ROUTE.FSB_INT_VAL(route) });
  }

  /** Asserts the pins that level-triggered timers hold now, and lowers those that none holds any longer. */
  #driveLines(): readonly InterruptOutcome[] {
    let held = 0;
    for (let n = 0; n < this.timers; n++) if (this.#holdsPin(n)) held |= 1 << this.#pinOf(n);
    const before = this.#held;
    this.#held = held;
    const outcomes: InterruptOutcome[] = [];
    for (let pin = 0; pin < 32; pin++) {
      const [was, is] = [(before >>> pin) & 1, (held >>> pin) & 1];
      if (was === 1 && is === 0 && this.#hasPin(pin)) this.#ioApic?.lower(pin);
      if (was === 1 || is === 0) continue;
      const outcome = this.#onPin(pin);
      if (outcome !== undefined) outcomes.push(outcome);
    }
    return outcomes;
  }

  #holdsPin(n: number): boolean {
    const configuration = this.#configurations[n]!;
    return (
      ((this.#status[0]! >>> n) & 1) === 1 &&
      GEN_CONF.ENABLE_CNF(this.#general) === 1 &&
      TN_CONF.INT_TYPE_CNF(configuration) === 1 &&
      TN_CONF.INT_ENB_CNF(configuration) === 1 &&
      TN_CONF.FSB_EN_CNF(configuration) === 0
    );
  }

  #pinOf(n: number): number {
    const legacy = GEN_CONF.LEG_RT_CNF(this.#general) === 1 ? LEGACY_PINS[n] : undefined;
    return legacy ?? TN_CONF.INT_ROUTE_CNF(this.#configurations[n]!);
  }

  #onPin(pin: number): InterruptOutcome | undefined {
    return this.#hasPin(pin) ? this.#ioApic?.raise(pin) : undefined;
  }

  /** Software may route a timer to any of 32 pins, there or not. */
  #hasPin(pin: number): boolean {
    return this.#ioApic !== undefined && pin < this.#ioApic.pins;
  }
}

const timerOffset = (n: number): number => 0x100 + 0x20 * n;

function registersOf(timers: number): RegisterFile {
  const at = (offset: number, register: PlacedRegister['register']): PlacedRegister => {
    return { name: `${register.title} at ${offset}`, register, offset, present: () => true };
  };
  const ofTimers = Array.from({ length: timers }, (_, n) => [
    at(timerOffset(n), TN_CONF),
    at(timerOffset(n) + 0x10, TN_FSB_ROUTE),
  ]);
  return new RegisterFile(SIZE, [at(0x000, GCAP_ID), at(0x010, GEN_CONF), at(0x020, GINTR_STA), ...ofTimers.flat()]);
}
