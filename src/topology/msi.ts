import type { Words } from '../bits/field.ts';
import { type PlacedRegister, RegisterFile } from '../bits/register-file.ts';
import { checkInteger } from '../messages/dma-request.ts';
import type { InterruptOutcome } from '../messages/outcome.ts';
import { readConfig, writeConfig } from './access.ts';
import { InterruptSender, type Message, type SourceOptions } from './interrupt-target.ts';
import { type MaskableMessages, raiseMessage, releasePending } from './maskable-messages.ts';
import { MSI_ADDRESS, MSI_CONTROL, MSI_DATA, MSI_MASK, MSI_PENDING, MSI_UPPER_ADDRESS } from './msi-registers.ts';

export interface MsiOptions {
  /** How many messages the function can send: 1, the default, 2, 4, 8, 16 or 32. */
  readonly messages?: number;
  /** The capability has an upper address. Default true. */
  readonly wideAddress?: boolean;
  /** The capability has mask and pending bits. Default false. */
  readonly maskable?: boolean;
}

/**
 * The MSI capability of a function, §5.1.5.2, as software reaches it in configuration space and as the function asks for
 * messages. The constructor throws a RangeError if a number does not fit.
 */
export class MsiCapability implements MaskableMessages {
  readonly sender: InterruptSender;
  /** Bytes that the capability takes in configuration space. */
  readonly size: number;
  /** How many messages the function can send. */
  readonly messages: number;
  readonly pending: Words;
  readonly #file: RegisterFile;
  readonly #control: Words;
  readonly #address: Words;
  readonly #upperAddress: Words;
  readonly #data: Words;
  readonly #mask: Words;

  constructor({ messages = 1, wideAddress = true, maskable = false, ...source }: MsiOptions & SourceOptions) {
    const capable = [1, 2, 4, 8, 16, 32].indexOf(messages);
    if (capable < 0) throw new RangeError(`messages is 1, 2, 4, 8, 16 or 32, got ${messages}`);
    const places = placesOf(messages, wideAddress, maskable);
    this.sender = new InterruptSender(source);
    this.messages = messages;
    this.size = places.reduce((end, { offset }) => Math.max(end, offset + 4), 0);
    this.#file = new RegisterFile(this.size, places);
    const words = (register: PlacedRegister['register']) => {
      const place = places.find((it) => it.register === register);
      // What the capability lacks is 0, and stays so.
      return place === undefined ? new Uint32Array(1) : this.#file.words(place.offset, 32);
    };
    this.#control = words(MSI_CONTROL);
    this.#address = words(MSI_ADDRESS);
    this.#upperAddress = words(MSI_UPPER_ADDRESS);
    this.#data = words(MSI_DATA);
    this.#mask = words(MSI_MASK);
    this.pending = words(MSI_PENDING);
    MSI_CONTROL.MMC.put(this.#control, capable);
    MSI_CONTROL.C64.put(this.#control, wideAddress ? 1 : 0);
    MSI_CONTROL.PVM.put(this.#control, maskable ? 1 : 0);
  }

  /** MSI Enable. */
  get enabled(): boolean {
    return MSI_CONTROL.E(this.#control) === 1;
  }

  /** How many messages software has given the function: at most as many as it can send. */
  get allocated(): number {
    return 2 ** Math.min(MSI_CONTROL.MME(this.#control), MSI_CONTROL.MMC(this.#control));
  }

  /**
   * Software reads 8, 16 or 32 bits, `offset` bytes from the start of the capability. Throws a RangeError unless they
   * lie in the capability, aligned.
   */
  read(offset: number, width: number): number {
    return readConfig(this.#file, this.size, offset, width);
  }

  /**
   * Software writes 8, 16 or 32 bits, as {@link read} reads them. Returns the outcomes of messages that were pending and
   * left. Throws a RangeError also if the value is wider.
   */
  write(offset: number, width: number, value: number): readonly InterruptOutcome[] {
    writeConfig(this.#file, this.size, offset, width, value);
    return releasePending(this);
  }

  /**
   * The function asks for message `n`, counted from 0. Returns the outcome, or undefined: MSI is off, or the message is
   * masked and pending now. Throws a RangeError if MSI is on and software has given fewer messages, or an address that is
   * none of an interrupt request.
   */
  raise(n: number): InterruptOutcome | undefined {
    checkInteger('message', n, 0, this.messages - 1);
    if (this.enabled && n >= this.allocated) {
      throw new RangeError(`software has allocated ${this.allocated} of ${this.messages} messages, got message ${n}`);
    }
    return raiseMessage(this, n);
  }

  /** The Mask Bit of message `n`. */
  isMasked(n: number): boolean {
    return ((this.#mask[0]! >>> n) & 1) === 1;
  }

  /** What message `n` would be now: its number stands in the low log2(N) bits of the data, §5.1.5.2. */
  message(n: number): Message {
    const data = MSI_DATA.MD(this.#data);
    return {
      // Bits 1:0 of the register are 0.
      address: this.#address[0]!,
      upperAddress: MSI_UPPER_ADDRESS.MUA(this.#upperAddress),
      data: data - (data % this.allocated) + n,
    };
  }
}

/** The registers of a capability of this form, each a dword. */
function placesOf(messages: number, wideAddress: boolean, maskable: boolean): readonly PlacedRegister[] {
  const registers = [MSI_CONTROL, MSI_ADDRESS, wideAddress ? MSI_UPPER_ADDRESS : [], MSI_DATA];
  const maskRegisters = maskable ? [MSI_MASK, MSI_PENDING] : [];
  return [...registers, ...maskRegisters].flat().map((register, i) => ({
    name: register.title,
    register,
    offset: 4 * i,
    present: () => true,
    ...(register === MSI_MASK ? { readOnlyMask: beyond(messages) } : {}),
  }));
}

/** Ones for the messages that the function does not have. */
const beyond = (messages: number): Words => Uint32Array.of(2 ** 32 - 2 ** messages);
