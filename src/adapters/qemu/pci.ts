import type { QtestClient } from './qtest.ts';

/** The ports of the configuration mechanism of PCI. */
const CONFIG_ADDRESS = 0xcf8;
const CONFIG_DATA = 0xcfc;

const COMMAND = 0x04;
const BUS_NUMBERS = 0x18;
const MEMORY_RANGE = 0x20;
const PREFETCHABLE_RANGE = 0x24;
const CAPABILITIES = 0x34;
const MSI = 0x05;

export const BAR0 = 0x10;
export const BAR2 = 0x18;

/** Bits of the command register. */
export const MEMORY = 0b010;
export const BUS_MASTER = 0b100;

/** Configuration space of PCI functions, each by its source-id. */
export class Pci {
  readonly #qtest: QtestClient;

  constructor(qtest: QtestClient) {
    this.#qtest = qtest;
  }

  async read(source: number, offset: number): Promise<number> {
    const [, value = '0x0'] = await this.#qtest.commands([select(source, offset), `inl ${CONFIG_DATA}`]);
    return Number(BigInt(value) & 0xffff_ffffn);
  }

  /** Writes registers of 32 bits, in their order. */
  async write(source: number, registers: readonly (readonly [offset: number, value: number])[]): Promise<void> {
    await this.#qtest.commands(
      registers.flatMap(([offset, value]) => [select(source, offset), `outl ${CONFIG_DATA} ${value >>> 0}`]),
    );
  }

  /** Gives a bridge its bus, and memory below 4 GiB that it lets through, of so many MiB. */
  async openBridge(bridge: number, bus: number, base: number, mebibytes: number): Promise<void> {
    const last = base + (mebibytes - 1) * 0x10_0000;
    await this.write(bridge, [
      [BUS_NUMBERS, (bus << 16) | (bus << 8) | (bridge >>> 8)],
      [MEMORY_RANGE, ((last >>> 16) << 16) | (base >>> 16)],
      [COMMAND, MEMORY | BUS_MASTER],
    ]);
  }

  /** Gives a bridge its bus, and all addresses of 52 bits. */
  async openWideBridge(bridge: number, bus: number): Promise<void> {
    await this.write(bridge, [
      [BUS_NUMBERS, (bus << 16) | (bus << 8) | (bridge >>> 8)],
      [PREFETCHABLE_RANGE, 0xfff1_0001],
      [PREFETCHABLE_RANGE + 4, 0],
      [PREFETCHABLE_RANGE + 8, 0x000f_ffff],
      [COMMAND, MEMORY | BUS_MASTER],
    ]);
  }

  async command(source: number, bits: number): Promise<void> {
    await this.write(source, [[COMMAND, bits]]);
  }

  /** The offset of a function's MSI capability. */
  async msiOf(source: number): Promise<number> {
    let at = (await this.read(source, CAPABILITIES)) & 0xff;
    for (let hops = 0; at !== 0 && hops < 48; hops++) {
      const word = await this.read(source, at & 0xfc);
      if ((word & 0xff) === MSI) return at;
      at = (word >>> 8) & 0xff;
    }
    throw new RangeError('the device has no MSI');
  }
}

const select = (source: number, offset: number): string =>
  `outl ${CONFIG_ADDRESS} ${0x8000_0000 + source * 256 + offset}`;
