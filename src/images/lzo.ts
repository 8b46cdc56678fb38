/** The instructions that reach far back have no distances but those beyond this one. */
const FAR = 0x4000;

/** What an instruction has to copy from what is there already, and where its last two bits stand. */
interface Match {
  readonly length: number;
  /** From 1; 0 is the end of the data. */
  readonly distance: number;
  /** How many bytes of the data follow as they are. */
  readonly literals: number;
}

/**
 * Undoes LZO1X, as Linux describes its form (Documentation/staging/lzo.rst): the bytes, or undefined if they are not LZO1X or are not
 * `size` of them.
 */
export function lzoDecompressed(data: Uint8Array, size: number): Uint8Array | undefined {
  const input = new Input(data);
  const output = new Uint8Array(size);
  let at = 0;
  /** Copies bytes of the data as they are; false if either side ends. */
  const literal = (count: number): boolean => {
    const bytes = input.bytes(count);
    if (bytes === undefined || at + count > size) return false;
    output.set(bytes, at);
    at += count;
    return true;
  };

  // The first byte may be a run of literals; 0 to 3 of them count as those behind an instruction, more as a run.
  let before = 0;
  const first = input.peek();
  if (first > 17) {
    input.byte();
    if (!literal(first - 17)) return undefined;
    before = Math.min(4, first - 17);
  }
  while (!input.isOver) {
    const code = input.byte();
    if (code < 16 && before === 0) {
      if (!literal(3 + (code === 0 ? 15 + input.run() : code))) return undefined;
      before = 4;
      continue;
    }
    const match = matchOf(code, before, input);
    if (match.distance === 0) return at === size && input.isDone ? output : undefined;
    if (match.distance > at || at + match.length > size) return undefined;
    // Byte by byte: what is copied may be what was copied just before.
    for (let end = at + match.length; at < end; at++) output[at] = output[at - match.distance]!;
    if (!literal(match.literals)) return undefined;
    before = match.literals;
  }
  return undefined;
}

/** The instruction that begins with a byte, `before` literals after the last one: 4 stands for more. */
function matchOf(code: number, before: number, input: Input): Match {
  if (code >= 64) {
    const length = code >= 128 ? 5 + ((code >>> 5) & 3) : 3 + ((code >>> 5) & 1);
    return { length, distance: 8 * input.byte() + ((code >>> 2) & 7) + 1, literals: code & 3 };
  }
  if (code >= 16) {
    const bits = code >= 32 ? 31 : 7;
    const length = 2 + ((code & bits) === 0 ? bits + input.run() : code & bits);
    const word = input.byte() + 256 * input.byte();
    if (code >= 32) return { length, distance: (word >>> 2) + 1, literals: word & 3 };
    const beyond = ((code & 8) << 11) + (word >>> 2);
    return { length, distance: beyond === 0 ? 0 : FAR + beyond, literals: word & 3 };
  }
  const near = 4 * input.byte() + (code >>> 2) + 1;
  return before === 4
    ? { length: 3, distance: near + 2048, literals: code & 3 }
    : { length: 2, distance: near, literals: code & 3 };
}

/** The compressed bytes, in turn. Behind the last one there are zeros, and `isOver` is true. */
class Input {
  readonly #data: Uint8Array;
  #at = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  /** More was read than there is. */
  get isOver(): boolean {
    return this.#at > this.#data.length;
  }

  /** All was read, and no more. */
  get isDone(): boolean {
    return this.#at === this.#data.length;
  }

  peek(): number {
    return this.#data[this.#at] ?? 0;
  }

  byte(): number {
    return this.#data[this.#at++] ?? 0;
  }

  bytes(count: number): Uint8Array | undefined {
    this.#at += count;
    return this.isOver ? undefined : this.#data.subarray(this.#at - count, this.#at);
  }

  /** A length in bytes: 255 for each zero, and the first byte that is none. */
  run(): number {
    let length = 0;
    while (this.#at < this.#data.length && this.peek() === 0) {
      length += 255;
      this.#at += 1;
    }
    return length + this.byte();
  }
}
