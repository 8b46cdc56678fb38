import { hex } from '../../bits/hex.ts';
import { ErrorCode, type JsonObject, Refusal, show } from '../../oracle/json-rpc.ts';
import {
  DMA,
  INITIALIZE,
  INTERRUPT,
  MEMORY_READ,
  MEMORY_WRITE,
  NOTHING,
  REGISTER_READ,
  REGISTER_WRITE,
  RESET,
} from '../../oracle/parameters.ts';
import { invalidParams, type Kind, type Read, readAs } from '../../oracle/values.ts';
import { QEMU_UNIT_CHOICES } from '../../platform/presets.ts';
import type { Server } from '../serve-later.ts';
import { type AskedUnit, lessAndLess, optionsFor, type UnitOptions } from './machine-options.ts';
import { Machines } from './machines.ts';
import { deviceOptions, versionOf } from './qemu-process.ts';
import { QemuGone } from './qtest.ts';

export interface QemuOptions {
  /** The program. */
  readonly qemu: string;
  /** Options of the unit that are set whatever a client asks. */
  readonly options: UnitOptions;
}

/** What the program is, and which options its unit has. */
interface Program {
  readonly version: string;
  readonly known: ReadonlySet<string>;
}

type Method = (params: unknown) => Promise<JsonObject>;

/** What vectors may need, of what the protocol's methods leave open. */
const FEATURES: readonly string[] = Object.freeze(['events']);

/** Bytes of the unit's registers. */
const REGISTER_BYTES = 0x1000n;
const MEMORY_BITS = 52n;

const VER_REG = 0x00;
const CAP_REG = 0x08;
const ECAP_REG = 0x10;

/** Answers the oracle protocol with a live QEMU. */
export class QemuAdapter implements Server {
  readonly #qemu: string;
  readonly #fixed: UnitOptions;
  readonly #machines: Machines;
  readonly #methods: ReadonlyMap<string, Method>;
  #program: Promise<Program> | undefined;
  #options: UnitOptions = {};
  ended = false;

  constructor({ qemu, options }: QemuOptions) {
    this.#qemu = qemu;
    this.#fixed = options;
    this.#machines = new Machines(qemu);
    this.#methods = new Map([
      ['initialize', method(INITIALIZE, ({ unit = {} }) => this.#initialize(unit))],
      ['reset', method(RESET, (params) => this.#reset(params))],
      ['memory.write', method(MEMORY_WRITE, (params) => this.#writeMemory(params))],
      ['memory.read', method(MEMORY_READ, (params) => this.#readMemory(params))],
      ['register.write', method(REGISTER_WRITE, (params) => this.#writeRegister(params))],
      ['register.read', method(REGISTER_READ, (params) => this.#readRegister(params))],
      ['dma', method(DMA, (params) => this.#dma(params))],
      ['interrupt', method(INTERRUPT, (params) => this.#interrupt(params))],
      ['events.take', method(NOTHING, () => this.#takeEvents())],
      ['shutdown', method(NOTHING, () => this.#shutdown())],
    ]);
  }

  readonly call = async (name: string, params: unknown): Promise<JsonObject> => {
    const perform = this.#methods.get(name);
    if (perform === undefined || (name === 'interrupt' && this.#options.intremap === 'off')) {
      const names = this.#names().join(', ');
      throw new Refusal(ErrorCode.METHOD_NOT_FOUND, `there is no method ${show(name)}; there are ${names}`);
    }
    if (this.ended) throw cannot('shutdown came before this request');
    return perform(params);
  };

  /** Ends QEMU. */
  stop(): Promise<void> {
    return this.#machines.stop();
  }

  #names(): readonly string[] {
    const all = [...this.#methods.keys()];
    return this.#options.intremap === 'off' ? all.filter((name) => name !== 'interrupt') : all;
  }

  /** The unit that QEMU has which is nearest to what is asked. What it is in fact is read from its registers. */
  async #initialize(asked: AskedUnit): Promise<JsonObject> {
    const version = await this.#begin(asked);
    const read = (offset: number) =>
      this.#machines.look((unit) => unit.readRegister(offset, offset === VER_REG ? 32 : 64));
    return {
      protocol: 1,
      name: 'QEMU intel-iommu',
      version,
      unit: {
        version: hex((await read(VER_REG)) & 0xffn),
        hostAddressWidth: Number(this.#options['aw-bits']),
        capabilities: hex(await read(CAP_REG)),
        extendedCapabilities: hex(await read(ECAP_REG)),
        choices: QEMU_UNIT_CHOICES,
      },
      methods: this.#names(),
      features: FEATURES,
    };
  }

  async #begin(asked: AskedUnit): Promise<string> {
    this.#program ??= this.#look();
    const { version, known } = await this.#program;
    const wanted = { ...optionsFor(asked, known), ...this.#fixed };
    this.#options = await this.#machines.begin(lessAndLess(wanted));
    return version;
  }

  async #look(): Promise<Program> {
    try {
      const [version, known] = await Promise.all([versionOf(this.#qemu), deviceOptions(this.#qemu, 'intel-iommu')]);
      return { version, known };
    } catch (error) {
      throw error instanceof QemuGone ? cannot(error.message) : error;
    }
  }

  /** Until the first `initialize` there is a unit of the defaults. */
  async #ready(): Promise<Machines> {
    if (Object.keys(this.#options).length === 0) await this.#begin({});
    return this.#machines;
  }

  async #reset({ kind = 'power-good' }: Read<typeof RESET>): Promise<JsonObject> {
    if (kind === 'warm') throw cannot('QEMU has no other reset than power-on');
    const machines = await this.#ready();
    await machines.begin([this.#options]);
    return {};
  }

  async #writeMemory({ address, data, visible = true }: Read<typeof MEMORY_WRITE>): Promise<JsonObject> {
    checkMemory(address, data.length);
    if (!visible) throw cannot('every write is visible to QEMU at once');
    await (await this.#ready()).perform((unit) => unit.writeMemory(address, data));
    return {};
  }

  async #readMemory({ address, length }: Read<typeof MEMORY_READ>): Promise<JsonObject> {
    checkMemory(address, length);
    const bytes = await (await this.#ready()).look((unit) => unit.readMemory(address, length));
    return { data: Buffer.from(bytes).toString('hex') };
  }

  async #writeRegister({ offset, width, value }: Read<typeof REGISTER_WRITE>): Promise<JsonObject> {
    checkRegister(offset, width);
    if (width === 32 && value >> 32n !== 0n) throw invalidParams(`value takes 32 bits here, got ${hex(value)}`);
    await (await this.#ready()).perform((unit) => unit.writeRegister(Number(offset), width, value));
    return {};
  }

  async #readRegister({ offset, width }: Read<typeof REGISTER_READ>): Promise<JsonObject> {
    checkRegister(offset, width);
    const value = await (await this.#ready()).look((unit) => unit.readRegister(Number(offset), width));
    return { value: hex(value) };
  }

  async #dma(params: Read<typeof DMA>): Promise<JsonObject> {
    const { source, address, access, length = 4, type = 'untranslated', pasid, noSnoop, zeroLength, value } = params;
    if (type !== 'untranslated') throw cannot(`no device of QEMU's sends ${type} requests that can be seen`);
    if (pasid !== undefined) throw cannot('no device sends a PASID');
    if (access === 'atomic') throw cannot('no device sends atomic requests');
    if (noSnoop === true || zeroLength === true) throw cannot('no device sends No Snoop or requests without bytes');
    const request = { source, address, access, length, value: Number(value ?? 0n) };
    return (await this.#ready()).perform((unit) => unit.dma(request));
  }

  async #interrupt({ source, address, data }: Read<typeof INTERRUPT>): Promise<JsonObject> {
    if (address >> 20n !== 0xfeen) throw invalidParams(`address takes 0xfee00000 to 0xfeefffff, got ${hex(address)}`);
    return (await this.#ready()).perform((unit) => unit.interrupt(source, address, Number(data)));
  }

  async #takeEvents(): Promise<JsonObject> {
    return { events: await (await this.#ready()).perform(async (unit) => unit.takeEvents()) };
  }

  async #shutdown(): Promise<JsonObject> {
    this.ended = true;
    await this.stop();
    return {};
  }
}

function method<P>(kind: Kind<P>, perform: (params: P) => Promise<JsonObject>): Method {
  return async (params) => perform(readAs(kind, params ?? {}, 'params'));
}

function checkMemory(address: bigint, length: number): void {
  if ((address + BigInt(length)) >> MEMORY_BITS === 0n || address + BigInt(length) === 1n << MEMORY_BITS) return;
  throw invalidParams(`address takes one below 2^52, and the last byte too, got ${hex(address)} and ${length} bytes`);
}

function checkRegister(offset: bigint, width: number): void {
  const bytes = BigInt(width / 8);
  if (offset % bytes === 0n && offset + bytes <= REGISTER_BYTES) return;
  throw invalidParams(`offset takes a multiple of ${bytes} below ${hex(REGISTER_BYTES)}, got ${hex(offset)}`);
}

const cannot = (why: string): Refusal => new Refusal(ErrorCode.SERVER, why);
