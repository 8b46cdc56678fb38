import { bit, bits } from '../bits/field.ts';
import { register, ro, rsvdz, rw } from '../bits/register.ts';

/** The first dword of the MSI capability: Message Control is its upper half. */
export const MSI_CONTROL = register(
  'MSI Message Control',
  'PCI',
  { width: 32, offset: 0x00 },
  {
    ID: ro(bits(7, 0, 'Capability ID'), { reset: 0x05 }),
    NEXT: ro(bits(15, 8, 'Next Capability Pointer')),
    E: rw(bit(16, 'MSI Enable')),
    MMC: ro(bits(19, 17, 'Multiple Message Capable, log2')),
    MME: rw(bits(22, 20, 'Multiple Message Enable, log2')),
    C64: ro(bit(23, '64-bit Address Capable')),
    PVM: ro(bit(24, 'Per-Vector Masking Capable')),
  },
  [rsvdz(31, 25)],
);

/** Message Address, bits 31:0. */
export const MSI_ADDRESS = register(
  'MSI Message Address',
  'PCI',
  { width: 32, offset: 0x04 },
  { MA: rw(bits(31, 2, 'Message Address bits 31:2')) },
  [rsvdz(1, 0)],
);

/** Message Upper Address: with C64=1. */
export const MSI_UPPER_ADDRESS = register(
  'MSI Message Upper Address',
  'PCI',
  { width: 32, offset: 0x08 },
  { MUA: rw(bits(31, 0, 'Message Address bits 63:32')) },
);

/** Message Data: at 08h, or 0Ch with C64=1. */
export const MSI_DATA = register(
  'MSI Message Data',
  'PCI',
  { width: 32, offset: '08h, or 0Ch with C64=1' },
  { MD: rw(bits(15, 0, 'Message Data')) },
  [rsvdz(31, 16)],
);

/** Mask Bits: with PVM=1, behind Message Data. */
export const MSI_MASK = register(
  'MSI Mask Bits',
  'PCI',
  { width: 32, offset: '0Ch, or 10h with C64=1' },
  { MASK: rw(bits(31, 0, 'Mask Bits')) },
);

/** Pending Bits: with PVM=1, behind Mask Bits. */
export const MSI_PENDING = register(
  'MSI Pending Bits',
  'PCI',
  { width: 32, offset: '10h, or 14h with C64=1' },
  { PENDING: ro(bits(31, 0, 'Pending Bits')) },
);
