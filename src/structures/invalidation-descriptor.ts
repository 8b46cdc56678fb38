import { bit, bits, type Encodings, page, wide } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';

/*
 * Invalidation descriptors, §6.5.2: 128 or 256 bits. A queue of 256-bit descriptors (IQA_REG.DW=1) holds a 128-bit one with
 * 128 zero bits above it. The type is {11:9, 3:0} in all of them.
 */

/** In every descriptor. */
const UPPER_TYPE = bits(11, 9, 'Type, upper part', { 0: 'a defined type' });

/** The two parts of the type, which are where they are in every descriptor, before it is known which one it is. */
export const DESCRIPTOR_TYPE = Object.freeze({ lower: bits(3, 0, 'Type, lower part'), upper: UPPER_TYPE });

const lowerType = (value: number, name: string) => bits(3, 0, 'Type, lower part', { [value]: name });

/** In the descriptors of the two Device-TLB kinds; reserved if ECAP_REG.DIT=0. */
const PHYSICAL_FUNCTION = {
  'PFSID[3:0]': bits(15, 12, 'Physical Function Source-id, lower part'),
  'PFSID[15:4]': bits(63, 52, 'Physical Function Source-id, upper part'),
};

/** S of the two Device-TLB kinds, at different bits. */
const SIZE: Encodings = Object.freeze({ 0: '4 KB', 1: 'larger, as the low bits of ADDR say' });

/** Context-cache Invalidate, §6.5.2.1. */
export const ContextCacheInvalidationDescriptor = structure(
  'cc_inv_dsc',
  '§6.5.2.1',
  128,
  {
    'Type[3:0]': lowerType(0x1, 'cc_inv_dsc'),
    G: bits(5, 4, 'Granularity', {
      0: 'reserved',
      1: 'global',
      2: 'domain-selective',
      3: 'device-selective',
    }),
    'Type[6:4]': UPPER_TYPE,
    /** Ignored in scalable mode. */
    DID: bits(31, 16, 'Domain Identifier'),
    /** SID and FM are used if G is 11b. */
    SID: bits(47, 32, 'Source Identifier'),
    FM: bits(49, 48, 'Function Mask', {
      0: 'no bit of SID masked',
      1: 'bit 2 masked',
      2: 'bits 2:1 masked',
      3: 'bits 2:0 masked',
    }),
  },
  {
    reserved: [
      [8, 6],
      [15, 12],
      [63, 50],
      [127, 64],
    ],
  },
);

/** PASID-cache Invalidate, §6.5.2.2. */
export const PasidCacheInvalidationDescriptor = structure(
  'pc_inv_dsc',
  '§6.5.2.2',
  256,
  {
    'Type[3:0]': lowerType(0x7, 'pc_inv_dsc'),
    G: bits(5, 4, 'Granularity', {
      0: 'domain-selective',
      1: 'PASID-selective within domain',
      2: 'reserved',
      3: 'global',
    }),
    'Type[6:4]': UPPER_TYPE,
    /** Bits above the domain-id width, CAP_REG.ND, are ignored. */
    DID: bits(31, 16, 'Domain Identifier'),
    /** Ignored if G is 00b. */
    PASID: bits(51, 32, 'PASID'),
  },
  {
    reserved: [
      [8, 6],
      [15, 12],
      [63, 52],
      [127, 64],
      [255, 128],
    ],
  },
);

/** IOTLB Invalidate, §6.5.2.3. */
export const IotlbInvalidationDescriptor = structure(
  'iotlb_inv_dsc',
  '§6.5.2.3',
  128,
  {
    'Type[3:0]': lowerType(0x2, 'iotlb_inv_dsc'),
    /** 11b is invalid if CAP_REG.PSI=0. */
    G: bits(5, 4, 'Granularity', {
      0: 'reserved',
      1: 'global',
      2: 'domain-selective',
      3: 'page-selective within domain',
    }),
    /** DW and DR are ignored if VER_REG.MAX is 2 or more. */
    DW: bit(6, 'Drain Writes', { 0: 'writes not drained', 1: 'writes drained' }),
    DR: bit(7, 'Drain Reads', { 0: 'reads not drained', 1: 'reads drained' }),
    'Type[6:4]': UPPER_TYPE,
    /** Ignored if G is 01b. Bits above the domain-id width, CAP_REG.ND, are ignored. */
    DID: bits(31, 16, 'Domain Identifier'),
    /** AM, IH and ADDR are used if G is 11b. */
    AM: bits(69, 64, 'Address Mask'),
    IH: bit(70, 'Invalidation Hint', { 0: 'entries of any level changed', 1: 'only leaf entries changed' }),
    /** Bits above the guest address width, CAP_REG.MGAW, are ignored. */
    ADDR: page(127, 76, 'Address'),
  },
  {
    reserved: [
      [8, 8],
      [15, 12],
      [63, 32],
      [75, 71],
    ],
  },
);

/** PASID-based IOTLB Invalidate, §6.5.2.4. */
export const PasidIotlbInvalidationDescriptor = structure(
  'p_iotlb_inv_dsc',
  '§6.5.2.4',
  256,
  {
    'Type[3:0]': lowerType(0x6, 'p_iotlb_inv_dsc'),
    G: bits(5, 4, 'Granularity', {
      0: 'reserved',
      1: 'reserved',
      2: 'PASID-selective',
      3: 'page-selective within PASID',
    }),
    'Type[6:4]': UPPER_TYPE,
    /** Bits above the domain-id width, CAP_REG.ND, are ignored. */
    DID: bits(31, 16, 'Domain Identifier'),
    PASID: bits(51, 32, 'PASID'),
    /** AM, IH and ADDR are used if G is 11b. */
    AM: bits(69, 64, 'Address Mask'),
    IH: bit(70, 'Invalidation Hint'),
    ADDR: page(127, 76, 'Address'),
  },
  {
    reserved: [
      [8, 6],
      [15, 12],
      [63, 52],
      [75, 71],
      [255, 128],
    ],
  },
);

/** Device-TLB Invalidate, §6.5.2.5. */
export const DeviceTlbInvalidationDescriptor = structure(
  'dev_tlb_inv_dsc',
  '§6.5.2.5',
  128,
  {
    'Type[3:0]': lowerType(0x3, 'dev_tlb_inv_dsc'),
    'Type[6:4]': UPPER_TYPE,
    ...PHYSICAL_FUNCTION,
    /** 0 stands for 32. */
    MIP: bits(20, 16, 'Maximum Invalidations Pending'),
    SID: bits(47, 32, 'Source Identifier'),
    S: bit(64, 'Size', SIZE),
    ADDR: page(127, 76, 'Address'),
  },
  {
    reserved: [
      [8, 4],
      [31, 21],
      [51, 48],
      [75, 65],
    ],
  },
);

/** PASID-based Device-TLB Invalidate, §6.5.2.6. MIP, SID and S are not where the descriptor without PASID has them. */
export const PasidDeviceTlbInvalidationDescriptor = structure(
  'p_dev_tlb_inv_dsc',
  '§6.5.2.6',
  256,
  {
    'Type[3:0]': lowerType(0x8, 'p_dev_tlb_inv_dsc'),
    /** 0 stands for 32. */
    MIP: bits(8, 4, 'Maximum Invalidations Pending'),
    'Type[6:4]': UPPER_TYPE,
    ...PHYSICAL_FUNCTION,
    SID: bits(31, 16, 'Source Identifier'),
    /** Ignored if GI=1. */
    PASID: bits(51, 32, 'PASID'),
    GI: bit(64, 'Global Invalidate', { 0: 'this PASID', 1: 'every PASID' }),
    S: bit(75, 'Size', SIZE),
    ADDR: page(127, 76, 'Address'),
  },
  {
    reserved: [
      [74, 65],
      [255, 128],
    ],
  },
);

/** Host permission table cache Invalidate, §6.5.2.7. */
export const HptCacheInvalidationDescriptor = structure(
  'hpt_inv_desc',
  '§6.5.2.7',
  256,
  {
    'Type[3:0]': lowerType(0xa, 'hpt_inv_desc'),
    G: bits(5, 4, 'Granularity', {
      0: 'reserved',
      1: 'global',
      2: 'domain-selective',
      3: 'page-selective within domain',
    }),
    'Type[6:4]': UPPER_TYPE,
    /** Ignored if G is 01b. Bits above the domain-id width, CAP_REG.ND, are ignored. */
    HPTDID: bits(31, 16, 'Host Permission Table Domain Identifier'),
    /** AM and ADDR are used if G is 11b. */
    AM: bits(69, 64, 'Address Mask'),
    /** Ignored if G is 01b. */
    IH: bits(71, 70, 'Invalidation Hint', {
      0: 'level 1',
      1: 'levels 2 and 1',
      2: 'levels 3, 2 and 1',
      3: 'all levels',
    }),
    /** Bits 127:HAW+64 are ignored. */
    ADDR: page(127, 76, 'Address'),
  },
  {
    reserved: [
      [8, 6],
      [15, 12],
      [63, 32],
      [75, 72],
      [255, 128],
    ],
  },
);

/** Interrupt Entry Cache Invalidate, §6.5.2.8. */
export const InterruptEntryCacheInvalidationDescriptor = structure(
  'iec_inv_dsc',
  '§6.5.2.8',
  128,
  {
    'Type[3:0]': lowerType(0x4, 'iec_inv_dsc'),
    G: bit(4, 'Granularity', { 0: 'global', 1: 'index-selective' }),
    'Type[6:4]': UPPER_TYPE,
    /** IM and IIDX are used if G=1. */
    IM: bits(31, 27, 'Index Mask'),
    IIDX: bits(47, 32, 'Interrupt Index'),
  },
  {
    reserved: [
      [8, 5],
      [26, 12],
      [63, 48],
      [127, 64],
    ],
  },
);

/** Invalidation Wait, §6.5.2.9. */
export const InvalidationWaitDescriptor = structure(
  'inv_wait_dsc',
  '§6.5.2.9',
  128,
  {
    'Type[3:0]': lowerType(0x5, 'inv_wait_dsc'),
    IF: bit(4, 'Interrupt Flag', { 0: 'no interrupt', 1: 'invalidation completion event' }),
    SW: bit(5, 'Status Write', { 0: 'no status write', 1: 'StatusData written at StatusAddress' }),
    FN: bit(6, 'Fence Flag', { 0: 'no fence', 1: 'later descriptors wait' }),
    /** Reserved if ECAP_REG.PDS=0. */
    PD: bit(7, 'Page-request Drain', { 0: 'not ordered', 1: 'completes after earlier page requests are written' }),
    'Type[6:4]': UPPER_TYPE,
    /** StatusData and StatusAddress are ignored if SW=0. */
    StatusData: bits(63, 32, 'Status Data'),
    /** Bits 63:2 of the address; those from HAW up are ignored. */
    StatusAddress: wide(127, 66, 'Status Address'),
  },
  {
    reserved: [
      [8, 8],
      [31, 12],
      [65, 64],
    ],
  },
);
