import { SparseMemory } from '../platform/sparse-memory.ts';
import { InputError, quoted } from './input-error.ts';

/**
 * Hex dumps as people paste them. A line begins with an address; what follows are bytes, or words of which the lowest bit
 * comes last. Columns with characters are left out.
 *
 * | tool | line |
 * | --- | --- |
 * | xxd | `00001000: 0120 0000 …  . ..` bytes |
 * | hexdump -C | `00001000  01 20 00 00 …  \|. ..\|` bytes |
 * | od -A x -t x8 | `001000 0000000000002001 …` words |
 * | QEMU xp /8gx | `0000000000001000: 0x0000000000002001 …` words |
 * | U-Boot md | `00001000: 00002001 00000000 …  . ..` words |
 * | UEFI shell mem | `00001000: 01 20 00 00 …-…  *. ..*` bytes |
 */
const LINE = /^\s*(?:0x)?(?<address>[0-9a-f]{1,16})(?<colon>:?)\s+(?<rest>\S.*)$/i;
/** A column of characters stands between bars or stars, or behind two blanks or more. */
const BARRED = /\s+[|*].*$/;
const COLUMNS = /\s{2,}/;
const NUMBER = /^(?:[0-9a-f]{2}|[0-9a-f]{4}|[0-9a-f]{8}|[0-9a-f]{16})$/i;
const EIGHT_BYTES = /^(?:[0-9a-f]{2} ?){1,8}$/i;
/** In xxd a group of four digits is two bytes, as they stand. */
const XXD_GROUP = 4;
const BYTE_DIGITS = 2;

/** Whether a text looks like one: its first line that is not empty is of such a form. */
export const isHexDump = (text: string): boolean => {
  const line = text.split('\n', 100).find((one) => one.trim() !== '');
  return line !== undefined && bytesIn(line) !== undefined;
};

/**
 * The memory that a hex dump shows; what it does not show refuses. Lines of another form are passed over, and `*` stands
 * for lines like the one before up to the next address. Throws an InputError if no line is of any form.
 */
export function readHexDump(text: string, where: string): SparseMemory {
  const memory = new SparseMemory({ unwritten: 'refused' });
  const shown = new Shown(memory);
  let repeated: Line | undefined;
  let last: Line | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '*') {
      repeated = last;
      continue;
    }
    const found = bytesIn(line);
    if (found === undefined) continue;
    if (found.address + BigInt(found.bytes.length) > 1n << 52n) {
      throw new InputError(`line ${i + 1} of ${where} is at an address below 2^52, got ${quoted(line.trim())}`);
    }
    if (repeated !== undefined) shown.repeat(repeated, found.address, `line ${i + 1} of ${where}`);
    repeated = undefined;
    shown.put(found);
    last = found;
  }
  if (last === undefined) throw new InputError(`expected a hex dump in ${where}: no line begins with an address`);
  shown.finish();
  return memory;
}

interface Line {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/** Bytes that `*` may stand for: more is a mistake in an address. */
const MOST_REPEATED = 2 ** 28;
const PAGE = 4096n;

/** What is shown goes to memory; what is not refuses, also within a page. */
class Shown {
  readonly #memory: SparseMemory;
  readonly #pages = new Map<bigint, Uint8Array>();

  constructor(memory: SparseMemory) {
    this.#memory = memory;
  }

  put({ address, bytes }: Line): void {
    this.#memory.write(address, bytes);
    for (let i = 0; i < bytes.length; i++) {
      const at = address + BigInt(i);
      const page = at / PAGE;
      let known = this.#pages.get(page);
      if (known === undefined) {
        known = new Uint8Array(Number(PAGE));
        this.#pages.set(page, known);
      }
      known[Number(at % PAGE)] = 1;
    }
  }

  /** Lines like this one up to an address. */
  repeat({ address, bytes }: Line, end: bigint, where: string): void {
    const first = address + BigInt(bytes.length);
    if (end - first > BigInt(MOST_REPEATED) || end < first) {
      throw new InputError(`${where} is behind a "*" and is not behind what that repeats, or more than 256 MiB away`);
    }
    for (let at = first; at < end; at += BigInt(bytes.length)) {
      const left = Number(end - at);
      this.put({ address: at, bytes: left < bytes.length ? bytes.subarray(0, left) : bytes });
    }
  }

  finish(): void {
    for (const [page, known] of this.#pages) {
      for (let at = 0; at < known.length; ) {
        const end = known.indexOf(known[at] === 1 ? 0 : 1, at);
        const next = end < 0 ? known.length : end;
        if (known[at] === 0) this.#memory.poison(page * PAGE + BigInt(at), next - at);
        at = next;
      }
    }
  }
}

/** What a line shows; undefined if it is no line of a hex dump. */
function bytesIn(line: string): Line | undefined {
  const groups = LINE.exec(line)?.groups;
  if (groups === undefined) return undefined;
  const { address = '', colon = '', rest = '' } = groups;
  const words = hexadecimals(rest);
  const [first] = words;
  if (first === undefined) return undefined;
  const asTheyStand =
    first.length === BYTE_DIGITS || (first.length === XXD_GROUP && colon !== '' && !rest.startsWith('0x'));
  const bytes = words.flatMap((word) => {
    const pairs = word.match(/../g) ?? [];
    return (asTheyStand ? pairs : pairs.reverse()).map((pair) => Number.parseInt(pair, 16));
  });
  return { address: BigInt(`0x${address}`), bytes: Uint8Array.from(bytes) };
}

/** The numbers of a line without its column of characters; none if something else stands there. */
function hexadecimals(rest: string): readonly string[] {
  const [first = '', second = ''] = rest.replace(BARRED, '').trim().split(COLUMNS);
  const words = numbersIn(first);
  // hexdump -C has two blanks in the middle of its sixteen bytes.
  const halved = words.length === 8 && words[0]!.length === BYTE_DIGITS && EIGHT_BYTES.test(second);
  return halved ? [...words, ...numbersIn(second)] : words;
}

function numbersIn(column: string): readonly string[] {
  const words = column.split(/[\s-]+/).map((word) => word.replace(/^0x/i, ''));
  return words.every((word) => NUMBER.test(word) && word.length === words[0]!.length) ? words : [];
}
