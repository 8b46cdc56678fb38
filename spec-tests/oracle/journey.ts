import { type Capabilities, capabilitiesOf } from './capabilities.ts';
import type { RequestClass } from './table30.ts';
import type { Choices, Latched, MemoryReader, Opinion, Request, UnitFacts } from './types.ts';

/** What the structures up to the PASID-table entry are looked up for: a request to memory, or a page request. */
export interface Lookup {
  readonly caps: Capabilities;
  readonly choices: Choices;
  readonly latched: Pick<Latched, 'rtaddr'>;
  readonly memory: MemoryReader;
  readonly request: Pick<Request, 'source' | 'pasid' | 'privileged'>;
  readonly requestClass: RequestClass;
  /** 9-R4: OR of the FPD bits met so far. */
  fpd: boolean;
}

/** Everything known about one request to memory on its way through the unit. */
export interface Journey extends Lookup {
  readonly latched: Latched;
  readonly request: Request;
}

/** The answer without what is the same for every answer. */
export type Answer = Omit<Opinion, 'fpd' | 'logged'> & {
  /** 11.4.8.1-R2: the address came out of paging tables. */
  throughTables?: boolean;
  /** 3.15-R2: completed without an access to memory. */
  noAccess?: boolean;
};

/** Thrown when a condition of Table 30 ends the request. */
export class Stopped extends Error {
  readonly condition: string;
  /** 4.2.3-G1: an answer other than Table 30's cell. */
  readonly instead: 'UR' | undefined;

  constructor(condition: string, instead?: 'UR') {
    super(condition);
    this.condition = condition;
    this.instead = instead;
  }
}

export function stop(condition: string): never {
  throw new Stopped(condition);
}

/** 4.1-R2 with the classes of ch03 section 0. */
export function classOf(request: Request): RequestClass {
  const withPasid = request.pasid !== undefined;
  if (request.type === 'untranslated') return withPasid ? 'Up' : 'Un';
  if (request.type === 'translation') return withPasid ? 'TRp' : 'TRn';
  return withPasid ? 'TDp' : 'TDn';
}

export function begin(unit: UnitFacts, latched: Latched, memory: MemoryReader, request: Request): Journey {
  return {
    caps: capabilitiesOf(unit),
    choices: unit.choices,
    latched,
    memory,
    request,
    requestClass: classOf(request),
    fpd: false,
  };
}

/** 9-R1, 9-G1: the words of one structure entry, read all at once; undefined: some part was refused. */
export function fetchWords(memory: MemoryReader, address: bigint, count: number): bigint | undefined {
  let value = 0n;
  for (let word = 0; word < count; word += 1) {
    const part = memory.read(address + BigInt(8 * word));
    if (part === undefined) return undefined;
    value |= part << BigInt(64 * word);
  }
  return value;
}
