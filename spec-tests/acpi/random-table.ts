import fc from 'fast-check';
import type { DmarTable, RemappingStructure } from '../../src/acpi/index.ts';

const octet = fc.integer({ min: 0, max: 0xff });
const flag = fc.integer({ min: 0, max: 1 });
const word = fc.integer({ min: 0, max: 0xffff });
const dword = fc.integer({ min: 0, max: 0xffff_ffff });
const qword = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

/** Characters of one byte, none of which is a zero at the end. */
const text = (most: number) =>
  fc.array(octet, { maxLength: most }).map((codes) => String.fromCharCode(...codes).replace(/\0+$/, ''));

const entryFields = {
  type: octet,
  enumerationId: octet,
  startBusNumber: octet,
  path: fc.array(fc.record({ device: octet, function: octet }), { minLength: 1, maxLength: 4 }),
};
const scope = fc.array(fc.record(entryFields), { maxLength: 4 });
const properties = fc.array(
  fc.record({
    ...entryFields,
    REQ_WO_PASID_NESTED_NOTALLOWED: flag,
    REQ_WO_PASID_PWSNP_NOTALLOWED: flag,
    REQ_WO_PASID_PGSNP_NOTALLOWED: flag,
    ATC_HARDENED: flag,
    ATC_REQUIRED: flag,
  }),
  { maxLength: 4 },
);
const name = fc
  .array(fc.integer({ min: 1, max: 0x7f }), { maxLength: 30 })
  .map((codes) => String.fromCharCode(...codes));
const data = fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('hex'));

/** Any structure whose values fit their fields; what the document has no type for is not of a type that it has. */
const structure: fc.Arbitrary<RemappingStructure> = fc.oneof(
  fc.record({
    kind: fc.constant('DRHD' as const),
    INCLUDE_PCI_ALL: flag,
    size: fc.integer({ min: 0, max: 15 }),
    segmentNumber: word,
    registerBaseAddress: qword,
    deviceScope: scope,
  }),
  fc.record({
    kind: fc.constant('RMRR' as const),
    segmentNumber: word,
    baseAddress: qword,
    limitAddress: qword,
    deviceScope: scope,
  }),
  fc.record({ kind: fc.constant('ATSR' as const), ALL_PORTS: flag, segmentNumber: word, deviceScope: scope }),
  fc.record({ kind: fc.constant('RHSA' as const), registerBaseAddress: qword, proximityDomain: dword }),
  fc.record({ kind: fc.constant('ANDD' as const), acpiDeviceNumber: octet, acpiObjectName: name }),
  fc.record({ kind: fc.constant('SATC' as const), ATC_REQUIRED: flag, segmentNumber: word, deviceScope: scope }),
  fc.record({ kind: fc.constant('SIDP' as const), segmentNumber: word, deviceScope: properties }),
  fc.record({ kind: fc.constant('other' as const), type: fc.integer({ min: 7, max: 0xffff }), data }),
);

/** Any table whose values fit their fields. */
export const randomTable: fc.Arbitrary<DmarTable> = fc.record({
  revision: octet,
  oemId: text(6),
  oemTableId: text(8),
  oemRevision: dword,
  creatorId: text(4),
  creatorRevision: dword,
  hostAddressWidth: fc.integer({ min: 1, max: 256 }),
  INTR_REMAP: flag,
  X2APIC_OPT_OUT: flag,
  DMA_CTRL_PLATFORM_OPT_IN_FLAG: flag,
  structures: fc.array(structure, { maxLength: 8 }),
});
