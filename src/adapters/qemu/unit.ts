import { hex } from '../../bits/hex.ts';
import { ErrorCode, type JsonObject, Refusal } from '../../oracle/json-rpc.ts';
import { SparseMemory } from '../../platform/sparse-memory.ts';
import { MOST_BYTES, TOKEN } from './edu.ts';
import { REGISTERS, type RunningMachine } from './machine-running.ts';
import { pointersIn, pointersOf } from './pointers.ts';
import { type Heard, hear, type Translated } from './trace.ts';
import { canBeMemory } from './windows.ts';

/** A request that an edu device can send. */
export interface DeviceRequest {
  readonly source: number;
  readonly address: bigint;
  readonly access: 'read' | 'write';
  readonly length: number;
  readonly value: number;
}

const PAGE_BYTES = 0x1000n;
const GSTS_REG = 0x1c;
const TES = 1n << 31n;
const IRES = 1n << 25n;
const INTERRUPTS = 0xfeen;
/** Bytes that are, as an interrupt request, one of vector 41h that no processor takes. */
const MARK = Uint8Array.of(0x41, 0x00, 0xa5, 0x5a);
const BLOCKED: JsonObject = Object.freeze({ outcome: 'UR' });

/** QEMU's remapping unit with its memory and devices, asked as the protocol asks. */
export class QemuUnit {
  readonly #machine: RunningMachine;
  /** What software wrote, to be put back where a request of ours wrote over it. */
  readonly #written = new SparseMemory();
  /** Sources whose requests QEMU leads past the unit, because nothing is to be translated. */
  readonly #remapped = new Map<number, boolean>();
  #events: JsonObject[] = [];

  constructor(machine: RunningMachine) {
    this.#machine = machine;
  }

  async writeMemory(address: bigint, bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    if (!canBeMemory(address, bytes.length)) {
      throw cannot(`there is no memory at ${hex(address)} in a PC, or not all of it`);
    }
    const first = address & ~7n;
    const whole = this.#written.read(first, (Number(address & 7n) + bytes.length + 7) & ~7);
    whole.set(bytes, Number(address & 7n));
    await this.#machine.windows.open([...pagesOf(address, bytes.length), ...pointersIn(whole)]);
    await this.#write(address, bytes);
    this.#written.write(address, bytes);
  }

  async readMemory(address: bigint, length: number): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array();
    if (!canBeMemory(address, length)) throw cannot(`there is no memory at ${hex(address)} in a PC, or not all of it`);
    await this.#machine.windows.open(pagesOf(address, length));
    return this.#read(address, length);
  }

  async writeRegister(offset: number, width: 32 | 64, value: bigint): Promise<void> {
    await this.#machine.windows.open(pointersOf(offset, value));
    await this.#machine.qtest.command(`write${width === 32 ? 'l' : 'q'} ${REGISTERS + offset} ${hex(value)}`);
    this.#hear();
  }

  async readRegister(offset: number, width: 32 | 64): Promise<bigint> {
    const value = await this.#machine.qtest.number(`read${width === 32 ? 'l' : 'q'} ${REGISTERS + offset}`);
    return value & (width === 32 ? 0xffff_ffffn : 0xffff_ffff_ffff_ffffn);
  }

  async dma(request: DeviceRequest): Promise<JsonObject> {
    const { source, address, access, length } = request;
    const device = this.#machine.device(source);
    if (length > MOST_BYTES) throw cannot(`the edu device moves up to ${MOST_BYTES} bytes, got ${length}`);
    if (address >> 20n === INTERRUPTS) return this.#interruptRange(request);
    // Where nothing is translated the bytes are found at the address itself, if memory is there.
    await this.#machine.windows.open(pagesOf(address, length));
    this.#hear();
    if (access === 'read') await device.read(address, length);
    else await device.write(address, length);
    const heard = this.#hear();
    const parts = [...pagesOf(address, length)].map((at) => this.#partAt(source, at, heard));
    const mayGoOn = !parts.includes(undefined) && heard.rights.every((rights) => (rights & rightOf(access)) !== 0);
    const first = mayGoOn ? await this.#firstByte(request, parts[0]!, heard) : undefined;
    if (access === 'write') await this.#putBack(address, length, parts);
    return first === undefined ? BLOCKED : { outcome: 'completed', address: hex(first) };
  }

  /** An interrupt request as MSI. */
  async interrupt(source: number, address: bigint, data: number): Promise<JsonObject> {
    if (data > 0xffff) throw cannot(`the MSI of the edu device carries 16 bits, got ${hex(data)}`);
    const device = this.#machine.device(source);
    this.#hear();
    await device.raise(Number(address), data);
    return deliveredReply(this.#hear());
  }

  /** All messages of the unit since the last call. */
  takeEvents(): readonly JsonObject[] {
    return this.#events.splice(0);
  }

  /** A request to FEEx_xxxxh: a DWORD is an interrupt request, nothing else is answered by anything. */
  async #interruptRange({ source, address, access, length, value }: DeviceRequest): Promise<JsonObject> {
    const device = this.#machine.device(source);
    const isRequest = access === 'write' && length === 4;
    if (isRequest && !device.hasNumber(value) && ((await this.readRegister(GSTS_REG, 32)) & TES) !== 0n) {
      throw cannot(`while translation is on, the edu device cannot learn the value ${hex(value)}`);
    }
    this.#hear();
    if (isRequest) await device.writeNumber(address, value);
    else if (access === 'write') await device.write(address, length);
    else await device.read(address, length);
    const heard = this.#hear();
    const part = heard.translated[0];
    if (part !== undefined) return { outcome: 'completed', address: hex(part.to | (address & part.mask)) };
    const interrupt = deliveredReply(heard);
    return isRequest && interrupt !== BLOCKED ? { outcome: 'interrupt', interrupt } : BLOCKED;
  }

  /** How the part of a request went on that begins in a page; undefined if the unit did not let it. */
  #partAt(source: number, address: bigint, { translated }: Heard): Translated | undefined {
    const found = translated.find(({ from, mask }) => (address & ~mask) === (from & ~mask));
    if (found !== undefined || this.#remapped.get(source) === true) return found;
    return { from: address, to: address, mask: 0n };
  }

  /**
   * The address of the first byte. A write has left bytes of the device there, if memory is there; where it has not,
   * QEMU dropped it after all. A read that the IOTLB answered may have been dropped likewise.
   */
  async #firstByte(request: DeviceRequest, part: Translated, { rights }: Heard): Promise<bigint | undefined> {
    const { address, access, length } = request;
    const first = placeOf(part, address);
    if (!this.#machine.windows.has(first)) return first;
    if (access === 'read') return rights.length === 0 || (await this.#readsFrom(request, first)) ? first : undefined;
    const count = Math.min(length, Number(PAGE_BYTES - (first % PAGE_BYTES)));
    const found = await this.#read(first, count);
    return found.every((byte, i) => byte === TOKEN[i]) ? first : undefined;
  }

  /**
   * Whether a read that was just made finds its bytes here: other bytes are put here, read again, and sent out as an
   * interrupt request, whose data the trace shows. With interrupt remapping that would not do: the answer is yes then.
   */
  async #readsFrom({ source, address }: DeviceRequest, first: bigint): Promise<boolean> {
    if (((await this.readRegister(GSTS_REG, 32)) & IRES) !== 0n) return true;
    const device = this.#machine.device(source);
    const [at, from] = [first & ~3n, address & ~3n];
    const kept = await this.#read(at, MARK.length);
    await this.#write(at, MARK);
    await device.read(from, MARK.length);
    await this.#write(at, kept);
    this.#hear();
    await device.passOn(INTERRUPTS << 20n);
    const { asked } = this.#hear();
    return asked === BigInt(new DataView(MARK.buffer).getUint32(0, true));
  }

  /** Nothing has moved, as far as software can see. */
  async #putBack(address: bigint, length: number, parts: readonly (Translated | undefined)[]): Promise<void> {
    const end = address + BigInt(length);
    for (const [i, from] of [...pagesOf(address, length)].entries()) {
      const part = parts[i];
      if (part === undefined || !this.#machine.windows.has(placeOf(part, from))) continue;
      const next = (from / PAGE_BYTES + 1n) * PAGE_BYTES;
      const count = Number((next < end ? next : end) - from);
      await this.#write(placeOf(part, from), this.#written.read(placeOf(part, from), count));
    }
  }

  #hear(): Heard {
    const heard = hear(this.#machine.heard());
    this.#events.push(...heard.events);
    for (const [source, remapped] of heard.remapped) this.#remapped.set(source, remapped);
    return heard;
  }

  async #write(address: bigint, bytes: Uint8Array): Promise<void> {
    const data = Buffer.from(bytes).toString('hex');
    await this.#machine.qtest.command(`write ${hex(address)} ${bytes.length} 0x${data}`);
  }

  async #read(address: bigint, length: number): Promise<Uint8Array> {
    const data = await this.#machine.qtest.command(`read ${hex(address)} ${length}`);
    return new Uint8Array(Buffer.from(data.slice(2), 'hex'));
  }
}

const rightOf = (access: 'read' | 'write'): number => (access === 'read' ? 0b01 : 0b10);

const placeOf = ({ to, mask }: Translated, address: bigint): bigint => (mask === 0n ? to : to | (address & mask));

/** QEMU has bits 31:8 of a destination in the upper half of the address. */
function deliveredReply({ delivered }: Heard): JsonObject {
  if (delivered === undefined) return BLOCKED;
  const { address, data } = delivered;
  const message = { outcome: 'delivered', address: hex(address & 0xffff_ffffn), data: hex(data) };
  const upper = (address >> 32n) & 0xffff_ff00n;
  return upper === 0n ? message : { ...message, destination: hex(upper | ((address >> 12n) & 0xffn)) };
}

/** The first byte in each page of a range. */
function* pagesOf(address: bigint, length: number): Generator<bigint> {
  for (let at = address; at < address + BigInt(length); at = (at / PAGE_BYTES + 1n) * PAGE_BYTES) yield at;
}

const cannot = (why: string): Refusal => new Refusal(ErrorCode.SERVER, why);
