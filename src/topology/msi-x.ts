import type { Words } from '../bits/field.ts';
import { type PlacedRegister, RegisterFile } from '../bits/register-file.ts';
import { checkInteger } from '../messages/dma-request.ts';
import type { InterruptOutcome } from '../messages/outcome.ts';
import { checkAccess, readConfig, readMemory, writeConfig, writeMemory } from './access.ts';
import { InterruptSender, type Message, type SourceOptions } from './interrupt-target.ts';
import { type MaskableMessages, raiseMessage, releasePending } from './maskable-messages.ts';
import { MSI_X_CONTROL, MSI_X_ENTRY, MSI_X_PBA, MSI_X_TABLE } from './msi-x-registers.ts';

/** Where something lies: in which BAR, 0 to 5, and how many bytes from its start, a multiple of 8. */
export interface BarPlace {
  readonly bar: number;
  readonly offset: number;
}

export interface MsiXOptions {
  /** Entries of the table, 1 to 2048. */
  readonly entries: number;
  /** What the capability says of the table's place. Default: the start of BAR 0. */
  readonly table?: BarPlace;
  /** What the capability says of the place of the pending bits. Default: behind the table, where that is by default. */
  readonly pendingBits?: BarPlace;
}

/** Bytes of the capability, and of an entry. */
const CAPABILITY = 12;
const ENTRY = 16;

/**
 * The MSI-X capability of a function with its table and its pending bits, §5.1.5.2. The table and the pending bits are
 * reached by their own offsets, wherever the function has put them. The constructor throws a RangeError if a number does
 * not fit.
 */
export class MsiXCapability implements MaskableMessages {
  readonly sender: InterruptSender;
  /** Bytes that the capability takes in configuration space. */
  readonly size = CAPABILITY;
  /** How many entries the table has. */
  readonly allocated: number;
  readonly pending: Words;
  readonly #capability: RegisterFile;
  readonly #control: Words;
  readonly #table: RegisterFile;
  readonly #entries: readonly Words[];

  constructor({ entries, table = { bar: 0, offset: 0 }, pendingBits, ...source }: MsiXOptions & SourceOptions) {
    checkInteger('entries', entries, 1, 2048);
    this.sender = new InterruptSender(source);
    this.allocated = entries;
    this.#capability = new RegisterFile(CAPABILITY, [
      place(MSI_X_CONTROL, 0),
      place(MSI_X_TABLE, 4),
      place(MSI_X_PBA, 8),
    ]);
    this.#control = this.#capability.words(0, 32);
    MSI_X_CONTROL.SIZE.put(this.#control, entries - 1);
    putPlace(this.#capability.words(4, 32), MSI_X_TABLE, 'table', table);
    putPlace(
      this.#capability.words(8, 32),
      MSI_X_PBA,
      'pendingBits',
      pendingBits ?? { bar: 0, offset: ENTRY * entries },
    );
    const numbers = Array.from({ length: entries }, (_, n) => n);
    this.#table = new RegisterFile(
      ENTRY * entries,
      numbers.map((n) => place(MSI_X_ENTRY, ENTRY * n)),
    );
    this.#entries = numbers.map((n) => this.#table.words(ENTRY * n, 128));
    // Whole qwords.
    this.pending = new Uint32Array(2 * Math.ceil(entries / 64));
  }

  /** MSI-X Enable. */
  get enabled(): boolean {
    return MSI_X_CONTROL.E(this.#control) === 1;
  }

  /**
   * Software reads 8, 16 or 32 bits of the capability, `offset` bytes from its start. Throws a RangeError unless they lie
   * in it, aligned.
   */
  read(offset: number, width: number): number {
    return readConfig(this.#capability, CAPABILITY, offset, width);
  }

  /**
   * Software writes 8, 16 or 32 bits of the capability. Returns the outcomes of messages that were pending and left.
   * Throws a RangeError as {@link read}, and if the value is wider.
   */
  write(offset: number, width: number, value: number): readonly InterruptOutcome[] {
    writeConfig(this.#capability, CAPABILITY, offset, width, value);
    return releasePending(this);
  }

  /**
   * Software reads 32 or 64 bits of the table, `offset` bytes from its start. Throws a RangeError unless they lie in it,
   * aligned.
   */
  readTable(offset: number, width: number): bigint {
    return readMemory(this.#table, ENTRY * this.allocated, offset, width);
  }

  /**
   * Software writes 32 or 64 bits of the table. Returns the outcomes of messages that were pending and left. Throws a
   * RangeError as {@link readTable}, and if the value is wider.
   */
  writeTable(offset: number, width: number, value: bigint): readonly InterruptOutcome[] {
    writeMemory(this.#table, ENTRY * this.allocated, offset, width, value);
    return releasePending(this);
  }

  /**
   * Software reads 32 or 64 of the pending bits, `offset` bytes from their start; writing them has no effect. Throws a
   * RangeError unless they are there, aligned.
   */
  readPending(offset: number, width: number): bigint {
    checkAccess(4 * this.pending.length, offset, width, [32, 64]);
    const low = BigInt(this.pending[offset / 4]!);
    return width === 32 ? low : (BigInt(this.pending[offset / 4 + 1]!) << 32n) | low;
  }

  /**
   * The function asks for the message of entry `n`. Returns the outcome, or undefined: MSI-X is off, or the message is
   * masked and pending now. Throws a RangeError if there is no such entry, or if its address is none of an interrupt
   * request.
   */
  raise(n: number): InterruptOutcome | undefined {
    checkInteger('message', n, 0, this.allocated - 1);
    return raiseMessage(this, n);
  }

  /** Whether the function or its entry masks message `n`. */
  isMasked(n: number): boolean {
    return MSI_X_CONTROL.FM(this.#control) === 1 || MSI_X_ENTRY.MASK(this.#entries[n]!) === 1;
  }

  /** What message `n` would be now. */
  message(n: number): Message {
    const entry = this.#entries[n]!;
    return { address: MSI_X_ENTRY.MA(entry), upperAddress: MSI_X_ENTRY.MUA(entry), data: MSI_X_ENTRY.MD(entry) };
  }
}

function place(register: PlacedRegister['register'], offset: number): PlacedRegister {
  return { name: register.title, register, offset, present: () => true };
}

function putPlace(
  words: Words,
  register: typeof MSI_X_TABLE | typeof MSI_X_PBA,
  name: string,
  { bar, offset }: BarPlace,
): void {
  checkInteger(`${name}.bar`, bar, 0, 5);
  checkInteger(`${name}.offset`, offset, 0, 0xffff_fff8);
  if (offset % 8 !== 0) throw new RangeError(`${name}.offset is a multiple of 8, got ${offset}`);
  register.BIR.put(words, bar);
  register.OFFSET.put(words, offset / 8);
}
