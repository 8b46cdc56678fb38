import type { Words } from '../bits/field.ts';
import { type PlacedRegister, RegisterFile } from '../bits/register-file.ts';
import { checkInteger } from '../messages/dma-request.ts';
import type { InterruptOutcome } from '../messages/outcome.ts';
import { checkAccess } from './access.ts';
import { InterruptSender, type SourceOptions } from './interrupt-target.ts';
import {
  FIRST_VERSION_WITH_EOI,
  INDEX,
  IOAPICARB,
  IOAPICID,
  IOAPICVER,
  IOREDTBL,
  WINDOW,
} from './io-apic-registers.ts';
import { isLevelTriggered, redirectionRequest } from './redirection-request.ts';

export interface IoApicOptions extends SourceOptions {
  /** Input pins, 1 to 120: so many have an index. Default 24. */
  readonly pins?: number;
  /** 8 bits. From 20h on, which is the default, there is an EOI register. */
  readonly version?: number;
}

/** The page in which the registers lie, in bytes. */
const SIZE = 0x1000;

/**
 * An I/O APIC as a source of interrupt requests, §5.1.1, §5.1.5.1: its registers as software reaches them, its pins as
 * devices drive them. What a pin, a write or an EOI sends has been answered by the unit when the call returns. A line
 * that nobody has driven is not asserted, whatever its polarity.
 *
 * The constructor throws a RangeError if a number does not fit.
 */
export class IoApic {
  readonly pins: number;
  readonly #hasEoi: boolean;
  readonly #sender: InterruptSender;
  readonly #file: RegisterFile;
  /** The entry of each pin, live. */
  readonly #entries: readonly Words[];
  /** Whether each line is high; undefined where nobody has driven it, which equals neither. */
  readonly #high: (boolean | undefined)[];
  #index = 0;

  constructor({ pins = 24, version = FIRST_VERSION_WITH_EOI, ...source }: IoApicOptions) {
    checkInteger('pins', pins, 1, 120);
    checkInteger('version', version, 0, 0xff);
    this.pins = pins;
    this.#hasEoi = version >= FIRST_VERSION_WITH_EOI;
    this.#sender = new InterruptSender(source);
    this.#file = registersOf(pins);
    this.#entries = Array.from({ length: pins }, (_, pin) => this.#file.words(entryIndex(pin) * 4, 64));
    this.#high = new Array<undefined>(pins).fill(undefined);
    const words = this.#file.words(INDEX.VERSION * 4, 32);
    IOAPICVER.VERSION.put(words, version);
    IOAPICVER.MRE.put(words, pins - 1);
  }

  /**
   * Software reads the 32 bits at `offset` bytes from the base: IOREGSEL at 00h, IOWIN at 10h. All others read 0. Throws
   * a RangeError unless the offset is a multiple of 4 below 1000h.
   */
  read(offset: number): number {
    checkAccess(SIZE, offset, 32, [32]);
    if (offset === WINDOW.IOREGSEL) return this.#index;
    return offset === WINDOW.IOWIN ? this.#file.read(this.#index * 4) : 0;
  }

  /**
   * Software writes 32 bits, as {@link read} reads them; 40h is the EOI register. Returns the outcomes of the requests
   * that the write let go, which are none but for a line that is asserted still. Throws a RangeError also if the value
   * is wider than 32 bits.
   */
  write(offset: number, value: number): readonly InterruptOutcome[] {
    checkAccess(SIZE, offset, 32, [32]);
    checkInteger('value', value, 0, 0xffff_ffff);
    if (offset === WINDOW.IOREGSEL) this.#index = value & 0xff;
    if (offset === WINDOW.IOWIN) return this.#writeIndexed(this.#index, value);
    return offset === WINDOW.EOI && this.#hasEoi ? this.eoi(value & 0xff) : [];
  }

  /** The two words of a pin's redirection entry, a copy. Throws a RangeError if there is no such pin. */
  readEntry(pin: number): Words {
    return this.#entryOf(pin).slice();
  }

  /**
   * Software writes a pin's redirection entry, as by two writes to IOWIN, the high dword first; IOREGSEL keeps its
   * value. Returns the outcomes of what that let go. Throws a RangeError if there is no such pin, or not two words.
   */
  writeEntry(pin: number, words: Words): readonly InterruptOutcome[] {
    this.#entryOf(pin);
    if (words.length !== 2) throw new RangeError(`a redirection entry has two words, got ${words.length}`);
    const high = this.#writeIndexed(entryIndex(pin) + 1, words[1]!);
    return [...high, ...this.#writeIndexed(entryIndex(pin), words[0]!)];
  }

  /**
   * A device drives a pin's line high or low; Polarity says which of them asserts it. Returns the outcome of the request
   * that the change sent, undefined if it sent none. Throws a RangeError if there is no such pin.
   */
  setLine(pin: number, high: boolean): InterruptOutcome | undefined {
    const entry = this.#entryOf(pin);
    const before = this.#isAsserted(pin);
    this.#high[pin] = high;
    if (isLevelTriggered(entry)) return this.#serveLevel(pin);
    // A masked edge is lost (82093AA).
    const edge = !before && this.#isAsserted(pin) && IOREDTBL.M(entry) === 0;
    return edge ? this.#send(entry) : undefined;
  }

  /**
   * A device asks for an interrupt: it pulses the line of an edge-triggered pin, and asserts that of a level-triggered
   * one until it {@link lower}s it. Returns the outcome of the request, undefined if none was sent: the pin is masked,
   * or waits for an EOI. Throws a RangeError if there is no such pin.
   */
  raise(pin: number): InterruptOutcome | undefined {
    const entry = this.#entryOf(pin);
    const asserted = IOREDTBL.POL(entry) === 0;
    if (isLevelTriggered(entry)) return this.setLine(pin, asserted);
    this.setLine(pin, !asserted);
    const outcome = this.setLine(pin, asserted);
    this.setLine(pin, !asserted);
    return outcome;
  }

  /** A device no longer asserts a pin's line. Throws a RangeError if there is no such pin. */
  lower(pin: number): void {
    this.setLine(pin, IOREDTBL.POL(this.#entryOf(pin)) === 1);
  }

  /**
   * The EOI of a processor, as it reaches the I/O APIC: Remote IRR is cleared in each level-triggered entry with this
   * vector, 8 bits. Returns the outcomes of lines that are asserted still and were sent again. Throws a RangeError if
   * the vector is wider.
   */
  eoi(vector: number): readonly InterruptOutcome[] {
    checkInteger('vector', vector, 0, 0xff);
    return this.#entries.flatMap((entry, pin) => {
      if (IOREDTBL.IRR(entry) === 0 || IOREDTBL.V(entry) !== vector) return [];
      IOREDTBL.IRR.put(entry, 0);
      return listOf(this.#serveLevel(pin));
    });
  }

  #writeIndexed(index: number, value: number): readonly InterruptOutcome[] {
    this.#file.write(index * 4, value);
    if (index === INDEX.ID) {
      const id = IOAPICID.ID(this.#file.words(INDEX.ID * 4, 32));
      IOAPICARB.ARB.put(this.#file.words(INDEX.ARBITRATION * 4, 32), id);
    }
    const pin = (index - INDEX.REDIRECTION) >> 1;
    const entry = this.#entries[pin];
    if (entry === undefined) return [];
    // Remote IRR has no meaning on an edge-triggered pin. Software without an EOI register clears it in this way.
    if (!isLevelTriggered(entry)) IOREDTBL.IRR.put(entry, 0);
    return listOf(this.#serveLevel(pin));
  }

  /** Sends a level-triggered pin if it is asserted, not masked and does not wait for an EOI. */
  #serveLevel(pin: number): InterruptOutcome | undefined {
    const entry = this.#entries[pin]!;
    if (!isLevelTriggered(entry) || !this.#isAsserted(pin)) return undefined;
    if (IOREDTBL.M(entry) === 1 || IOREDTBL.IRR(entry) === 1) return undefined;
    // Before the unit answers, and whatever it answers: a request is a posted write, so that its sender never learns
    // that it was blocked.
    IOREDTBL.IRR.put(entry, 1);
    return this.#send(entry);
  }

  #send(entry: Words): InterruptOutcome {
    return this.#sender.send({ ...redirectionRequest(entry), upperAddress: 0 });
  }

  #isAsserted(pin: number): boolean {
    return this.#high[pin] === (IOREDTBL.POL(this.#entries[pin]!) === 0);
  }

  #entryOf(pin: number): Words {
    checkInteger('pin', pin, 0, this.pins - 1);
    return this.#entries[pin]!;
  }
}

const entryIndex = (pin: number): number => INDEX.REDIRECTION + 2 * pin;

const listOf = (outcome: InterruptOutcome | undefined): readonly InterruptOutcome[] =>
  outcome === undefined ? [] : [outcome];

/** The registers behind IOWIN, each index a dword. */
function registersOf(pins: number): RegisterFile {
  const present = () => true;
  const at = (index: number, register: PlacedRegister['register']): PlacedRegister => {
    return { name: `${register.title} (index ${index})`, register, offset: index * 4, present };
  };
  return new RegisterFile(entryIndex(pins) * 4, [
    at(INDEX.ID, IOAPICID),
    at(INDEX.VERSION, IOAPICVER),
    at(INDEX.ARBITRATION, IOAPICARB),
    ...Array.from({ length: pins }, (_, pin) => at(entryIndex(pin), IOREDTBL)),
  ]);
}
