import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import type { Condition } from '../conditions/condition.ts';
import type { ScalableModeContextEntry } from '../structures/scalable-mode-context-entry.ts';

/** A present root entry, or in scalable mode a present half of one. */
export interface Bus {
  readonly kind: 'bus';
  readonly bus: number;
  /** Scalable mode: devices 0 to 15, or 16 to 31. */
  readonly half?: 'lower' | 'upper';
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

/** A present context entry of scalable mode that not every request would fault on. */
export interface ScalableDevice {
  readonly kind: 'scalable-device';
  readonly sourceId: number;
  /** The fields of the entry, §9.4. */
  readonly fields: ReturnType<typeof ScalableModeContextEntry.unpack>;
}

/** A present PASID-table entry that a device may use. */
export interface Pasid {
  readonly kind: 'pasid';
  readonly sourceId: number;
  readonly pasid: number;
  /** It is RID_PASID: requests without PASID use the entry, and no others may, §3.4.3. */
  readonly withoutPasid: boolean;
  /** Whether requests that come to it may be user-level ones, and supervisor-level ones: RID_PRIV, SRE. */
  readonly user: boolean;
  readonly supervisor: boolean;
  readonly domainId: number;
  readonly stages: Stages;
  /** The entry, §9.6. There may be millions: taking each apart would cost more than finding it. */
  readonly words: Words;
}

/** What a PASID-table entry translates with. */
export interface Stages {
  /** PGTT. */
  readonly type: number;
  readonly firstStage?: { readonly table: PageNumber; readonly levels: number };
  readonly secondStage?: { readonly table: PageNumber; readonly levels: number; readonly addressWidth: number };
}

/** The tables behind a domain-id of scalable mode, and who uses them. */
export interface PasidDomain {
  readonly kind: 'pasid-domain';
  readonly domainId: number;
  readonly stages: Stages;
  readonly users: Iterable<PasidUser> & { readonly size: number };
  /** Where the PASID-table entry of the first user is found. */
  readonly directory: PageNumber;
  readonly pasid: number;
  /** What requests of the users may be: with PASID and without, user-level and supervisor-level. */
  readonly withPasid: boolean;
  readonly withoutPasid: boolean;
  readonly user: boolean;
  readonly supervisor: boolean;
  /** Another PASID-table entry gives this domain-id to tables that it must not be shared with, §6.2. */
  readonly ambiguous: boolean;
}

export interface PasidUser {
  readonly sourceId: number;
  readonly pasid: number;
  readonly withoutPasid: boolean;
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
  /** Nested translation: what the first stage makes of the input, contiguous too. */
  readonly guest?: PageNumber;
  readonly output: PageNumber;
  readonly pages: number;
  /** READ and WRITE: the AND over every entry used. With a first stage, what user-level requests may do. */
  readonly permission: number;
  /** What supervisor-level requests may do; missing where there are none. */
  readonly supervisor?: number;
  readonly snooped: boolean;
  /** How many leaves of each size, nested the smaller one of both stages; one that the interrupt address range cuts counts in each of its parts. */
  readonly leaves: Readonly<LeafCounts>;
}

/** What the tables map at input addresses FEEx_xxxxh: never looked up for requests without PASID, §3.15. */
export interface Unreachable {
  readonly kind: 'unreachable';
  readonly input: PageNumber;
  readonly pages: number;
  /** Not the interrupt address range: U/S is 0, and there are no supervisor-level requests, §3.6.1. */
  readonly supervisorOnly?: true;
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
  /** Nothing but writes meet it. */
  readonly writesOnly?: true;
  /** Whose requests: those of a bus or half of one, of a device, of some PASIDs, or of a domain at some addresses. */
  readonly of:
    | { readonly kind: 'bus'; readonly bus: number; readonly half?: 'lower' | 'upper' }
    | { readonly kind: 'device'; readonly sourceId: number }
    | { readonly kind: 'pasid'; readonly sourceId: number; readonly pasid: number; readonly count: number }
    | { readonly kind: 'domain'; readonly domainId: number; readonly input: PageNumber; readonly pages: number };
}

/** The listing stopped before its end: that of PASIDs, after which domains still come, or that of what they map. */
export interface Stopped {
  readonly kind: 'stopped';
  /** How many entries were looked at. */
  readonly entries: number;
}

export type TableItem =
  | Bus
  | Device
  | Domain
  | ScalableDevice
  | Pasid
  | PasidDomain
  | Mapping
  | Unreachable
  | Problem
  | Stopped;
