/** Memory that firmware wants mapped for devices, an RMRR of the DMAR table, §8.4. */
export interface ReservedRegion {
  /** The PCI segment; default 0. */
  readonly segment?: number;
  readonly base: bigint;
  /** The last byte. */
  readonly limit: bigint;
  /** Source-ids. */
  readonly devices: readonly number[];
}

/** A device that the tables should serve. */
export interface ServedDevice {
  readonly sourceId: number;
  /** It uses a device TLB (ATS). */
  readonly deviceTlb?: boolean;
  /** PASIDs that it uses. */
  readonly pasids?: readonly number[];
}

/** What software wrote into the MSI capability of a device, or into one entry of its MSI-X table, §5.1.5.2. */
export interface DeviceMessages {
  readonly sourceId: number;
  /** 64 bits, FEEx_xxxxh. */
  readonly address: bigint;
  /** 32 bits, of MSI the lower 16. */
  readonly data: number;
  /** How many messages the device may use, a power of two up to 32. Default 1. */
  readonly count?: number;
}

/** A redirection table entry of an I/O APIC, §5.1.5.1. */
export interface RedirectionEntryOf {
  /** The source-id of the I/O APIC, from the DMAR table. */
  readonly sourceId: number;
  /** 64 bits. */
  readonly value: bigint;
}

export interface LintOptions {
  /** Which have to be mapped to themselves for their devices, §3.16. */
  readonly reservedRegions?: readonly ReservedRegion[];
  /** The PCI segment of the unit: other regions are none of its. Default 0. */
  readonly segment?: number;
  /** Devices that should be served. */
  readonly devices?: readonly ServedDevice[];
  /** Every source-id that may send interrupts; without it the source-ids of entries are not compared. */
  readonly interruptSources?: readonly number[];
  /** What devices were given to send. */
  readonly messages?: readonly DeviceMessages[];
  /** Entries of I/O APICs. */
  readonly redirectionEntries?: readonly RedirectionEntryOf[];
  /** Values that software wrote to registers, by name; the unit may not keep all their bits. */
  readonly written?: Readonly<Record<string, bigint>>;
  /** Where the invalidation queue is, IQH_REG and IQT_REG; as the unit has it by default. */
  readonly queue?: { readonly head: bigint; readonly tail: bigint };
  /** How many entries may be looked at, those of PASID tables apart. Default 4 Mi: 16 GiB in pages of 4 KiB. */
  readonly limit?: number;
  /** List every finding by itself, however many are alike. */
  readonly all?: boolean;
  /** Called now and then with how far it is, from 0 to 1. */
  readonly progress?: (done: number) => void;
}
