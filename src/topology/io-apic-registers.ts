import { bit, bits } from '../bits/field.ts';
import { register, ro, rsvdz, rw } from '../bits/register.ts';
import { structure } from '../bits/structure.ts';

/** Offsets in the I/O APIC's page of memory, in bytes. */
export const WINDOW = Object.freeze({ IOREGSEL: 0x00, IOWIN: 0x10, EOI: 0x40 });

/** Registers behind IOWIN, by what IOREGSEL holds: dwords, two a redirection entry. */
export const INDEX = Object.freeze({ ID: 0x00, VERSION: 0x01, ARBITRATION: 0x02, REDIRECTION: 0x10 });

/** From this version on an I/O APIC has an EOI register. */
export const FIRST_VERSION_WITH_EOI = 0x20;

/** In both formats of an entry. */
const PIN = {
  V: bits(7, 0, 'Vector'),
  DLS: bit(12, 'Delivery Status', { 0: 'idle', 1: 'send pending' }),
  POL: bit(13, 'Polarity', { 0: 'active high', 1: 'active low' }),
  IRR: bit(14, 'Remote IRR', { 1: 'sent, no EOI yet' }),
  TM: bit(15, 'Trigger Mode', { 0: 'edge', 1: 'level' }),
  M: bit(16, 'Mask'),
};

/** Delivery Mode: of the remappable format 000b, so that SHV is 0 in the request, §5.1.5.1. */
const DLM = bits(10, 8, 'Delivery Mode');

/** Redirection table entry of an I/O APIC, compatibility format, as the 82093AA has it. */
export const RedirectionEntry = structure(
  'I/O APIC Redirection Table Entry (compatibility format)',
  '82093AA',
  64,
  {
    ...PIN,
    DLM,
    DM: bit(11, 'Destination Mode', { 0: 'physical', 1: 'logical' }),
    FORMAT: bit(48, 'Interrupt Format', { 0: 'compatibility' }),
    DST: bits(63, 56, 'Destination'),
  },
  {
    reserved: [
      [47, 17],
      [55, 49],
    ],
  },
);

/** Redirection table entry of an I/O APIC, remappable format, §5.1.5.1. */
export const RemappableRedirectionEntry = structure(
  'I/O APIC Redirection Table Entry (remappable format)',
  '§5.1.5.1',
  64,
  {
    ...PIN,
    DLM,
    INDEX_15: bit(11, 'Interrupt Index bit 15'),
    FORMAT: bit(48, 'Interrupt Format', { 1: 'remappable' }),
    INDEX_14_0: bits(63, 49, 'Interrupt Index bits 14:0'),
  },
  { reserved: [[47, 17]] },
);

const { V, DLS, POL, IRR, TM, M } = PIN;
const { INDEX_15, INDEX_14_0, FORMAT } = RemappableRedirectionEntry;

/** A redirection table entry as the I/O APIC keeps it: the bits of both formats. */
export const IOREDTBL = register(
  'IOREDTBL',
  '§5.1.5.1',
  { width: 64, offset: 'index 10h + 2n' },
  {
    V: rw(V),
    DLM: rw(DLM),
    INDEX_15: rw(INDEX_15),
    DLS: ro(DLS),
    POL: rw(POL),
    IRR: ro(IRR),
    TM: rw(TM),
    M: rw(M, { reset: 1 }),
    FORMAT: rw(FORMAT),
    INDEX_14_0: rw(INDEX_14_0),
  },
  [rsvdz(47, 17)],
);

/** Index 0. */
export const IOAPICID = register(
  'IOAPICID',
  '82093AA',
  { width: 32, offset: 'index 0' },
  { ID: rw(bits(27, 24, 'I/O APIC Identification')) },
  [rsvdz(23, 0), rsvdz(31, 28)],
);

/** Index 1. */
export const IOAPICVER = register(
  'IOAPICVER',
  '82093AA',
  { width: 32, offset: 'index 1' },
  { VERSION: ro(bits(7, 0, 'APIC Version')), MRE: ro(bits(23, 16, 'Maximum Redirection Entry')) },
  [rsvdz(15, 8), rsvdz(31, 24)],
);

/** Index 2. */
export const IOAPICARB = register(
  'IOAPICARB',
  '82093AA',
  { width: 32, offset: 'index 2' },
  { ARB: ro(bits(27, 24, 'Arbitration Identification')) },
  [rsvdz(23, 0), rsvdz(31, 28)],
);
