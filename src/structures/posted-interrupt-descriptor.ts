import { bit, bits, wide } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';

/** Posted Interrupt Descriptor, §9.11. 512 bits, 64-byte aligned; updated in one atomic operation. */
export const PostedInterruptDescriptor = structure(
  'Posted Interrupt Descriptor',
  '§9.11',
  512,
  {
    /** Bit n is vector n. */
    PIR: wide(255, 0, 'Posted Interrupt Requests'),
    ON: bit(256, 'Outstanding Notification', {
      0: 'none outstanding, a post may notify',
      1: 'one outstanding, no other is sent',
    }),
    SN: bit(257, 'Suppress Notification', {
      0: 'posts may notify',
      1: 'only urgent posts may notify',
    }),
    NV: bits(279, 272, 'Notification Vector'),
    /** If EIME=0, bits 303:296 are the APIC id and 319:304 and 295:288 are reserved. */
    NDST: bits(319, 288, 'Notification Destination'),
  },
  {
    reserved: [
      [271, 258],
      [287, 280],
      [511, 320],
    ],
  },
);
