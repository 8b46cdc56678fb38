import type { Words } from '../bits/field.ts';
import type { EventMessage } from '../messages/platform-message.ts';
import { FEADDR_REG, FECTL_REG, FEDATA_REG, FEUADDR_REG } from '../registers/fault.ts';

/** The four registers of an event. All four events have the layouts of the fault event's, §11.4.7.2. */
export interface EventRegisterWords {
  readonly control: Words;
  readonly data: Words;
  readonly address: Words;
  readonly upperAddress: Words;
}

/** Mask and pending state of an event interrupt, §7.3, §11.4.7.2: one machine, an instance an event. */
export class EventRegisters {
  readonly #words: EventRegisterWords;
  readonly #kind: EventMessage['kind'];
  readonly #send: (message: EventMessage) => void;

  constructor(kind: EventMessage['kind'], words: EventRegisterWords, send: (message: EventMessage) => void) {
    this.#kind = kind;
    this.#words = words;
    this.#send = send;
  }

  /** A status bit was set. `alreadyPending`: another one stood before it, whose message software has not answered. */
  raise(alreadyPending: boolean): void {
    if (alreadyPending) return;
    FECTL_REG.IP.put(this.#words.control, 1);
    this.sendIfUnmasked();
  }

  /** Software wrote the control register: a message that waited for IM leaves. */
  sendIfUnmasked(): void {
    const { control, data, address, upperAddress } = this.#words;
    if (FECTL_REG.IP(control) === 0 || FECTL_REG.IM(control) === 1) return;
    FECTL_REG.IP.put(control, 0);
    this.#send({
      kind: this.#kind,
      address: (BigInt(FEUADDR_REG.MUA(upperAddress)) << 32n) | (BigInt(FEADDR_REG.MA(address)) << 2n),
      data: FEDATA_REG.IMD(data),
    });
  }

  /** Software has cleared every status bit: no message will follow. */
  serviced(): void {
    FECTL_REG.IP.put(this.#words.control, 0);
  }
}
