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
