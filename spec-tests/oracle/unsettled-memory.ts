import { type Way, Ways } from './ways.ts';

interface Write {
  /** The words of a 16-byte piece that are written. */
  readonly words: readonly { readonly index: 0 | 1; readonly value: bigint }[];
  readonly time: number;
  visible: boolean;
}

/** One content that a 16-byte piece may be read with, and for each word what is then not done yet. */
interface Content {
  readonly words: readonly [bigint, bigint];
  readonly befores: readonly [bigint, bigint];
}

/** Memory in which some writes may not be seen yet (6.A-R7). Pieces of 16 bytes are read and written whole (9-R1). */
export class UnsettledMemory {
  readonly #words = new Map<bigint, bigint>();
  readonly #unsettled = new Map<bigint, Write[]>();

  write(address: bigint, qwords: readonly bigint[], visible: boolean, time: number): void {
    const pieces = new Map<bigint, { index: 0 | 1; value: bigint }[]>();
    qwords.forEach((value, i) => {
      const at = address + BigInt(8 * i);
      const piece = at - (at % 16n);
      const words = pieces.get(piece) ?? [];
      words.push({ index: at === piece ? 0 : 1, value });
      pieces.set(piece, words);
    });
    for (const [piece, words] of pieces) {
      const writes = this.#unsettled.get(piece) ?? [];
      writes.push({ words, time, visible });
      this.#unsettled.set(piece, writes);
      this.#settlePiece(piece, writes);
    }
  }

  /** From now on all writes up to a time are seen. */
  settle(time: number): void {
    for (const [piece, writes] of this.#unsettled) {
      for (const write of writes) if (write.time <= time) write.visible = true;
      this.#settlePiece(piece, writes);
    }
  }

  /**
   * What an entry of `count` words may be read as. `pendingSince` tells the commands that cannot have been done while a
   * write of a time is not seen.
   */
  read(address: bigint, count: number, pendingSince: (time: number) => bigint): Iterable<Way<readonly bigint[]>> {
    let ways: Iterable<Way<readonly bigint[]>> = [{ value: [], before: 0n }];
    for (let i = 0; i < count; ) {
      const at = address + BigInt(8 * i);
      const first = at % 16n === 0n ? 0 : 1;
      const take = Math.min(2 - first, count - i);
      const next = new Ways<readonly bigint[]>();
      for (const content of this.#contents(at - (at % 16n), pendingSince)) {
        const words = content.words.slice(first, first + take);
        const pending = content.befores.slice(first, first + take).reduce((all, before) => all | before, 0n);
        for (const { value, before } of ways) {
          const longer = [...value, ...words];
          next.add(longer.join(), longer, before | pending);
        }
      }
      ways = next;
      i += take;
    }
    return ways;
  }

  #contents(piece: bigint, pendingSince: (time: number) => bigint): readonly Content[] {
    const base: Content = {
      words: [this.#words.get(piece) ?? 0n, this.#words.get(piece + 8n) ?? 0n],
      befores: [0n, 0n],
    };
    let contents: readonly Content[] = [base];
    for (const write of this.#unsettled.get(piece) ?? []) {
      const seen = contents.map((content) => after(content, write));
      if (write.visible) contents = seen;
      else contents = [...contents.map((content) => without(content, write, pendingSince(write.time))), ...seen];
    }
    return contents;
  }

  /** Writes that are seen and have none in front that are not are memory. */
  #settlePiece(piece: bigint, writes: Write[]): void {
    while (writes[0]?.visible === true) {
      for (const { index, value } of writes.shift()?.words ?? []) this.#words.set(piece + BigInt(8 * index), value);
    }
    if (writes.length === 0) this.#unsettled.delete(piece);
  }
}

function after(content: Content, write: Write): Content {
  const words: [bigint, bigint] = [...content.words];
  const befores: [bigint, bigint] = [...content.befores];
  for (const { index, value } of write.words) {
    words[index] = value;
    befores[index] = 0n;
  }
  return { words, befores };
}

function without(content: Content, write: Write, pending: bigint): Content {
  const befores: [bigint, bigint] = [...content.befores];
  for (const { index } of write.words) befores[index] |= pending;
  return { words: content.words, befores };
}
