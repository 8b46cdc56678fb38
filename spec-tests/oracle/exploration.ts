import type { Capabilities } from './capabilities.ts';
import { classOf, type Journey, Stopped } from './journey.ts';
import type { Cache, EntryOf, LiveEntry } from './live-entry.ts';
import type { Choices, Latched } from './types.ts';
import type { Way } from './ways.ts';

/** An untranslated request for one DWORD. */
export interface AllowedRequest {
  readonly source: number;
  readonly address: bigint;
  readonly access: 'read' | 'write' | 'atomic';
  readonly pasid?: number | undefined;
  readonly privileged?: boolean | undefined;
}

/** Freedoms that decide which answers are in the set, beside those that decide what one answer is. */
export interface AllowedChoices extends Choices {
  /** 6.2.1-M1: a request with PASID may hit what one without PASID of the same source put into the IOTLB. */
  pasidHitsNoPasid: boolean;
  /** 6.2.4.1-M1: answers may come with any page size below that of the leaf. */
  fracture: boolean;
}

/** All that one request may do: what it reads, uses, leaves in the caches and gets for an answer. */
export interface Exploration {
  readonly caps: Capabilities;
  readonly choices: AllowedChoices;
  /** CAP_REG.CM */
  readonly cachingMode: boolean;
  readonly latched: Latched;
  readonly request: AllowedRequest;
  readonly answers: Set<string>;
  read(address: bigint, count: number): Iterable<Way<readonly bigint[]>>;
  live<C extends Cache>(cache: C, fits: (entry: EntryOf<C>) => boolean): Iterable<Way<EntryOf<C>>>;
  fill(entry: LiveEntry, before: bigint): void;
  /** 3.7.2-M2, 3.6.2-M2: may a flag of the entry at this address be set, though not by software. */
  mayBeDirty(address: bigint): boolean;
  dirties(address: bigint): void;
}

/** The request before one structure entry whose words are known; an entry is aligned to its size. */
export function journeyOver(x: Exploration, words: readonly bigint[]): Journey {
  const { source, address, access, pasid, privileged } = x.request;
  const withPasid = pasid === undefined ? {} : { pasid, privileged: privileged === true };
  const request = { source, address, access, length: 4, type: 'untranslated', ...withPasid } as const;
  return {
    caps: x.caps,
    choices: x.choices,
    latched: x.latched,
    memory: { read: (at) => words[Number((at / 8n) % BigInt(words.length))] },
    request,
    requestClass: classOf(request),
    fpd: false,
  };
}

/** What the judgement returns, or the condition of Table 30 that stops it. */
export function outcomeOf<T>(judge: () => T): { readonly value: T } | { readonly condition: string } {
  try {
    return { value: judge() };
  } catch (problem) {
    if (!(problem instanceof Stopped)) throw problem;
    return { condition: problem.condition };
  }
}
