import { bit, bits } from '../bits/field.ts';
import { register, ro, rsvdz } from '../bits/register.ts';
import { roX } from './implementation-value.ts';

/** Version Register, §11.4.1. */
export const VER_REG = register(
  'VER_REG',
  '§11.4.1',
  { width: 32, offset: 0x000 },
  {
    MIN: roX(bits(3, 0, 'Minor Version')),
    MAX: roX(bits(7, 4, 'Major Version')),
  },
  [rsvdz(31, 8)],
);

/** Capability Register, §11.4.2. */
export const CAP_REG = register(
  'CAP_REG',
  '§11.4.2',
  { width: 64, offset: 0x008 },
  {
    ND: roX(
      bits(2, 0, 'Number of Domains', {
        0: '4-bit domain-ids',
        1: '6-bit domain-ids',
        2: '8-bit domain-ids',
        3: '10-bit domain-ids',
        4: '12-bit domain-ids',
        5: '14-bit domain-ids',
        6: '16-bit domain-ids',
        7: 'reserved',
      }),
    ),
    RWBF: roX(bit(4, 'Write-Buffer Flushing Required')),
    PLMR: roX(bit(5, 'Protected Low-Memory Region')),
    PHMR: roX(bit(6, 'Protected High-Memory Region')),
    CM: roX(bit(7, 'Caching Mode')),
    /** A mask: bit 9 is 39-bit, bit 10 48-bit, bit 11 57-bit; 8 and 12 are reserved. */
    SAGAW: roX(bits(12, 8, 'Supported Adjusted Guest Address Widths')),
    MGAW: roX(bits(21, 16, 'Maximum Guest Address Width, minus 1')),
    ZLR: roX(bit(22, 'Zero-Length Read')),
    /** The table prints X and the text requires 0. */
    DEP: ro(bit(23, 'Deprecated')),
    FRO: roX(bits(33, 24, 'Fault-Recording Register Offset, in 16 bytes')),
    SSLPS: roX(bits(37, 34, 'Second-Stage Large Page Support', { 0: 'none', 1: '2 MB', 3: '2 MB and 1 GB' })),
    PSI: roX(bit(39, 'Page-Selective Invalidation')),
    NFR: roX(bits(47, 40, 'Number of Fault-Recording Registers, minus 1')),
    MAMV: roX(bits(53, 48, 'Maximum Address Mask Value')),
    DWD: roX(bit(54, 'Write Draining')),
    DRD: roX(bit(55, 'Read Draining')),
    FS1GP: roX(bit(56, 'First-Stage 1 GB Pages')),
    PI: roX(bit(59, 'Posted Interrupts')),
    FS5LP: roX(bit(60, 'First-Stage 5-Level Paging')),
    ECMDS: roX(bit(61, 'Enhanced Command Support')),
    ESIRTPS: roX(bit(62, 'Enhanced Set Interrupt Remap Table Pointer')),
    ESRTPS: roX(bit(63, 'Enhanced Set Root Table Pointer')),
  },
  [rsvdz(3), rsvdz(15, 13), rsvdz(38), rsvdz(58, 57)],
);

/** Extended Capability Register, §11.4.3. */
export const ECAP_REG = register(
  'ECAP_REG',
  '§11.4.3',
  { width: 64, offset: 0x010 },
  {
    C: roX(bit(0, 'Page-Walk Coherency', { 0: 'structures not snooped', 1: 'structures snooped' })),
    QI: roX(bit(1, 'Queued Invalidation')),
    DT: roX(bit(2, 'Device-TLB')),
    IR: roX(bit(3, 'Interrupt Remapping')),
    EIM: roX(bit(4, 'Extended Interrupt Mode', { 0: '8-bit APIC IDs', 1: '32-bit APIC IDs' })),
    DEP: ro(bit(5, 'Deprecated')),
    PT: roX(bit(6, 'Pass-Through')),
    SC: roX(bit(7, 'Snoop Control')),
    IRO: roX(bits(17, 8, 'IOTLB Register Offset, in 16 bytes')),
    MHMV: roX(bits(23, 20, 'Maximum Handle Mask Value')),
    MTS: roX(bit(25, 'Memory Type Support')),
    NEST: roX(bit(26, 'Nested Translation')),
    PRS: roX(bit(29, 'Page Requests')),
    ERS: ro(bit(30, 'Execute Requests')),
    SRS: roX(bit(31, 'Supervisor Requests')),
    NWFS: roX(bit(33, 'No-Write Flag')),
    EAFS: roX(bit(34, 'Extended-Accessed Flag')),
    PSS: roX(bits(39, 35, 'PASID Size Supported, minus 1')),
    PASID: roX(bit(40, 'Process Address Space ID')),
    DIT: roX(bit(41, 'Device-TLB Invalidation Throttling')),
    PDS: roX(bit(42, 'Page-Request Drain')),
    SMTS: roX(bit(43, 'Scalable Mode Translation')),
    VCS: roX(bit(44, 'Virtual Command')),
    SSADS: roX(bit(45, 'Second-Stage Accessed/Dirty')),
    SSTS: roX(bit(46, 'Second-Stage Translation')),
    FSTS: roX(bit(47, 'First-Stage Translation')),
    SMPWCS: roX(bit(48, 'Scalable-Mode Page-Walk Coherency')),
    RPS: roX(bit(49, 'RID_PASID Support')),
    TDXCS: roX(bit(50, 'TDX Connect')),
    PMS: roX(bit(51, 'Performance Monitoring')),
    ADMS: roX(bit(52, 'Abort-DMA Mode')),
    RPRIVS: roX(bit(53, 'RID_PRIV Support')),
    HPTS: roX(bit(55, 'Host Permission Tables')),
    PTRS: roX(bit(56, 'PASID in Translated Requests')),
    SSIRWS: roX(bit(57, 'Second-Stage IR/IW Bits')),
    SMS: roX(
      bit(58, 'Stop Marker', { 0: 'undefined when it cannot be queued', 1: 'dropped when it cannot be queued' }),
    ),
    HPT1GPS: roX(bit(59, 'Host Permission Table 1 GB Pages')),
    RDTS: roX(bit(60, 'Resource Director Technology')),
    EIMER: roX(bit(61, 'Extended Interrupt Mode Required')),
    IRREQ: roX(
      bit(62, 'Interrupt Requests while remapping is off', {
        0: 'taken as compatibility format',
        1: 'blocked, fault 2Bh',
      }),
    ),
  },
  // Bits 24 and 28 are deprecated: no field, because their access is RsvdZ. Bit 54 prints X and reads 0 like the rest.
  [rsvdz(19, 18), rsvdz(24), rsvdz(27), rsvdz(28), rsvdz(32), { ...rsvdz(54), reset: 'x' }, rsvdz(63)],
);
