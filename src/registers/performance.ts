import { bit, bits, wide } from '../bits/field.ts';
import { register, ro, rsvdp, rsvdz, rw1c, rwl, rwlv } from '../bits/register.ts';
import { eventAddress, eventControl, eventData, eventUpperAddress } from './event.ts';
import { roX } from './implementation-value.ts';

// The locks of the RWL and RWLV fields, §11.4.13: while PERFCNTRCFG_REG.EN of their counter is 1, and for the counter
// itself only where PERFCAP_REG.CWE is 0.

const requires = 'ECAP_REG.PMS';

/** Performance Monitoring Capability Register, §11.4.13.2. Bits 63:60 are printed as `Rsvd` with the value Fh. */
export const PERFCAP_REG = register(
  'PERFCAP_REG',
  '§11.4.13.2',
  { width: 64, offset: 0x300, requires },
  {
    NCNTR: roX(bits(15, 0, 'Number of Counters')),
    CW: roX(bits(22, 16, 'Counter Width')),
    EGCNT: roX(bits(28, 24, 'Event Group Count')),
    RIDFS: roX(bit(32, 'Requester-ID Filter')),
    DIDFS: roX(bit(33, 'Domain-ID Filter')),
    PASIDFS: roX(bit(34, 'PASID Filter')),
    ATFS: roX(bit(35, 'Address Type Filter')),
    PTLFS: roX(bit(36, 'Page Table Level Filter')),
    CWE: roX(bit(48, 'Counters Writable while Enabled')),
    GFS: roX(bit(49, 'Global Freeze on Overflow')),
    IOS: roX(bit(50, 'Interrupt on Overflow')),
    PCCS: roX(bit(51, 'Per-Counter Capabilities')),
    CS: roX(bits(54, 52, 'Counter Stride, log2 of the bytes minus 10')),
  },
  [rsvdz(23), rsvdz(31, 29), rsvdz(47, 37), rsvdz(59, 55), { ...rsvdp(63, 60), reset: 0xf }],
);

/** Performance Monitoring Configuration Offset Register, §11.4.13.3. */
export const PERFCFGOFF_REG = register(
  'PERFCFGOFF_REG',
  '§11.4.13.3',
  { width: 32, offset: 0x310, requires },
  { CFGO: roX(bits(31, 0, 'Configuration Offset, in bytes')) },
);

/** Performance Monitoring Freeze Offset Register, §11.4.13.4. */
export const PERFFRZOFF_REG = register(
  'PERFFRZOFF_REG',
  '§11.4.13.4',
  { width: 32, offset: 0x314, requires },
  { FZO: roX(bits(31, 0, 'Freeze Status Offset, in bytes')) },
);

/** Performance Monitoring Overflow Offset Register, §11.4.13.5. */
export const PERFOVFOFF_REG = register(
  'PERFOVFOFF_REG',
  '§11.4.13.5',
  { width: 32, offset: 0x318, requires },
  { OFO: roX(bits(31, 0, 'Overflow Status Offset, in bytes')) },
);

/** Performance Monitoring Counter Offset Register, §11.4.13.6. */
export const PERFCNTROFF_REG = register(
  'PERFCNTROFF_REG',
  '§11.4.13.6',
  { width: 32, offset: 0x31c, requires },
  { CNTO: roX(bits(31, 0, 'Counter Offset, in bytes')) },
);

/** Performance Monitoring Interrupt Status Register, §11.4.13.7. */
export const PERFINTRSTS_REG = register(
  'PERFINTRSTS_REG',
  '§11.4.13.7',
  { width: 32, offset: 0x324, requires },
  { PIS: rw1c(bit(0, 'Performance Monitoring Interrupt Status')) },
  [rsvdz(31, 1)],
);

/** Performance Monitoring Interrupt Control Register, §11.4.13.8. */
export const PERFINTRCTL_REG = eventControl('PERFINTRCTL_REG', '§11.4.13.8', { offset: 0x328, requires });

/** Performance Monitoring Interrupt Data Register, §11.4.13.9. */
export const PERFINTRDATA_REG = eventData('PERFINTRDATA_REG', '§11.4.13.9', { offset: 0x32c, requires });

/** Performance Monitoring Interrupt Address Register, §11.4.13.10. */
export const PERFINTRADDR_REG = eventAddress('PERFINTRADDR_REG', '§11.4.13.10', { offset: 0x330, requires });

/** Performance Monitoring Interrupt Upper Address Register, §11.4.13.11. */
export const PERFINTRUADDR_REG = eventUpperAddress('PERFINTRUADDR_REG', '§11.4.13.11', { offset: 0x334, requires });

/** Performance Monitoring Freeze Status Registers, §11.4.13.12: counter c is bit c mod 64 of register c div 64. */
export const PERFFRZSTS_REG = register(
  'PERFFRZSTS_REG',
  '§11.4.13.12',
  { width: 64, offset: 'PERFFRZOFF_REG.FZO + 8 * m', requires },
  { FS: ro(wide(63, 0, 'Freeze Status')) },
);

/** Performance Monitoring Overflow Status Registers, §11.4.13.13: a bit per counter, as in PERFFRZSTS_REG. */
export const PERFOVFSTS_REG = register(
  'PERFOVFSTS_REG',
  '§11.4.13.13',
  { width: 64, offset: 'PERFOVFOFF_REG.OFO + 8 * m', requires },
  { OS: rw1c(wide(63, 0, 'Overflow Status')) },
);

/** Performance Monitoring Event Capability Registers, §11.4.13.14: one an event group. */
export const PERFEVNTCAP_REG = register(
  'PERFEVNTCAP_REG',
  '§11.4.13.14',
  { width: 64, offset: '0x380 + 8 * g', requires },
  { ES: roX(bits(27, 0, 'Events Supported')) },
  [rsvdz(63, 28)],
);

/**
 * Performance Monitoring Counter Configuration Registers, §11.4.13.15. IO and GFO are fields even where the counter
 * does not support them: the enable command is what checks them, so that they must be storable.
 */
export const PERFCNTRCFG_REG = register(
  'PERFCNTRCFG_REG',
  '§11.4.13.15',
  { width: 64, offset: 'PERFCFGOFF_REG.CFGO + 0x100 * c', requires },
  {
    EN: ro(bit(0, 'Enable')),
    IO: rwl(bit(1, 'Interrupt on Overflow')),
    GFO: rwl(bit(2, 'Global Freeze on Overflow')),
    EGI: rwl(bits(11, 8, 'Event Group Index')),
    ES: rwl(bits(59, 32, 'Event Select')),
  },
  [rsvdz(7, 3), rsvdz(31, 12), rsvdz(63, 60)],
);

/** Performance Monitoring Counter Requester-ID Filter Registers, §11.4.13.16. */
export const PERFCNTR_RIDFLTR_REG = register(
  'PERFCNTR_RIDFLTR_REG',
  '§11.4.13.16',
  { width: 32, offset: 'PERFCFGOFF_REG.CFGO + 0x100 * c + 0x8', requires: `${requires} and PERFCAP_REG.RIDFS` },
  {
    RID: rwl(bits(15, 0, 'Requester-ID')),
    EN: rwl(bit(31, 'Enable')),
  },
  [rsvdz(30, 16)],
);

/** Performance Monitoring Counter Domain-ID Filter Registers, §11.4.13.17. */
export const PERFCNTR_DIDFLTR_REG = register(
  'PERFCNTR_DIDFLTR_REG',
  '§11.4.13.17',
  { width: 32, offset: 'PERFCFGOFF_REG.CFGO + 0x100 * c + 0xc', requires: `${requires} and PERFCAP_REG.DIDFS` },
  {
    DID: rwl(bits(15, 0, 'Domain-ID')),
    EN: rwl(bit(31, 'Enable')),
  },
  [rsvdz(30, 16)],
);

/** Performance Monitoring Counter PASID Filter Registers, §11.4.13.18. The figure gives PFM a third bit, 22. */
export const PERFCNTR_PASIDFLTR_REG = register(
  'PERFCNTR_PASIDFLTR_REG',
  '§11.4.13.18',
  { width: 32, offset: 'PERFCFGOFF_REG.CFGO + 0x100 * c + 0x10', requires: `${requires} and PERFCAP_REG.PASIDFS` },
  {
    PASID: rwl(bits(19, 0, 'PASID')),
    PFM: rwl(
      bits(21, 20, 'PASID Filter Mode', {
        0: 'with this PASID',
        1: 'with any PASID',
        2: 'without PASID',
        3: 'reserved',
      }),
    ),
    EN: rwl(bit(31, 'Enable')),
  },
  [rsvdz(30, 22)],
);

/** Performance Monitoring Counter Address Type Filter Registers, §11.4.13.19. */
export const PERFCNTR_ATFLTR_REG = register(
  'PERFCNTR_ATFLTR_REG',
  '§11.4.13.19',
  { width: 32, offset: 'PERFCFGOFF_REG.CFGO + 0x100 * c + 0x14', requires: `${requires} and PERFCAP_REG.ATFS` },
  {
    /** A mask: untranslated, translation, translated, reserved, host permission table prefetch. */
    AT: rwl(bits(4, 0, 'Address Types')),
    EN: rwl(bit(31, 'Enable')),
  },
  [rsvdz(30, 5)],
);

/** Performance Monitoring Counter Page Table Level Filter Registers, §11.4.13.20. */
export const PERFCNTR_PTLFLTR_REG = register(
  'PERFCNTR_PTLFLTR_REG',
  '§11.4.13.20',
  { width: 32, offset: 'PERFCFGOFF_REG.CFGO + 0x100 * c + 0x18', requires: `${requires} and PERFCAP_REG.PTLFS` },
  {
    /** A mask: level 1 is bit 0. Printed WO, although the fields of all other filters are RWL: a choice of the unit. */
    PTL: rwl(bits(4, 0, 'Page Table Levels')),
    EN: rwl(bit(31, 'Enable')),
  },
  [rsvdz(30, 5)],
);

/** Performance Monitoring Counter Capability Registers, §11.4.13.21. */
export const PERFCNTRCAP_REG = register(
  'PERFCNTRCAP_REG',
  '§11.4.13.21',
  { width: 32, offset: 'PERFCFGOFF_REG.CFGO + 0x100 * c + 0x80', requires: `${requires} and PERFCAP_REG.PCCS` },
  {
    PCC: roX(bit(0, 'Per-Counter Capability', { 0: 'as in PERFCAP_REG', 1: 'as given here' })),
    CW: roX(bits(15, 8, 'Counter Width')),
    IOS: roX(bit(16, 'Interrupt on Overflow')),
    GFS: roX(bit(17, 'Global Freeze on Overflow')),
    EGCNT: roX(bits(31, 28, 'Event Group Count')),
  },
  [rsvdz(7, 1), rsvdz(27, 18)],
);

/** Performance Monitoring Counter Event Capability Registers, §11.4.13.22: one an event group of the counter. */
export const PERFCNTREVCAP_REG = register(
  'PERFCNTREVCAP_REG',
  '§11.4.13.22',
  { width: 32, offset: 'PERFCFGOFF_REG.CFGO + 0x100 * c + 0x84 + 4 * e', requires: `${requires} and PERFCAP_REG.PCCS` },
  {
    ES: roX(bits(27, 0, 'Events Supported')),
    EGI: ro(bits(31, 28, 'Event Group Index'), { reset: 'x', requires: 'PERFCNTRCAP_REG.PCC' }),
  },
);

/** Performance Monitoring Counter Registers, §11.4.13.23. Bits at and above the counter's width are reserved. */
export const PERFCNTR_REG = register(
  'PERFCNTR_REG',
  '§11.4.13.23',
  { width: 64, offset: 'PERFCNTROFF_REG.CNTO + c * 2^(PERFCAP_REG.CS + 10)', requires },
  { CNTR: rwlv(wide(63, 0, 'Counter')) },
);
