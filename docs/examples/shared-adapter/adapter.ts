import { type DmaRequest, dmaRequest, type Outcome, type SparseMemory } from 'vtd-model';

/** How the adapter's requests are named: by source-id, and with a PASID where queues have one. */
export interface Requester {
  readonly sourceId: number;
  readonly pasid?: number;
}

/** A frame on the wire: for whom it is, from whom, and what it says. */
export interface Frame {
  readonly to: number;
  readonly from: number;
  readonly text: string;
}

const HEADER_BYTES = 2;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const bytesOf = ({ to, from, text }: Frame): Uint8Array => Uint8Array.of(to, from, ...encoder.encode(text));
export const frameOf = (bytes: Uint8Array): Frame => ({
  to: bytes[0]!,
  from: bytes[1]!,
  text: decoder.decode(bytes.subarray(HEADER_BYTES)),
});

/** Bytes that wait to be sent, where the guest has put them. */
interface Descriptor {
  readonly address: bigint;
  readonly length: number;
}

/** A pair of queues. A guest programs the addresses, and nobody checks them but the unit. */
export class Queue {
  readonly requester: Requester;
  readonly receive: bigint[] = [];
  readonly transmit: Descriptor[] = [];

  constructor(requester: Requester) {
    this.requester = requester;
  }
}

/** What became of the DMA for a frame: where the bytes went or came from, or how the unit answered. */
export interface Moved {
  readonly frame: Frame | undefined;
  readonly outcome: Outcome;
}

/**
 * An Ethernet adapter with queues. Frames that come in are sorted by their destination; frames that go out are taken from
 * the queues in turn. Its requests go through the unit; `send` is the way there.
 */
export class Adapter {
  readonly #memory: SparseMemory;
  readonly #send: (request: DmaRequest) => Outcome;
  /** The sorter: queues by the destination of a frame. */
  readonly queues = new Map<number, Queue>();
  #turn = 0;

  constructor(memory: SparseMemory, send: (request: DmaRequest) => Outcome) {
    this.#memory = memory;
    this.#send = send;
  }

  /** A frame from the wire into the next buffer of its queue; undefined if no queue, or no buffer, is there for it. */
  receive(frame: Frame): Moved | undefined {
    const queue = this.queues.get(frame.to);
    const address = queue?.receive.shift();
    if (queue === undefined || address === undefined) return undefined;
    const bytes = bytesOf(frame);
    const outcome = this.#send(dmaRequest({ ...queue.requester, address, access: 'write', length: bytes.length }));
    if (outcome.kind === 'completed') this.#memory.write(outcome.address, bytes);
    return { frame, outcome };
  }

  /** The next frame that goes out, from the queues in turn; undefined if none has any. */
  transmit(): Moved | undefined {
    const queues = [...this.queues.values()];
    for (let tries = 0; tries < queues.length; tries++) {
      const queue = queues[this.#turn++ % queues.length]!;
      const descriptor = queue.transmit.shift();
      if (descriptor === undefined) continue;
      const { address, length } = descriptor;
      const outcome = this.#send(dmaRequest({ ...queue.requester, address, access: 'read', length }));
      const frame = outcome.kind === 'completed' ? frameOf(this.#memory.read(outcome.address, length)) : undefined;
      return { frame, outcome };
    }
    return undefined;
  }
}
