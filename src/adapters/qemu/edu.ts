import type { Pci } from './pci.ts';
import { BAR0, BUS_MASTER, MEMORY } from './pci.ts';
import { QemuGone, type QtestClient } from './qtest.ts';

/** The identification register of the device, at offset 0 of its BAR. */
const IDENTIFICATION = 0x0100_00edn;

/** Registers of the device: its interrupt, and its DMA engine with a buffer of 4 KiB of its own. */
const RAISE = 0x60;
const ACKNOWLEDGE = 0x64;
const SOURCE = 0x80;
const DESTINATION = 0x88;
const COUNT = 0x90;
const COMMAND = 0x98;
const RUN_TO_DEVICE = 1;
const RUN_FROM_DEVICE = 3;
const BUFFER = 0x4_0000;

/** What the buffer holds: bytes that are known when they are found, small numbers, a number of choice, what was read. */
const TOKENS = 0x000;
const NUMBERS = 0x800;
const NUMBER = 0xa00;
const LANDING = 0xc00;
/** Bytes that one request may move. */
export const MOST_BYTES = 0x400;
const NUMBER_COUNT = 128;

/** Memory that is free while the buffer is filled. */
const SCRATCH = 0x10_0000n;
/** How often the end of a transfer is looked for. */
const LOOKS = 20_000;

/** The bytes that a write of the device carries. */
export const TOKEN: Uint8Array = Uint8Array.from({ length: MOST_BYTES }, (_, i) => (i * 37 + (i >>> 3) * 11) | 0x81);

/** QEMU's edu device: it reads and writes memory by DMA, and raises one MSI. */
export class Edu {
  readonly #qtest: QtestClient;
  readonly #pci: Pci;
  readonly #source: number;
  readonly #base: number;
  #msi = 0;

  constructor(qtest: QtestClient, pci: Pci, source: number, base: number) {
    this.#qtest = qtest;
    this.#pci = pci;
    this.#source = source;
    this.#base = base;
  }

  /** After a reset. */
  async place(): Promise<void> {
    await this.#pci.write(this.#source, [[BAR0, this.#base]]);
    await this.#pci.command(this.#source, MEMORY | BUS_MASTER);
  }

  /** Fills the buffer, which a reset keeps. Nothing is remapped at that time. */
  async prepare(): Promise<void> {
    if ((await this.#qtest.number(`readl ${this.#base}`)) !== IDENTIFICATION) {
      throw new QemuGone('QEMU has no edu device where it was put');
    }
    const numbers = new Uint8Array(Uint32Array.from({ length: NUMBER_COUNT }, (_, i) => i).buffer);
    await this.#fill(TOKENS, TOKEN);
    await this.#fill(NUMBERS, numbers);
    this.#msi = await this.#pci.msiOf(this.#source);
  }

  /** Writes the first bytes of {@link TOKEN}. */
  async write(address: bigint, length: number): Promise<void> {
    await this.#transfer(BigInt(BUFFER + TOKENS), address, length, RUN_FROM_DEVICE);
  }

  /** Reads bytes, which are not looked at. */
  async read(address: bigint, length: number): Promise<void> {
    await this.#transfer(address, BigInt(BUFFER + LANDING), length, RUN_TO_DEVICE);
  }

  /** Sends the first 32 bits that were read to an address. */
  async passOn(address: bigint): Promise<void> {
    await this.#transfer(BigInt(BUFFER + LANDING), address, 4, RUN_FROM_DEVICE);
  }

  /** Whether {@link writeNumber} has the number at hand. Others are read first, by DMA that must not be remapped then. */
  hasNumber(number: number): boolean {
    return number < NUMBER_COUNT;
  }

  /** Writes 32 bits. */
  async writeNumber(address: bigint, number: number): Promise<void> {
    const known = this.hasNumber(number);
    if (!known) await this.#fill(NUMBER, new Uint8Array(Uint32Array.of(number).buffer));
    const at = known ? NUMBERS + 4 * number : NUMBER;
    await this.#transfer(BigInt(BUFFER + at), address, 4, RUN_FROM_DEVICE);
  }

  /** Raises the device's MSI, an interrupt request of 16 bits. */
  async raise(address: number, data: number): Promise<void> {
    const control = await this.#pci.read(this.#source, this.#msi);
    await this.#pci.write(this.#source, [
      [this.#msi + 4, address],
      [this.#msi + 8, 0],
      [this.#msi + 12, data],
      [this.#msi, control | 0x1_0000],
    ]);
    await this.#qtest.commands([`writel ${this.#base + RAISE} 1`, `writel ${this.#base + ACKNOWLEDGE} 1`]);
  }

  async #fill(at: number, bytes: Uint8Array): Promise<void> {
    const scratch = `${SCRATCH} ${bytes.length}`;
    const kept = await this.#qtest.command(`read ${scratch}`);
    await this.#qtest.command(`write ${scratch} 0x${Buffer.from(bytes).toString('hex')}`);
    await this.#transfer(SCRATCH, BigInt(BUFFER + at), bytes.length, RUN_TO_DEVICE);
    await this.#qtest.command(`write ${scratch} ${kept}`);
  }

  async #transfer(from: bigint, to: bigint, length: number, command: number): Promise<void> {
    const registers = [
      [SOURCE, from],
      [DESTINATION, to],
      [COUNT, length],
      [COMMAND, command],
    ] as const;
    await this.#qtest.commands(registers.map(([offset, value]) => `writeq ${this.#base + offset} ${value}`));
    for (let looks = 0; looks < LOOKS; looks++) {
      if (((await this.#qtest.number(`readq ${this.#base + COMMAND}`)) & 1n) === 0n) return;
    }
    throw new QemuGone('the DMA of an edu device did not come to an end');
  }
}
