import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { EXPANDER_BUS, NeedsMachine, RAM_BYTES, WINDOW_BUS, WINDOW_BYTES, windowFile } from './machine.ts';
import { BAR2, MEMORY, type Pci } from './pci.ts';

const BRIDGE = EXPANDER_BUS << 8;
/** Type of the BAR: 64 bits, prefetchable. */
const BAR_TYPE = 0xc;

/** Addresses that are no memory: what a PC has below 1 MiB and below 4 GiB, and no machine beyond 52 bits. */
const RESERVED: readonly (readonly [first: bigint, beyond: bigint])[] = [
  [0xa_0000n, 0x10_0000n],
  [0xe000_0000n, 0x1_0000_0000n],
  [1n << 52n, 1n << 64n],
];

/** Whether there can be memory at all of these bytes. */
export const canBeMemory = (address: bigint, length: number): boolean =>
  RESERVED.every(([first, beyond]) => address + BigInt(length) <= first || address >= beyond);

/** Memory at addresses beyond the ordinary: opened where something is written or pointed to. */
export class Windows {
  readonly #pci: Pci;
  readonly #folder: string;
  readonly #count: number;
  #open = new Set<bigint>();

  constructor(pci: Pci, folder: string, count: number) {
    this.#pci = pci;
    this.#folder = folder;
    this.#count = count;
  }

  /** Whether memory stands behind an address. */
  has(address: bigint): boolean {
    return address < RAM_BYTES ? canBeMemory(address, 1) : this.#open.has(address / WINDOW_BYTES);
  }

  /** Lets memory stand behind these addresses where there can be any. Throws {@link NeedsMachine} if windows run out. */
  async open(addresses: Iterable<bigint>): Promise<void> {
    const missing = new Set<bigint>();
    for (const address of addresses) {
      if (!this.has(address) && canBeMemory(address, 1)) missing.add(address / WINDOW_BYTES);
    }
    if (this.#open.size + missing.size > this.#count) {
      throw new NeedsMachine({ windows: this.#open.size + missing.size });
    }
    for (const number of missing) {
      const window = (WINDOW_BUS << 8) | this.#open.size;
      const base = number * WINDOW_BYTES;
      await this.#pci.write(window, [
        [BAR2, Number(base & 0xffff_ffffn) + BAR_TYPE],
        [BAR2 + 4, Number(base >> 32n)],
      ]);
      await this.#pci.command(window, MEMORY);
      this.#open.add(number);
    }
  }

  /** Before a reset: takes all windows away at once, which is much faster than one by one (measured). */
  async close(): Promise<void> {
    await this.#pci.command(BRIDGE, 0);
  }

  /** After a reset: the way to the windows is open, none of them is, and all memory is zero. */
  async reset(): Promise<void> {
    await this.#pci.openWideBridge(BRIDGE, WINDOW_BUS);
    zero(join(this.#folder, 'ram'), RAM_BYTES);
    for (let i = 0; i < this.#open.size; i++) zero(join(this.#folder, windowFile(i)), WINDOW_BYTES);
    this.#open = new Set();
  }
}

/** QEMU shares the file: what is cut off reads zero once it is there again. */
function zero(file: string, bytes: bigint): void {
  truncateSync(file, 0);
  truncateSync(file, Number(bytes));
}
