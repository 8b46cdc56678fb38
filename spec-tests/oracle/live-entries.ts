import type { Capabilities } from './capabilities.ts';
import { type Invalidation, mustGo, WAITS_FOR } from './invalidation-command.ts';
import { leastOf, type Way } from './ways.ts';

export type Mode = 'legacy' | 'scalable';

/** A structure entry as it was read, or what stood in the way of reading it. */
export type Copy = { readonly words: readonly bigint[] } | { readonly fault: string };

/** Tags of Table 17: looked up by source; invalidated by source and, in legacy mode, domain. */
export interface ContextCopy {
  readonly cache: 'context';
  readonly mode: Mode;
  readonly source: number;
  /** 6.2.2-R3: 0 for what faults. Without meaning in scalable mode. */
  readonly did: bigint;
  readonly copy: Copy;
}

/** Looked up by source and PASID; invalidated by domain and PASID. */
export interface PasidCopy {
  readonly cache: 'pasid';
  readonly source: number;
  readonly pasid: bigint;
  /** 6.2.3-R3: 0 for what faults. */
  readonly did: bigint;
  readonly copy: Copy;
}

/** 6.2.5-R2: an entry that points to a table, with the rights of its path; or an entry that cannot be used (CM=1). */
export type Pointer<Rights> = ({ readonly table: bigint } & Rights) | { readonly fault: string };

export interface SecondStageCopy {
  readonly cache: 'second-stage';
  readonly did: bigint;
  readonly level: number;
  /** Bits of the input address from `shiftOf(level)` up (Table 19). */
  readonly prefix: bigint;
  readonly pointer: Pointer<{ readonly read: boolean; readonly write: boolean }>;
}

/** First-stage, and with nested translation the combined entries. */
export interface FirstStageCopy {
  readonly cache: 'first-stage';
  readonly did: bigint;
  readonly pasid: bigint;
  readonly level: number;
  readonly prefix: bigint;
  /** N+1 of Table 19: 48 or 57. */
  readonly tagWidth: number;
  readonly pointer: { readonly table: bigint; readonly writable: boolean; readonly user: boolean };
}

/** Content of an IOTLB entry: 6.2.4-R1, with what 6.2.4-G1 and G2 add. */
export type Translation =
  | { readonly fault: string }
  | {
      readonly frame: bigint;
      readonly passThrough: boolean;
      readonly first?: { readonly writable: boolean; readonly user: boolean } | undefined;
      readonly second?: { readonly read: boolean; readonly write: boolean } | undefined;
      /** RID_PRIV, for requests without PASID. */
      readonly supervisor: boolean;
      readonly sre: boolean;
      readonly wpe: boolean;
      /** The leaf's D, where it counts: without it a write is no hit (6.2.4.1-G2). */
      readonly dirty: boolean;
    };

export interface TlbEntry {
  readonly cache: 'tlb';
  readonly mode: Mode;
  readonly source: number;
  readonly withPasid: boolean;
  /** 6.2.1-R6: RID_PASID for requests without one. */
  readonly pasid: bigint;
  readonly did: bigint;
  /** PGTT; 0 in legacy mode (6.2.1-G4). */
  readonly kind: number;
  readonly base: bigint;
  readonly size: bigint;
  readonly tagWidth: number;
  readonly translation: Translation;
}

export type LiveEntry = ContextCopy | PasidCopy | SecondStageCopy | FirstStageCopy | TlbEntry;
export type Cache = LiveEntry['cache'];
export type EntryOf<C extends Cache> = Extract<LiveEntry, { cache: C }>;

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
