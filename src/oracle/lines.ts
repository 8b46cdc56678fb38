import { ErrorCode, Refusal } from './json-rpc.ts';

/** Bytes of the longest line that is read. */
const LONGEST_LINE = 16 * 2 ** 20;

const LINE_FEED = 0x0a;

/** A line without its line feed, or why it could not be read. */
export type Line = string | Refusal;

/** Cuts a stream of bytes into lines of UTF-8. */
export class LineReader {
  // A byte order mark is not part of JSON: it is kept, and refused like other noise.
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** The line that has begun: its first `#length` bytes. It grows by doubling, however small the chunks are. */
  #begun = new Uint8Array(4096);
  #length = 0;
  /** The line is too long and was answered: its rest is read over. */
  #skipping = false;

  /** The lines that end in a chunk. */
  push(chunk: Uint8Array): readonly Line[] {
    const first = chunk.indexOf(LINE_FEED);
    if (first < 0) return this.#append(chunk);
    const lines = [...this.#append(chunk.subarray(0, first)), ...this.end()];
    const last = chunk.lastIndexOf(LINE_FEED);
    if (last > first) this.#whole(chunk.subarray(first + 1, last), lines);
    return [...lines, ...this.#append(chunk.subarray(last + 1))];
  }

  /** The line that has begun is all of it; none if none has. */
  end(): Line[] {
    const line = this.#begun.subarray(0, this.#length);
    const complete = !this.#skipping && this.#length > 0;
    this.#length = 0;
    this.#skipping = false;
    return complete ? [this.#decode(line)] : [];
  }

  /** Adds bytes to the line that has begun; a refusal if it is too long now. */
  #append(bytes: Uint8Array): Line[] {
    if (this.#skipping) return [];
    const length = this.#length + bytes.length;
    if (length > LONGEST_LINE) {
      this.#skipping = true;
      this.#length = 0;
      this.#begun = new Uint8Array(4096);
      return [TOO_LONG];
    }
    if (length > this.#begun.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#begun.length));
      larger.set(this.#begun.subarray(0, this.#length));
      this.#begun = larger;
    }
    this.#begun.set(bytes, this.#length);
    this.#length = length;
    return [];
  }

  /** Whole lines, without the last line feed. */
  #whole(bytes: Uint8Array, lines: Line[]): void {
    if (bytes.length <= LONGEST_LINE) {
      try {
        // One decoding for all of them: it costs as much as one for each of them (measured).
        for (const line of this.#decoder.decode(bytes).split('\n')) lines.push(line);
        return;
      } catch {
        // One of them is not UTF-8; below it is found.
      }
    }
    for (let start = 0; start <= bytes.length; ) {
      const found = bytes.indexOf(LINE_FEED, start);
      const end = found < 0 ? bytes.length : found;
      lines.push(end - start > LONGEST_LINE ? TOO_LONG : this.#decode(bytes.subarray(start, end)));
      start = end + 1;
    }
  }

  #decode(bytes: Uint8Array): Line {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      return NOT_UTF8;
    }
  }
}

const TOO_LONG = new Refusal(ErrorCode.INVALID_REQUEST, `a line takes at most ${LONGEST_LINE} bytes`);
const NOT_UTF8 = new Refusal(ErrorCode.PARSE, 'this line is not UTF-8');
