/** What of an address range goes where, for {@link DomainDescription}. Addresses and sizes are multiples of 4 KiB. */
export interface MappingDescription {
  readonly input: bigint;
  readonly output: bigint;
  /** Bytes. */
  readonly size: bigint;
  /** Default `rw`; `w`, without reads, only in a second stage. */
  readonly access?: 'r' | 'w' | 'rw';
  /** The largest page to use; by default the largest that the unit has. Smaller ones are used where it does not fit. */
  readonly pageSize?: '4K' | '2M' | '1G';
  /** SNP, of a second stage. */
  readonly snooped?: boolean;
}

/** Tables under a domain-id, §6.2. */
export interface DomainDescription {
  /** The domain-id. */
  readonly id: number;
  /** Default `second-stage`. The first stage and `nested` are of scalable mode. */
  readonly kind?: 'second-stage' | 'first-stage' | 'nested' | 'pass-through';
  /** Of the second stage: default 4, or the largest count that the unit has. */
  readonly levels?: 3 | 4 | 5;
  /** Of the first stage: default 4. */
  readonly firstStageLevels?: 4 | 5;
  /** What the second stage maps; with `first-stage` what that one does. */
  readonly mappings?: readonly MappingDescription[];
  /** Nested: what the first stage maps, to guest addresses. */
  readonly guestMappings?: readonly MappingDescription[];
  /** Nested: the guest address from which on the tables of the first stage stand. The second stage maps them too. */
  readonly guestTables?: bigint;
}

export interface DeviceDescription {
  /** The source-id, as a number or `00:1f.2`. */
  readonly device: number | string;
  /** The domain-id of requests without PASID. A device of scalable mode may have PASIDs alone. */
  readonly domain?: number;
  /** It may use a device TLB: TT=01b, or DTE. */
  readonly deviceTlb?: boolean;
  /** Scalable mode: domain-ids by PASID. */
  readonly pasids?: Readonly<Record<number, number>>;
  /** Scalable mode: the PASID of requests without one. Default 0. */
  readonly ownPasid?: number;
}

/** An entry of the interrupt remapping table, §9.9, §9.10. */
export interface InterruptDescription {
  readonly index: number;
  readonly vector: number;
  /** Who may ask for it: a source-id as a number or `00:1f.2`, buses, or anybody. */
  readonly source: number | string | { readonly firstBus: number; readonly lastBus: number } | 'any';
  /** An APIC id: 8 bits, or 32 in x2APIC mode. Default 0. Of a posted entry that of the notification. */
  readonly destination?: number;
  /** A value of `DELIVERY_MODE`. Default Fixed. */
  readonly deliveryMode?: number;
  readonly logical?: boolean;
  readonly redirectionHint?: boolean;
  readonly level?: boolean;
  /** Posted: the vector of the notification. `vector` is the virtual one. */
  readonly posted?: { readonly notificationVector: number; readonly urgent?: boolean };
}

/** What tables should say. */
export interface TablesDescription {
  /** Default `legacy`. */
  readonly mode?: 'legacy' | 'scalable';
  readonly domains?: readonly DomainDescription[];
  readonly devices?: readonly DeviceDescription[];
  readonly interrupts?: {
    /** How many entries the table has, a power of two from 2 to 65536. Default 256. */
    readonly size?: number;
    /** x2APIC mode. */
    readonly extended?: boolean;
    readonly entries: readonly InterruptDescription[];
  };
}
