import { Edu } from './edu.ts';
import { argumentsOf, busesOf, HOST_BUS, type MachineShape, NeedsMachine, portFunction } from './machine.ts';
import { Pci } from './pci.ts';
import { QemuProcess } from './qemu-process.ts';
import { QemuGone, QemuRefuses, type QtestClient } from './qtest.ts';
import { Windows } from './windows.ts';

/** Where the registers of the unit and of the devices are. */
export const REGISTERS = 0xfed9_0000;
const DEVICES = 0xe000_0000;
const DEVICE_BYTES = 0x10_0000;

/** FEDATA_REG, which a reset clears, and the reset control register of the chip set. */
const FEDATA_REG = 0x3c;
const RESET_CONTROL = 0xcf9;
const HARD_RESET = 0x6;
const MARK = 0x1dea;
const LOOKS = 100_000;

/** A machine that runs: its memory, its PCI buses and the devices that send requests. */
export class RunningMachine {
  readonly shape: MachineShape;
  readonly qtest: QtestClient;
  readonly windows: Windows;
  /** The sources that were asked for since the reset. */
  readonly used = new Set<number>();
  readonly #process: QemuProcess;
  readonly #pci: Pci;
  readonly #devices: ReadonlyMap<number, Edu>;

  private constructor(process: QemuProcess, shape: MachineShape) {
    this.#process = process;
    this.shape = shape;
    this.qtest = process.qtest;
    this.#pci = new Pci(this.qtest);
    this.windows = new Windows(this.#pci, process.folder, shape.windows);
    this.#devices = new Map(
      inPlace(shape).map((source, i) => [source, new Edu(this.qtest, this.#pci, source, DEVICES + i * DEVICE_BYTES)]),
    );
  }

  /** Starts a machine like this, as after a reset. */
  static async start(qemu: string, shape: MachineShape): Promise<RunningMachine> {
    const process = await QemuProcess.start(qemu, (folder) => argumentsOf(shape, folder));
    const machine = new RunningMachine(process, shape);
    try {
      await machine.#setUp();
      for (const device of machine.#devices.values()) await device.prepare();
      machine.heard();
      return machine;
    } catch (error) {
      const words = process.lastWords;
      await process.stop();
      throw error instanceof QemuGone ? new QemuRefuses(`${error.message}; it said: ${words}`) : error;
    }
  }

  /** The device with a source-id. Throws {@link NeedsMachine} if there is none here. */
  device(source: number): Edu {
    const device = this.#devices.get(source);
    if (device === undefined) throw new NeedsMachine({ source });
    this.used.add(source);
    return device;
  }

  /** Power-on of the whole machine, all memory zero. */
  async reset(): Promise<void> {
    this.used.clear();
    await this.windows.close();
    await this.qtest.command(`writel ${REGISTERS + FEDATA_REG} ${MARK}`);
    await this.qtest.command(`outb ${RESET_CONTROL} ${HARD_RESET}`);
    for (let looks = 0; looks < LOOKS; looks++) {
      if ((await this.qtest.number(`readl ${REGISTERS + FEDATA_REG}`)) !== BigInt(MARK)) break;
    }
    await this.#setUp();
    this.heard();
  }

  /** Lines of QEMU's trace since the last call. */
  heard(): readonly string[] {
    return this.#process.heard();
  }

  get lastWords(): string {
    return this.#process.lastWords;
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  async #setUp(): Promise<void> {
    let first = inPlace(this.shape).filter((source) => source >>> 8 === HOST_BUS).length;
    for (const [port, bus] of busesOf(this.shape).entries()) {
      const count = this.shape.sources.filter((source) => source >>> 8 === bus).length;
      await this.#pci.openBridge(portFunction(port), bus, DEVICES + first * DEVICE_BYTES, count);
      first += count;
    }
    for (const device of this.#devices.values()) await device.place();
    await this.windows.reset();
  }
}

/** The sources in the order of their registers: those of a bus follow each other. */
function inPlace({ sources }: MachineShape): readonly number[] {
  return [...sources].sort((a, b) => a - b);
}
