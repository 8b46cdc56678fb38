import { checkInteger } from './dma-request.ts';
import { INTERRUPT_ADDRESS, type InterruptWrite } from './interrupt-formats.ts';

/** An interrupt request as it reaches the unit, §5.1. Made by {@link interruptRequest}. */
export interface InterruptRequest extends InterruptWrite {
  /** Bus 15:8, device 7:3, function 2:0; of an I/O APIC or a timer what firmware says, §5.1.1. */
  readonly sourceId: number;
}

/** What {@link interruptRequest} takes: a `bigint` address. */
export interface InterruptRequestParameters {
  /** The 16-bit source-id. */
  readonly sourceId: number;
  /** The 64-bit address, in FEE0_0000h to FEEF_FFFFh. */
  readonly address: bigint;
  /** The 32-bit data. */
  readonly data: number;
}

/**
 * A request in the form that the model works on, §5.1. Throws a RangeError that says what was expected if a number does
 * not fit, or if the address is not one of an interrupt request.
 */
export function interruptRequest({ sourceId, address, data }: InterruptRequestParameters): InterruptRequest {
  checkInteger('sourceId', sourceId, 0, 0xffff);
  if (address >> 20n !== BigInt(INTERRUPT_ADDRESS)) {
    throw new RangeError(
      `the address of an interrupt request is 0xfee00000 to 0xfeefffff, got 0x${address.toString(16)}`,
    );
  }
  checkInteger('data', data, 0, 0xffff_ffff);
  return { sourceId, address: Number(address), data };
}

/** Whether two requests are the same. */
export const isSameInterrupt = (one: InterruptRequest, other: InterruptRequest): boolean =>
  one.sourceId === other.sourceId && one.address === other.address && one.data === other.data;
