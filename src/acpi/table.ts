/** A DMAR table as plain data, §8.1. One-bit fields are 0 or 1. Reserved bits are not here: they are built as 0. */
export interface DmarTable {
  /** 1. */
  readonly revision: number;
  /** At most 6 characters of one byte; zero bytes at the end are left out, here and in the two names below. */
  readonly oemId: string;
  /** At most 8. */
  readonly oemTableId: string;
  /** 32 bits. */
  readonly oemRevision: number;
  /** At most 4. */
  readonly creatorId: string;
  /** 32 bits. */
  readonly creatorRevision: number;
  /** HAW in bits, 1 to 256: one more than the byte of the table. */
  readonly hostAddressWidth: number;
  readonly INTR_REMAP: number;
  readonly X2APIC_OPT_OUT: number;
  readonly DMA_CTRL_PLATFORM_OPT_IN_FLAG: number;
  /** In the order of the table. */
  readonly structures: readonly RemappingStructure[];
}

export type RemappingStructure = Drhd | Rmrr | Atsr | Rhsa | Andd | Satc | Sidp | OtherStructure;

/** A remapping unit, §8.3. */
export interface Drhd {
  readonly kind: 'DRHD';
  readonly INCLUDE_PCI_ALL: number;
  /** N, 4 bits: the registers take 2^N pages of 4 KiB. */
  readonly size: number;
  /** 16 bits. */
  readonly segmentNumber: number;
  /** 64 bits. */
  readonly registerBaseAddress: bigint;
  readonly deviceScope: readonly DeviceScopeEntry[];
}

/** Memory that devices go on using after boot, §8.4. */
export interface Rmrr {
  readonly kind: 'RMRR';
  readonly segmentNumber: number;
  /** 64 bits. */
  readonly baseAddress: bigint;
  /** Of the last byte, 64 bits. */
  readonly limitAddress: bigint;
  readonly deviceScope: readonly DeviceScopeEntry[];
}

/** Root ports below which devices may use ATS, §8.5. */
export interface Atsr {
  readonly kind: 'ATSR';
  readonly ALL_PORTS: number;
  readonly segmentNumber: number;
  readonly deviceScope: readonly DeviceScopeEntry[];
}

/** The proximity domain of a unit, §8.6. */
export interface Rhsa {
  readonly kind: 'RHSA';
  readonly registerBaseAddress: bigint;
  /** 32 bits. */
  readonly proximityDomain: number;
}

/** A device of the ACPI name space, §8.7. */
export interface Andd {
  readonly kind: 'ANDD';
  /** 8 bits. */
  readonly acpiDeviceNumber: number;
  /** A path from the root, such as `\_SB.I2C0`, without the zero byte that ends it in the table. */
  readonly acpiObjectName: string;
}

/** Integrated devices with an address translation cache, §8.8. */
export interface Satc {
  readonly kind: 'SATC';
  readonly ATC_REQUIRED: number;
  readonly segmentNumber: number;
  readonly deviceScope: readonly DeviceScopeEntry[];
}

/** Integrated devices with properties, §8.9. */
export interface Sidp {
  readonly kind: 'SIDP';
  readonly segmentNumber: number;
  readonly deviceScope: readonly PropertyScopeEntry[];
}

/** A structure of a type above 6, or one too short for what its type has, §8.2. */
export interface OtherStructure {
  readonly kind: 'other';
  /** 16 bits. */
  readonly type: number;
  /** The bytes after Type and Length, two hexadecimal digits each. */
  readonly data: string;
}

/** One device of a scope, §8.3.1. */
export interface DeviceScopeEntry {
  /** One of `SCOPE_TYPE`; 8 bits. */
  readonly type: number;
  /** 8 bits. */
  readonly enumerationId: number;
  /** 8 bits. */
  readonly startBusNumber: number;
  /** One pair or more, 8 bits each. */
  readonly path: readonly PathStep[];
}

export interface PathStep {
  readonly device: number;
  readonly function: number;
}

/** One device of a SIDP, §8.3.1: what is said of its requests without PASID, and of its cache. */
export interface PropertyScopeEntry extends DeviceScopeEntry {
  readonly REQ_WO_PASID_NESTED_NOTALLOWED: number;
  readonly REQ_WO_PASID_PWSNP_NOTALLOWED: number;
  readonly REQ_WO_PASID_PGSNP_NOTALLOWED: number;
  readonly ATC_HARDENED: number;
  readonly ATC_REQUIRED: number;
}

/** A structure with a device scope, and one with a segment: the same ones. */
export type ScopedStructure = Extract<RemappingStructure, { readonly deviceScope: unknown }>;
