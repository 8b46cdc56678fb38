import { bit, bits } from '../bits/field.ts';
import { register, ro, rsvdp, rsvdz, rw } from '../bits/register.ts';

/** The first dword of the MSI-X capability: Message Control is its upper half. */
export const MSI_X_CONTROL = register(
  'MSI-X Message Control',
  'PCI',
  { width: 32, offset: 0x00 },
  {
    ID: ro(bits(7, 0, 'Capability ID'), { reset: 0x11 }),
    NEXT: ro(bits(15, 8, 'Next Capability Pointer')),
    SIZE: ro(bits(26, 16, 'Table Size minus 1')),
    FM: rw(bit(30, 'Function Mask')),
    E: rw(bit(31, 'MSI-X Enable')),
  },
  [rsvdz(29, 27)],
);

/** Where the table lies. */
export const MSI_X_TABLE = register(
  'MSI-X Table Offset',
  'PCI',
  { width: 32, offset: 0x04 },
  { BIR: ro(bits(2, 0, 'BAR Indicator')), OFFSET: ro(bits(31, 3, 'Table Offset bits 31:3')) },
);

/** Where the pending bits lie. */
export const MSI_X_PBA = register(
  'MSI-X PBA Offset',
  'PCI',
  { width: 32, offset: 0x08 },
  { BIR: ro(bits(2, 0, 'BAR Indicator')), OFFSET: ro(bits(31, 3, 'PBA Offset bits 31:3')) },
);

/** An entry of the table, in memory. */
export const MSI_X_ENTRY = register(
  'MSI-X Table Entry',
  'PCI',
  { width: 128, offset: '16n' },
  {
    MA: rw(bits(31, 0, 'Message Address')),
    MUA: rw(bits(63, 32, 'Message Upper Address')),
    MD: rw(bits(95, 64, 'Message Data')),
    MASK: rw(bit(96, 'Mask Bit'), { reset: 1 }),
  },
  [rsvdp(127, 97)],
);
