import { hexadecimal, parseHexadecimal } from '../images/hexadecimal.ts';
import { InputError, quoted } from '../images/input-error.ts';
import { type JsonObject, kindOf, objectAt, textAt } from '../images/json-members.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { USUAL_BASE } from '../oracle/text-dialect.ts';

/** Bytes of a range of marks that one step may fill. */
const MOST_BYTES = 2 ** 16;
const PAIRS = /^(?:[0-9a-f]{2})+$/i;

/** What stands behind a bridge to PCI, and in whose name its requests travel, fixtures/qemu/README.md. */
const BRIDGED: ReadonlyMap<number, number> = new Map([[0x218, 0x200]]);

/** The unit of a recording. */
export interface RecordedUnit {
  readonly cap: bigint;
  readonly ecap: bigint;
  readonly hostAddressWidth: number;
}

/**
 * A recorded scenario (fixtures/qemu/README.md) as the lines of a trace, and the unit that it is for. Throws an InputError
 * that says what is wrong where.
 */
export function traceOfRecording(
  json: unknown,
  path: string,
): { readonly unit: RecordedUnit; readonly lines: readonly string[] } {
  const recording = objectAt(json, path);
  const number = (name: string) => hexAt(recording[name], 64, `"${name}" of ${path}`);
  const width = /\baw-bits=(\d{2})\b/.exec(String(recording.iommu))?.[1];
  const unit = { cap: number('cap'), ecap: number('ecap'), hostAddressWidth: Number(width) };
  if (width === undefined) throw new InputError(`expected aw-bits=48 or the like in "iommu" of ${path}`);
  const { steps } = recording;
  if (!Array.isArray(steps)) throw new InputError(`expected an array at "steps" of ${path}, got ${kindOf(steps)}`);
  const reader = new StepReader(Object.keys(objectAt(recording.devices ?? {}, `"devices" of ${path}`)));
  const lines = steps.flatMap((step: unknown, n) => reader.linesOf(new Members(step, `step ${n + 1} of ${path}`)));
  return { unit, lines };
}

/** The members of a step. */
class Members {
  readonly where: string;
  readonly #object: JsonObject;

  constructor(json: unknown, where: string) {
    this.where = where;
    this.#object = objectAt(json, where);
  }

  get(name: string): unknown {
    return this.#object[name];
  }

  text(name: string): string {
    return textAt(this.#object[name], `"${name}" of ${this.where}`);
  }

  hex(name: string, width: number): bigint {
    return hexAt(this.#object[name], width, `"${name}" of ${this.where}`);
  }

  pairs(name: string): string {
    const text = this.text(name);
    if (PAIRS.test(text)) return text;
    throw new InputError(`"${name}" of ${this.where} is pairs of hexadecimal digits, got ${quoted(text)}`);
  }

  count(name: string): number {
    const found = this.#object[name];
    if (typeof found === 'number' && Number.isInteger(found) && found > 0 && found <= MOST_BYTES) return found;
    throw new InputError(
      `"${name}" of ${this.where} is a number from 1 to ${MOST_BYTES}, got ${typeof found === 'number' ? found : kindOf(found)}`,
    );
  }

  at(name: string): Members {
    return new Members(this.#object[name], `"${name}" of ${this.where}`);
  }
}

class StepReader {
  readonly #devices: readonly string[];
  /** By device: how many 8 bytes it has written, as it numbers them. */
  readonly #written = new Map<string, number>();

  constructor(devices: readonly string[]) {
    this.#devices = devices;
  }

  linesOf(step: Members): readonly string[] {
    const op = step.text('op');
    switch (op) {
      case 'note':
        return [`# ${step.text('text').replaceAll(/\s+/g, ' ')}`];
      case 'mem_write':
        return [writeText(step.hex('addr', 52), step.pairs('data'))];
      case 'mem_read': {
        const data = step.at('observed').pairs('data');
        return [`read ${hexadecimal(step.hex('addr', 52))} ${data.length / 2} = 0x${data}`];
      }
      case 'sentinel':
        return [sentinelText(step)];
      case 'reg_write':
        return [`write${registerText(step)} ${hexadecimal(step.hex('value', 64))}`];
      case 'reg_read':
        return [`read${registerText(step)} = ${hexadecimal(step.at('observed').hex('value', 64))}`];
      case 'dma':
        return this.#dmaLines(step);
      case 'itd': {
        const arrived = step.at('observed').hex('result', 32) === 0n;
        const outcome = arrived ? `completed ${hexadecimal(step.hex('expect_pa', 52))}` : 'UR';
        return [`${requestText(step, 'write')} = ${outcome}`, ...faultLines(step.at('observed'))];
      }
      case 'msi':
        return interruptLines(step);
      default:
        throw new InputError(`"op" of ${step.where} is a step of fixtures/qemu/README.md, got ${quoted(op)}`);
    }
  }

  #dmaLines(step: Members): readonly string[] {
    const direction = step.text('dir');
    if (direction !== 'read' && direction !== 'write') {
      throw new InputError(`"dir" of ${step.where} is read or write, got ${quoted(direction)}`);
    }
    const observed = step.at('observed');
    const places = placesOf(observed);
    const [first] = places;
    // QEMU lets each page of a request go on by itself: all of it arrived, or it is taken to be blocked.
    const moved = observed.get('moved') === true && observed.get('tail_moved') !== false;
    const outcome = moved && first !== undefined ? ` = completed ${hexadecimal(first)}` : moved ? '' : ' = UR';
    const unseen = observed.get('moved') === null;
    const request = `${requestText(step, direction)}${unseen ? '' : outcome}`;
    const left = direction === 'write' ? this.#marks(step, places) : [];
    return [request, ...left, ...faultLines(observed)];
  }

  /** What a write left in memory: no request of a trace carries bytes. */
  #marks(step: Members, places: readonly bigint[]): readonly string[] {
    const device = step.text('device');
    const size = step.count('size');
    const number = this.#written.get(device) ?? 0;
    this.#written.set(device, number + Math.ceil(size / 8));
    const index = Math.max(this.#devices.indexOf(device), 0);
    const mark = [0xed, index & 0xff, number & 0xff, (number >>> 8) & 0xff, 0xc4, 0xb5, 0xa6, 0x57];
    const bytes = mark.slice(0, Math.min(size, 8)).map((byte) => byte.toString(16).padStart(2, '0'));
    return places.map((at) => writeText(at, bytes.join('')));
  }
}

function interruptLines(step: Members): readonly string[] {
  const observed = step.at('observed');
  const request = `interrupt ${sourceText(step)} ${hexadecimal(step.hex('address', 64))} ${hexadecimal(step.hex('data', 32))}`;
  const out = observed.get('out') === null ? undefined : observed.at('out');
  const outcome =
    out === undefined ? 'UR' : `delivered ${hexadecimal(out.hex('address', 64))} ${hexadecimal(out.hex('data', 32))}`;
  return [`${request} = ${outcome}`, ...faultLines(observed)];
}

/** FSTS_REG, and the only fault recording register. */
function faultLines(observed: Members): readonly string[] {
  const status = observed.hex('fsts', 32);
  const records = observed.get('frcd');
  const [record] = Array.isArray(records) ? records : [];
  const read = (letter: string, offset: bigint, value: bigint) =>
    `read${letter} ${hexadecimal(USUAL_BASE + offset)} = ${hexadecimal(value)}`;
  if (record === undefined) return [read('l', 0x34n, status)];
  const members = new Members(record, `"frcd" of ${observed.where}`);
  return [read('l', 0x34n, status), read('q', 0x220n, members.hex('lo', 64)), read('q', 0x228n, members.hex('hi', 64))];
}

function placesOf(observed: Members): readonly bigint[] {
  const places = observed.get('pa') ?? [];
  const where = `"pa" of ${observed.where}`;
  if (!Array.isArray(places)) throw new InputError(`expected an array at ${where}, got ${kindOf(places)}`);
  return places.map((place: unknown) => hexAt(place, 52, where));
}

/** Each dword says where it stands. */
function sentinelText(step: Members): string {
  const address = step.hex('addr', 52);
  const length = Number(step.hex('size', 32));
  if (length % 4 !== 0 || length === 0 || length > MOST_BYTES) {
    throw new InputError(`"size" of ${step.where} is a multiple of 4 up to ${MOST_BYTES}, got ${hexadecimal(length)}`);
  }
  const words = Array.from({ length: length / 4 }, (_, i) => 0x8000_0000n | ((address + BigInt(4 * i)) >> 2n));
  const bytes = words.map((word) =>
    (word & 0xffff_ffffn).toString(16).padStart(8, '0').match(/../g)!.reverse().join(''),
  );
  return writeText(address, bytes.join(''));
}

const writeText = (address: bigint, pairs: string): string =>
  `write ${hexadecimal(address)} ${pairs.length / 2} 0x${pairs.toLowerCase()}`;

function registerText(step: Members): string {
  const size = step.count('size');
  if (size !== 4 && size !== 8) throw new InputError(`"size" of ${step.where} is 4 or 8, got ${size}`);
  return `${size === 4 ? 'l' : 'q'} ${hexadecimal(USUAL_BASE + step.hex('offset', 32))}`;
}

const requestText = (step: Members, access: string): string =>
  `dma ${sourceText(step)} ${access} ${hexadecimal(step.hex('iova', 64))} length=${step.count('size')}`;

function sourceText(step: Members): string {
  const source = Number(step.hex('sid', 16));
  return formatSourceId(BRIDGED.get(source) ?? source);
}

const hexAt = (json: unknown, width: number, where: string): bigint =>
  parseHexadecimal(textAt(json, where), width, where);
