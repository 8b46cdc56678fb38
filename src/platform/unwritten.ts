/** Bytes of a line of the processors' caches. */
const LINE = 64n;

/** A write that software made and that has not reached memory. */
interface Write {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/** A state in which a reader may find something. */
export interface State<T> {
  readonly found: T;
  /** It is gone once the write buffer was flushed for the time of this number, from 1; undefined: it may stay. */
  readonly beforeFlush: number | undefined;
}

/** A write that was flushed by a command which is not known to be complete. */
interface Flushed extends Write {
  /** What stood there before. */
  readonly before: Uint8Array;
  /** Which flush it was, from 1. */
  readonly flush: number;
}

/**
 * Writes of software that memory does not show yet, oldest first: they stand in a write buffer (§6.8), or in the
 * processors' caches where the unit does not snoop them (6.A-R7).
 */
export class UnwrittenWrites {
  #writes: Write[] = [];
  #flushed: Flushed[] = [];
  /** How often there was something to flush. */
  flushes = 0;

  get count(): number {
    return this.#writes.length;
  }

  get isEmpty(): boolean {
    return this.#writes.length === 0;
  }

  /** Whether a reader may find more than one state of anything. */
  get inDoubt(): boolean {
    return this.#writes.length + this.#flushed.length > 0;
  }

  add(address: bigint, bytes: Uint8Array): void {
    this.#writes.push({ address, bytes: bytes.slice() });
  }

  /** What software reads: these writes over what memory has. */
  applyTo(address: bigint, bytes: Uint8Array): void {
    for (const write of this.#writes) overlay(write, address, bytes);
  }

  /**
   * The states in which a reader may find `bytes` at `address`, memory as it is first: each write may have reached
   * memory, with all before it.
   */
  statesOf(address: bigint, bytes: Uint8Array): readonly State<Uint8Array>[] {
    let state = bytes.slice();
    for (const { address: at, before } of this.#flushed.toReversed()) {
      overlay({ address: at, bytes: before }, address, state);
    }
    const states: State<Uint8Array>[] = [{ found: bytes, beforeFlush: undefined }];
    const known = new Set([bytes.join()]);
    const meet = (beforeFlush: number | undefined) => {
      if (!known.has(state.join())) states.push({ found: state.slice(), beforeFlush });
      known.add(state.join());
    };
    for (const write of this.#flushed) {
      meet(write.flush);
      overlay(write, address, state);
    }
    state = bytes.slice();
    for (const write of this.#writes) {
      overlay(write, address, state);
      meet(undefined);
    }
    return states;
  }

  /** A range is written for all to see: takes out the writes that touch its lines, to go to memory before, in this order. */
  take(address: bigint, length: number): readonly Write[] {
    const first = address - (address % LINE);
    const end = address + BigInt(length);
    const lineEnd = end + ((LINE - (end % LINE)) % LINE);
    const touches = (write: Write) => write.address < lineEnd && write.address + BigInt(write.bytes.length) > first;
    const taken = this.#writes.filter(touches);
    this.#writes = this.#writes.filter((write) => !touches(write));
    this.#flushed = this.#flushed.filter((write) => !touches(write));
    return taken;
  }

  /** All writes go to memory now, by `write`; `read` says what stands there. */
  flush(read: (address: bigint, length: number) => Uint8Array, write: (one: Write) => void): void {
    this.flushes += 1;
    for (const one of this.#writes) {
      this.#flushed.push({ ...one, flush: this.flushes, before: read(one.address, one.bytes.length) });
      write(one);
    }
    this.#writes = [];
  }

  /** The commands that flushed are complete. */
  settle(): void {
    this.#flushed = [];
  }
}

/** Puts what a write has of a range into its bytes; false if it has nothing. */
function overlay(write: Write, address: bigint, bytes: Uint8Array): boolean {
  const from = write.address > address ? write.address : address;
  const writeEnd = write.address + BigInt(write.bytes.length);
  const end = address + BigInt(bytes.length);
  const to = writeEnd < end ? writeEnd : end;
  if (from >= to) return false;
  const part = write.bytes.subarray(Number(from - write.address), Number(to - write.address));
  bytes.set(part, Number(from - address));
  return true;
}
