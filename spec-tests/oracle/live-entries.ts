import type { Capabilities } from './capabilities.ts';
import { type Invalidation, mustGo, WAITS_FOR } from './invalidation-command.ts';
import type { Cache, EntryOf, LiveEntry } from './live-entry.ts';
import { leastOf, type Way } from './ways.ts';

interface InFlight {
  readonly command: Invalidation;
  readonly time: number;
  /** Bits of earlier commands that this one waits for. */
  readonly after: bigint;
}

/** What may be in the caches (6.A-R1), and the commands that may have been done or not (6.A-R4). */
export class LiveEntries {
  readonly #caps: Capabilities;
  readonly #caches: Record<Cache, Map<string, { entry: LiveEntry; befores: bigint[] }>> = {
    context: new Map(),
    pasid: new Map(),
    'first-stage': new Map(),
    'second-stage': new Map(),
    tlb: new Map(),
  };
  #inFlight: InFlight[] = [];

  constructor(caps: Capabilities) {
    this.#caps = caps;
  }

  add(entry: LiveEntry, before: bigint): void {
    const cache = this.#caches[entry.cache];
    const key = keyOf(entry);
    const known = cache.get(key);
    if (known === undefined) cache.set(key, { entry, befores: [before] });
    else known.befores = leastOf(known.befores, before);
  }

  /** The live entries that fit, each with the commands that cannot have been done when it is used. */
  *find<C extends Cache>(cache: C, fits: (entry: EntryOf<C>) => boolean): Generator<Way<EntryOf<C>>> {
    for (const { entry, befores } of this.#caches[cache].values()) {
      const found = entry as EntryOf<C>;
      if (!fits(found)) continue;
      for (const before of befores) yield { value: found, before: this.#pendingFor(entry, before) };
    }
  }

  clear(): void {
    for (const cache of Object.values(this.#caches)) cache.clear();
  }

  /** A command that is done at once. */
  remove(command: Invalidation): void {
    this.#keep((entry) => !mustGo(this.#caps, command, entry));
  }

  /** A command that will have been done when the next wait completes. */
  submit(command: Invalidation, time: number): void {
    let after = 0n;
    this.#inFlight.forEach((earlier, i) => {
      if (WAITS_FOR[command.kind].includes(earlier.command.kind)) after |= 1n << BigInt(i);
    });
    const bit = 1n << BigInt(this.#inFlight.length);
    this.#inFlight.push({ command, time, after });
    for (const cache of Object.values(this.#caches)) {
      for (const known of cache.values()) known.befores = known.befores.map((before) => before | bit);
    }
  }

  /** An inv_wait completed: what was there before a command has gone if it had to; what came after it stays. */
  complete(): void {
    this.#keep((entry, before) => this.#pendingFor(entry, before) === 0n);
    for (const cache of Object.values(this.#caches)) for (const known of cache.values()) known.befores = [0n];
    this.#inFlight = [];
  }

  /** The commands in flight that were submitted after a time and fit, with those that wait for them. */
  pendingSince(time: number, fits: (command: Invalidation) => boolean): bigint {
    let pending = 0n;
    this.#inFlight.forEach((flight, i) => {
      if (flight.time > time && fits(flight.command)) pending |= 1n << BigInt(i);
    });
    return this.#withThoseBehind(pending);
  }

  /** When the last command in flight that fits was submitted. */
  lastSubmitted(fits: (command: Invalidation) => boolean): number | undefined {
    return this.#inFlight.findLast(({ command }) => fits(command))?.time;
  }

  /** An entry that a command has to remove is only used before that command is done. */
  #pendingFor(entry: LiveEntry, before: bigint): bigint {
    let pending = 0n;
    this.#inFlight.forEach(({ command }, i) => {
      const bit = 1n << BigInt(i);
      if ((before & bit) !== 0n && mustGo(this.#caps, command, entry)) pending |= bit;
    });
    return this.#withThoseBehind(pending);
  }

  /** 6.5.2.12-R1: before a command is also before those that wait for it. */
  #withThoseBehind(pending: bigint): bigint {
    if (pending === 0n) return 0n;
    let all = pending;
    this.#inFlight.forEach(({ after }, i) => {
      if ((after & all) !== 0n) all |= 1n << BigInt(i);
    });
    return all;
  }

  #keep(stays: (entry: LiveEntry, before: bigint) => boolean): void {
    for (const cache of Object.values(this.#caches)) {
      for (const [key, known] of cache) {
        known.befores = known.befores.filter((before) => stays(known.entry, before));
        if (known.befores.length === 0) cache.delete(key);
      }
    }
  }
}

/** Two entries with one key are the same entry. */
function keyOf(entry: LiveEntry): string {
  return JSON.stringify(entry, (_name, value: unknown) => (typeof value === 'bigint' ? value.toString(16) : value));
}
