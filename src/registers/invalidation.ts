import { bit, bits, page } from '../bits/field.ts';
import { register, ro, ros, rsvdp, rsvdz, rw, rw1cs, wo } from '../bits/register.ts';
import { eventAddress, eventControl, eventData, eventUpperAddress } from './event.ts';
import { roX } from './implementation-value.ts';

const requires = 'ECAP_REG.QI';

/** Context Command Register, §11.4.6.1. */
export const CCMD_REG = register(
  'CCMD_REG',
  '§11.4.6.1',
  { width: 64, offset: 0x028 },
  {
    DID: rw(bits(15, 0, 'Domain-ID')),
    SID: wo(bits(31, 16, 'Source-ID')),
    FM: wo(
      bits(33, 32, 'Function Mask', {
        0: 'all source-id bits compared',
        1: 'bit 2 masked',
        2: 'bits 2:1 masked',
        3: 'bits 2:0 masked',
      }),
    ),
    CAIG: roX(
      bits(60, 59, 'Context Actual Invalidation Granularity', {
        0: 'request ignored',
        1: 'global',
        2: 'domain-selective',
        3: 'device-selective',
      }),
    ),
    CIRG: rw(
      bits(62, 61, 'Context Invalidation Request Granularity', {
        0: 'reserved',
        1: 'global',
        2: 'domain-selective',
        3: 'device-selective',
      }),
    ),
    ICC: rw(bit(63, 'Invalidate Context-Cache')),
  },
  [rsvdz(58, 34)],
);

/** Invalidate Address Register, §11.4.6.4. */
export const IVA_REG = register(
  'IVA_REG',
  '§11.4.6.4',
  { width: 64, offset: '16 * ECAP_REG.IRO' },
  {
    AM: wo(bits(5, 0, 'Address Mask')),
    IH: wo(bit(6, 'Invalidation Hint')),
    ADDR: wo(page(63, 12, 'Address')),
  },
  [rsvdz(11, 7)],
);

/** IOTLB Invalidate Register, §11.4.6.3. The table has bits 31:0 RsvdP, the figure RsvdZ: they read 0 in both. */
export const IOTLB_REG = register(
  'IOTLB_REG',
  '§11.4.6.3',
  { width: 64, offset: '16 * ECAP_REG.IRO + 8' },
  {
    DID: rw(bits(47, 32, 'Domain-ID')),
    DW: rw(bit(48, 'Drain Writes')),
    DR: rw(bit(49, 'Drain Reads')),
    IAIG: roX(
      bits(58, 57, 'IOTLB Actual Invalidation Granularity', {
        0: 'request ignored',
        1: 'global',
        2: 'domain-selective',
        3: 'page-selective within domain',
      }),
    ),
    IIRG: rw(
      bits(61, 60, 'IOTLB Invalidation Request Granularity', {
        0: 'reserved',
        1: 'global',
        2: 'domain-selective',
        3: 'page-selective within domain',
      }),
    ),
    IVT: rw(bit(63, 'Invalidate IOTLB')),
  },
  [{ ...rsvdp(31, 0), reset: 'x' }, rsvdz(56, 50), rsvdz(59), rsvdz(62)],
);

/** Invalidation Queue Head Register, §11.4.9.1. */
export const IQH_REG = register(
  'IQH_REG',
  '§11.4.9.1',
  { width: 64, offset: 0x080, requires },
  {
    /** In units of 16 bytes, as in IQT_REG: bit 4 stays 0 with 256-bit descriptors. */
    QH: ro(bits(18, 4, 'Queue Head')),
  },
  [rsvdz(3, 0), rsvdz(63, 19)],
);

/** Invalidation Queue Tail Register, §11.4.9.2. */
export const IQT_REG = register(
  'IQT_REG',
  '§11.4.9.2',
  { width: 64, offset: 0x088, requires },
  { QT: rw(bits(18, 4, 'Queue Tail')) },
  [rsvdz(3, 0), rsvdz(63, 19)],
);

/** Invalidation Queue Address Register, §11.4.9.3. */
export const IQA_REG = register(
  'IQA_REG',
  '§11.4.9.3',
  { width: 64, offset: 0x090, requires },
  {
    QS: rw(bits(2, 0, 'Queue Size, log2 of the pages')),
    DW: rw(bit(11, 'Descriptor Width', { 0: '128-bit descriptors', 1: '256-bit descriptors' })),
    IQA: rw(page(63, 12, 'Invalidation Queue Address')),
  },
  [rsvdz(10, 3)],
);

/** Invalidation Completion Status Register, §11.4.9.4. */
export const ICS_REG = register(
  'ICS_REG',
  '§11.4.9.4',
  { width: 32, offset: 0x09c, requires },
  { IWC: rw1cs(bit(0, 'Invalidation Wait Complete')) },
  [rsvdz(31, 1)],
);

/** Invalidation Event Control Register, §11.4.9.5. */
export const IECTL_REG = eventControl('IECTL_REG', '§11.4.9.5', { offset: 0x0a0, requires });

/** Invalidation Event Data Register, §11.4.9.6. */
export const IEDATA_REG = eventData('IEDATA_REG', '§11.4.9.6', { offset: 0x0a4, requires });

/** Invalidation Event Address Register, §11.4.9.7. */
export const IEADDR_REG = eventAddress('IEADDR_REG', '§11.4.9.7', { offset: 0x0a8, requires });

/** Invalidation Event Upper Address Register, §11.4.9.8. */
export const IEUADDR_REG = eventUpperAddress('IEUADDR_REG', '§11.4.9.8', { offset: 0x0ac, requires });

/** Invalidation Queue Error Record Register, §11.4.9.9. */
export const IQERCD_REG = register(
  'IQERCD_REG',
  '§11.4.9.9',
  { width: 64, offset: 0x0b0, requires },
  {
    IQEI: ros(
      bits(3, 0, 'Invalidation Queue Error Information', {
        0: 'no information',
        1: 'invalid tail',
        2: 'descriptor fetch error',
        3: 'invalid descriptor type',
        4: 'reserved field not zero',
        5: 'invalid descriptor width',
        6: 'tail not aligned to the descriptor width',
        7: 'invalid translation table mode',
      }),
    ),
    ITESID: ros(bits(47, 32, 'Invalidation Time-out Error Source-ID')),
    ICESID: ros(bits(63, 48, 'Invalidation Completion Error Source-ID')),
  },
  [rsvdz(31, 4)],
);
