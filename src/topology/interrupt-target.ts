import { checkInteger } from '../messages/dma-request.ts';
import { CompatibilityFormat, INTERRUPT_ADDRESS } from '../messages/interrupt-formats.ts';
import type { InterruptRequest } from '../messages/interrupt-request.ts';
import type { InterruptOutcome } from '../messages/outcome.ts';

/** Where the interrupt requests of a source go, §5.1: a `RemappingUnit`, or whatever stands in for one. */
export interface InterruptTarget {
  /** What becomes of a request. */
  interrupt(request: InterruptRequest): InterruptOutcome;
}

/** What every source is given. */
export interface SourceOptions {
  readonly unit: InterruptTarget;
  /** The 16 bits that its requests carry, §5.1.1: bus 15:8, device 7:3, function 2:0, or what firmware reports. */
  readonly sourceId: number;
}

/** A DWORD write that software programmed a source to make. */
export interface Message {
  /** Bits 31:0 of the address. */
  readonly address: number;
  /** Bits 63:32 of the address. */
  readonly upperAddress: number;
  /** 32 bits. */
  readonly data: number;
}

/** Sends the requests of one source. The constructor throws a RangeError if the source-id is wider than 16 bits. */
export class InterruptSender {
  readonly #unit: InterruptTarget;
  readonly #sourceId: number;

  constructor({ unit, sourceId }: SourceOptions) {
    checkInteger('sourceId', sourceId, 0, 0xffff);
    this.#unit = unit;
    this.#sourceId = sourceId;
  }

  /**
   * What becomes of a message, §5.1.4. Throws a RangeError if it is no interrupt request: it would be an ordinary write
   * to memory then, which the source cannot tell from the other and the unit's door for interrupts does not take.
   */
  send(message: Message): InterruptOutcome {
    if (!isInterruptRequest(message)) {
      throw new RangeError(
        `the message is an ordinary memory write to ${addressText(message)}: an interrupt request is for 0xfee00000 to 0xfeefffff`,
      );
    }
    const { address, data } = message;
    return this.#unit.interrupt({ sourceId: this.#sourceId, address, data });
  }
}

/** Whether a message is for the interrupt address range, FEEx_xxxxh, §5.1.2. */
export function isInterruptRequest({ address, upperAddress, data }: Message): boolean {
  return upperAddress === 0 && CompatibilityFormat.RANGE.ofQword(address, data) === INTERRUPT_ADDRESS;
}

function addressText({ address, upperAddress }: Message): string {
  return `0x${((BigInt(upperAddress) << 32n) | BigInt(address)).toString(16)}`;
}
