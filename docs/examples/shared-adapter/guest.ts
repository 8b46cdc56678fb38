import type { SparseMemory } from 'vtd-model';
import type { MappingDescription } from 'vtd-model/tables';

/** Where every guest believes its memory to be, and how much it has. */
export const GUEST_BASE = 0x1_0000n;
export const GUEST_BYTES = 0x8000n;
/** Where a guest has its buffers, and the bytes of one. */
const RECEIVE_BUFFERS = GUEST_BASE;
const TRANSMIT_BUFFERS = GUEST_BASE + 0x4000n;
const BUFFER_BYTES = 0x800n;
export const BUFFERS = 8;

export const receiveBuffer = (n: number): bigint => RECEIVE_BUFFERS + BigInt(n % BUFFERS) * BUFFER_BYTES;
export const transmitBuffer = (n: number): bigint => TRANSMIT_BUFFERS + BigInt(n % BUFFERS) * BUFFER_BYTES;

/** A guest: a name, the address of its network interface, and a piece of the host's memory. */
export class Guest {
  readonly name: string;
  /** Its domain-id, and where it has one its PASID. */
  readonly id: number;
  /** The processor that runs it, an APIC id. */
  readonly processor: number;
  /** Where the host keeps its memory: migration changes it. */
  host: bigint;
  readonly #memory: SparseMemory;

  constructor(memory: SparseMemory, name: string, id: number, host: bigint) {
    this.#memory = memory;
    this.name = name;
    this.id = id;
    this.processor = id;
    this.host = host;
  }

  /** All of its memory at its guest addresses, in pages that can be moved one by one. */
  get mapping(): MappingDescription {
    return { input: GUEST_BASE, output: this.host, size: GUEST_BYTES, pageSize: '4K' };
  }

  hostAddress(guest: bigint): bigint {
    return this.host + guest - GUEST_BASE;
  }

  owns(host: bigint): boolean {
    return host >= this.host && host < this.host + GUEST_BYTES;
  }

  /** What its processor does with its memory; no unit is between them. */
  read(guest: bigint, length: number): Uint8Array {
    return this.#memory.read(this.hostAddress(guest), length);
  }

  write(guest: bigint, bytes: Uint8Array): void {
    this.#memory.write(this.hostAddress(guest), bytes);
  }
}
