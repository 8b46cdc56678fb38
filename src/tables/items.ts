import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import type { Condition } from '../conditions/condition.ts';

/** A present root entry. */
export interface Bus {
  readonly kind: 'bus';
  readonly bus: number;
  /** The context table. */
  readonly table: PageNumber;
}

/** A present context entry that no request would fault on. */
export interface Device {
  readonly kind: 'device';
  readonly sourceId: number;
  /** TT, AW and DID of the context entry, §9.3. */
  readonly type: number;
  readonly addressWidth: number;
  readonly domainId: number;
  /** SSPTPTR; means nothing with TT=10b. */
  readonly table: PageNumber;
  /** Of the second-stage walk; 0 with TT=10b. */
  readonly levels: number;
}

/** The tables behind a domain-id, and who uses them. */
export interface Domain {
  readonly kind: 'domain';
  readonly domainId: number;
  readonly addressWidth: number;
  readonly table: PageNumber;
  readonly levels: number;
  /** Source-ids. */
  readonly devices: readonly number[];
  /** Another context entry gives this domain-id to other tables: cached translations of the two would be mixed, §6.2. */
  readonly ambiguous: boolean;
}

/** Leaves by size. */
export interface LeafCounts {
  '4K': number;
  '2M': number;
  '1G': number;
}

/** Neighbouring mappings: contiguous in input and output, with equal permissions. */
export interface Mapping {
  readonly kind: 'mapping';
  readonly input: PageNumber;
  readonly output: PageNumber;
  readonly pages: number;
  /** READ and WRITE: the AND over every entry used. */
  readonly permission: number;
  readonly snooped: boolean;
  /** How many leaves of each size; one that the interrupt address range cuts counts in each of its parts. */
  readonly leaves: Readonly<LeafCounts>;
}

/** What the tables map at input addresses FEEx_xxxxh: never looked up, §3.15. */
export interface Unreachable {
  readonly kind: 'unreachable';
  readonly input: PageNumber;
  readonly pages: number;
}

/** Entries on which a request would fault: the first of them, and how many neighbours are alike. */
export interface Problem {
  readonly kind: 'problem';
  readonly condition: Condition;
  readonly format: StructureDeclaration;
  /** Where the entry stands. */
  readonly page: PageNumber;
  readonly offset: number;
  /** Missing where memory refused. */
  readonly words?: Words;
  readonly entries: number;
  /** Whose requests: those of a bus, of a device, or of a domain at some addresses. */
  readonly of:
    | { readonly kind: 'bus'; readonly bus: number }
    | { readonly kind: 'device'; readonly sourceId: number }
    | { readonly kind: 'domain'; readonly domainId: number; readonly input: PageNumber; readonly pages: number };
}

/** The listing stopped before its end. */
export interface Stopped {
  readonly kind: 'stopped';
  /** How many entries were looked at. */
  readonly entries: number;
}

export type TableItem = Bus | Device | Domain | Mapping | Unreachable | Problem | Stopped;
