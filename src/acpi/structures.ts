import { bit, bits, wide } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';

// Numbers of a table are little-endian, so that bit n of a layout is bit n mod 8 of byte n div 8. What follows a fixed
// part (device scopes, a name) has a length of its own and is not in the layout.

const TYPE = bits(15, 0, 'Type');
const LENGTH = bits(31, 16, 'Length');

/** What every structure begins with, §8.2. */
export const STRUCTURE_HEAD = structure('structure', '§8.2', 32, { type: TYPE, length: LENGTH });

/** The table up to its first structure, §8.1. Host Address Width is N: the width is N + 1 bits. */
export const DMAR = structure(
  'DMAR',
  '§8.1',
  384,
  {
    signature: bits(31, 0, 'Signature'),
    length: bits(63, 32, 'Length'),
    revision: bits(71, 64, 'Revision'),
    checksum: bits(79, 72, 'Checksum'),
    oemId: wide(127, 80, 'OEMID'),
    oemTableId: wide(191, 128, 'OEM Table ID'),
    oemRevision: bits(223, 192, 'OEM Revision'),
    creatorId: bits(255, 224, 'Creator ID'),
    creatorRevision: bits(287, 256, 'Creator Revision'),
    hostAddressWidth: bits(295, 288, 'Host Address Width'),
    INTR_REMAP: bit(296, 'INTR_REMAP'),
    X2APIC_OPT_OUT: bit(297, 'X2APIC_OPT_OUT'),
    DMA_CTRL_PLATFORM_OPT_IN_FLAG: bit(298, 'DMA_CTRL_PLATFORM_OPT_IN_FLAG'),
  },
  { reserved: [[383, 299]] },
);

/** DMA Remapping Hardware Unit Definition, §8.3. The registers take 2^size pages of 4 KiB. */
export const DRHD = structure(
  'DRHD',
  '§8.3',
  128,
  {
    type: TYPE,
    length: LENGTH,
    INCLUDE_PCI_ALL: bit(32, 'INCLUDE_PCI_ALL'),
    size: bits(43, 40, 'Size'),
    segmentNumber: bits(63, 48, 'Segment Number'),
    registerBaseAddress: wide(127, 64, 'Register Base Address'),
  },
  {
    reserved: [
      [39, 33],
      [47, 44],
    ],
  },
);

/** Reserved Memory Region Reporting, §8.4. Limit Address is that of the last byte. */
export const RMRR = structure(
  'RMRR',
  '§8.4',
  192,
  {
    type: TYPE,
    length: LENGTH,
    segmentNumber: bits(63, 48, 'Segment Number'),
    baseAddress: wide(127, 64, 'Reserved Memory Region Base Address'),
    limitAddress: wide(191, 128, 'Reserved Memory Region Limit Address'),
  },
  { reserved: [[47, 32]] },
);

/** Root Port ATS Capability Reporting, §8.5. */
export const ATSR = structure(
  'ATSR',
  '§8.5',
  64,
  {
    type: TYPE,
    length: LENGTH,
    ALL_PORTS: bit(32, 'ALL_PORTS'),
    segmentNumber: bits(63, 48, 'Segment Number'),
  },
  { reserved: [[47, 33]] },
);

/** Remapping Hardware Static Affinity, §8.6. */
export const RHSA = structure(
  'RHSA',
  '§8.6',
  160,
  {
    type: TYPE,
    length: LENGTH,
    registerBaseAddress: wide(127, 64, 'Register Base Address'),
    proximityDomain: bits(159, 128, 'Proximity Domain'),
  },
  { reserved: [[63, 32]] },
);

/** ACPI Name-space Device Declaration, §8.7. */
export const ANDD = structure(
  'ANDD',
  '§8.7',
  64,
  {
    type: TYPE,
    length: LENGTH,
    acpiDeviceNumber: bits(63, 56, 'ACPI Device Number'),
  },
  { reserved: [[55, 32]] },
);

/** SoC Integrated Address Translation Cache, §8.8. */
export const SATC = structure(
  'SATC',
  '§8.8',
  64,
  {
    type: TYPE,
    length: LENGTH,
    ATC_REQUIRED: bit(32, 'ATC_REQUIRED'),
    segmentNumber: bits(63, 48, 'Segment Number'),
  },
  { reserved: [[47, 33]] },
);

/** SoC Integrated Device Property, §8.9. */
export const SIDP = structure(
  'SIDP',
  '§8.9',
  64,
  {
    type: TYPE,
    length: LENGTH,
    segmentNumber: bits(63, 48, 'Segment Number'),
  },
  { reserved: [[47, 32]] },
);

/** Type of a device scope entry, §8.3.1. */
export const SCOPE_TYPE = Object.freeze({
  PCI_ENDPOINT: 1,
  PCI_SUB_HIERARCHY: 2,
  IOAPIC: 3,
  MSI_CAPABLE_HPET: 4,
  ACPI_NAMESPACE_DEVICE: 5,
});

const SCOPE_HEAD = {
  type: bits(7, 0, 'Type', {
    [SCOPE_TYPE.PCI_ENDPOINT]: 'PCI endpoint',
    [SCOPE_TYPE.PCI_SUB_HIERARCHY]: 'PCI sub-hierarchy',
    [SCOPE_TYPE.IOAPIC]: 'I/O APIC',
    [SCOPE_TYPE.MSI_CAPABLE_HPET]: 'HPET',
    [SCOPE_TYPE.ACPI_NAMESPACE_DEVICE]: 'ACPI name-space device',
  }),
  length: bits(15, 8, 'Length'),
  enumerationId: bits(39, 32, 'Enumeration ID'),
  startBusNumber: bits(47, 40, 'Start Bus Number'),
};

const FIRST_PAIR = { device: bits(55, 48, 'Path: Device'), function: bits(63, 56, 'Path: Function') };

/** A device scope entry up to the first pair of its path, which each has, §8.3.1. */
export const DEVICE_SCOPE = structure(
  'Device Scope',
  '§8.3.1',
  64,
  { ...SCOPE_HEAD, ...FIRST_PAIR },
  { reserved: [[31, 16]] },
);

/** The same in a SIDP, where its flags have a meaning, §8.3.1. */
export const PROPERTY_SCOPE = structure(
  'Device Scope',
  '§8.3.1',
  64,
  {
    ...SCOPE_HEAD,
    REQ_WO_PASID_NESTED_NOTALLOWED: bit(16, 'REQ_WO_PASID_NESTED_NOTALLOWED'),
    REQ_WO_PASID_PWSNP_NOTALLOWED: bit(17, 'REQ_WO_PASID_PWSNP_NOTALLOWED'),
    REQ_WO_PASID_PGSNP_NOTALLOWED: bit(18, 'REQ_WO_PASID_PGSNP_NOTALLOWED'),
    ATC_HARDENED: bit(19, 'ATC_HARDENED'),
    ATC_REQUIRED: bit(20, 'ATC_REQUIRED'),
    ...FIRST_PAIR,
  },
  { reserved: [[31, 21]] },
);

/** The structures by the document's short names, §8.2: type, name, fixed part, and what follows it. */
export const STRUCTURE_KINDS = Object.freeze({
  DRHD: { type: 0, title: 'DMA Remapping Hardware Unit Definition', layout: DRHD, scope: DEVICE_SCOPE },
  RMRR: { type: 1, title: 'Reserved Memory Region Reporting', layout: RMRR, scope: DEVICE_SCOPE },
  ATSR: { type: 2, title: 'Root Port ATS Capability Reporting', layout: ATSR, scope: DEVICE_SCOPE },
  RHSA: { type: 3, title: 'Remapping Hardware Static Affinity', layout: RHSA, scope: undefined },
  ANDD: { type: 4, title: 'ACPI Name-space Device Declaration', layout: ANDD, scope: undefined },
  SATC: { type: 5, title: 'SoC Integrated Address Translation Cache', layout: SATC, scope: DEVICE_SCOPE },
  SIDP: { type: 6, title: 'SoC Integrated Device Property', layout: SIDP, scope: PROPERTY_SCOPE },
});

export type StructureKind = keyof typeof STRUCTURE_KINDS;

/** The structure of a type; undefined above 6. */
export const kindOfType = (type: number): StructureKind | undefined =>
  (Object.keys(STRUCTURE_KINDS) as StructureKind[]).find((kind) => STRUCTURE_KINDS[kind].type === type);
