import type { MemoryReader } from './types.ts';

/** iec_inv (6.5.2.8). */
export type InterruptInvalidation =
  | { readonly granularity: 'global' }
  | {
      readonly granularity: 'index';
      /** IIDX */
      readonly index: number;
      /** IM: low bits of the index that do not count. */
      readonly mask: number;
    };

/** A copy of an IRTE in the interrupt entry cache; looked up and invalidated by index (6.4-R1). */
interface LiveInterruptEntry {
  readonly index: number;
  readonly entry: bigint;
}

interface Pending {
  readonly command: InterruptInvalidation;
  readonly time: number;
}

/** Words of one 16-byte piece of memory that software has written together and hardware may not see yet. */
interface UnseenWrite {
  readonly words: Map<bigint, bigint>;
  readonly time: number;
}

/**
 * One state in which a unit and its memory may be after a history. The posted interrupt descriptors make it necessary to
 * tell such states apart: which entry a request took shows in them later.
 */
export class InterruptWorld {
  readonly #words: Map<bigint, bigint>;
  #unseen: UnseenWrite[];
  #live: LiveInterruptEntry[];
  /** In the order of their submission. */
  #pending: Pending[];

  constructor(like?: InterruptWorld) {
    this.#words = new Map(like === undefined ? [] : like.#words);
    this.#unseen = (like === undefined ? [] : like.#unseen).map(({ words, time }) => ({ words: new Map(words), time }));
    this.#live = like === undefined ? [] : [...like.#live];
    this.#pending = like === undefined ? [] : [...like.#pending];
  }

  /** Pieces of 16 bytes are written whole (9-R1); what is not visible is seen or not until it is settled (6.A-R7). */
  write(address: bigint, qwords: readonly bigint[], visible: boolean, time: number): void {
    const pieces = new Map<bigint, Map<bigint, bigint>>();
    qwords.forEach((value, i) => {
      const at = address + BigInt(8 * i);
      const piece = pieces.get(at / 16n) ?? new Map<bigint, bigint>();
      pieces.set(at / 16n, piece.set(at, value));
    });
    for (const words of pieces.values()) {
      this.#unseen.push({ words, time });
      if (!visible) continue;
      for (const [at, value] of words) {
        this.#words.set(at, value);
        for (const write of this.#unseen) write.words.delete(at); // what is older can no longer be seen
      }
    }
    this.#unseen = this.#unseen.filter(({ words }) => words.size > 0);
  }

  /** All writes up to a time are seen from now on. */
  settle(time: number): void {
    for (const write of this.#unseen) {
      if (write.time <= time) for (const [at, value] of write.words) this.#words.set(at, value);
    }
    this.#unseen = this.#unseen.filter((write) => write.time > time);
  }

  /** All that an IRTE may be read as. */
  readings(address: bigint): bigint[] {
    let readings = [[this.#words.get(address) ?? 0n, this.#words.get(address + 8n) ?? 0n] as const];
    for (const { words } of this.#unseen) {
      const seen = readings.map(([low, high]) => [words.get(address) ?? low, words.get(address + 8n) ?? high] as const);
      readings = [...readings, ...seen];
    }
    return [...new Set(readings.map(([low, high]) => low | (high << 64n)))];
  }

  /** The live entries of an index. */
  cached(index: number): bigint[] {
    return this.#live.filter((live) => live.index === index).map(({ entry }) => entry);
  }

  fill(index: number, entry: bigint): void {
    if (!this.cached(index).includes(entry)) this.#live.push({ index, entry });
  }

  /** The IEC is empty. */
  clear(): void {
    this.#live = [];
  }

  submit(command: InterruptInvalidation, time: number): void {
    this.#pending.push({ command, time });
  }

  /** 6.5.2.12-M1: any of the commands that are under way may be done before the next request, in any order. */
  *progress(flushes: boolean): Generator<InterruptWorld> {
    for (let done = 0; done < 2 ** this.#pending.length; done += 1) {
      const next = new InterruptWorld(this);
      next.#perform((_pending, i) => (done & (2 ** i)) !== 0, flushes);
      yield next;
    }
  }

  /** An inv_wait behind all commands so far has completed. */
  complete(flushes: boolean): void {
    this.#perform(() => true, flushes);
  }

  #perform(isDone: (pending: Pending, i: number) => boolean, flushes: boolean): void {
    for (const { command, time } of this.#pending.filter(isDone)) {
      if (flushes) this.settle(time); // 6.5.2.8-R2
      this.#live = this.#live.filter(({ index }) => !mustGo(command, index));
    }
    this.#pending = this.#pending.filter((pending, i) => !isDone(pending, i));
  }

  /** For posted interrupt descriptors. */
  memory(): MemoryReader {
    return {
      read: (address) => {
        if (this.#unseen.some(({ words }) => words.has(address)))
          throw new RangeError('a posted interrupt descriptor is not written behind a buffer');
        return this.#words.get(address) ?? 0n;
      },
      write: (address, value) => {
        this.#words.set(address, value);
        return true;
      },
    };
  }

  /** Everything but the IEC. */
  key(): string {
    const words = [...this.#words].sort(([a], [b]) => (a < b ? -1 : 1));
    const unseen = this.#unseen.map((write) => [write.time, ...write.words]);
    const pending = this.#pending.map(({ time }) => time);
    return `${words.join(' ')}|${unseen.join(' ')}|${pending.join(' ')}`;
  }

  /** Has this world, which is the same otherwise, all live entries of another: then it can do whatever the other can. */
  covers(other: InterruptWorld): boolean {
    return other.#live.every(({ index, entry }) => this.cached(index).includes(entry));
  }
}

/** The predicate table of 6.A: IEC. */
function mustGo(command: InterruptInvalidation, index: number): boolean {
  return command.granularity === 'global' || index >> command.mask === command.index >> command.mask;
}
