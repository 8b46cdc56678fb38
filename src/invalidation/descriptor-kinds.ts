import type { NumberField, Range } from '../bits/field.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import type { SpecRevision } from '../platform/revision.ts';
import {
  ContextCacheInvalidationDescriptor,
  DeviceTlbInvalidationDescriptor,
  HptCacheInvalidationDescriptor,
  InterruptEntryCacheInvalidationDescriptor,
  InvalidationWaitDescriptor,
  IotlbInvalidationDescriptor,
  PasidCacheInvalidationDescriptor,
  PasidDeviceTlbInvalidationDescriptor,
  PasidIotlbInvalidationDescriptor,
} from '../structures/invalidation-descriptor.ts';
import { PageGroupResponseDescriptor } from '../structures/page-request.ts';

/** What a unit demands of one type of descriptor beyond its layout, §6.5.2. */
export interface DescriptorKind {
  readonly format: StructureDeclaration;
  /** The capability without which the type is invalid. */
  readonly requires?: string;
  /** G, if it has reserved encodings: the layout names them. */
  readonly granularity?: NumberField;
  /** Fields that are reserved without a capability. */
  readonly reservedWithout?: { readonly capability: string; readonly fields: readonly NumberField[] };
  /** Bits that were reserved before a revision. */
  readonly reservedBefore?: { readonly revision: SpecRevision; readonly bits: readonly Range[] };
  /** What the finest granularity demands. */
  readonly finest?: {
    readonly granularity: NumberField;
    readonly is: number;
    /** The capability without which it is invalid. */
    readonly requires?: string;
    readonly mask: NumberField;
    /** The capability that holds the largest mask. */
    readonly largest: string;
  };
}

const Iotlb = IotlbInvalidationDescriptor;
const InterruptEntryCache = InterruptEntryCacheInvalidationDescriptor;
const DeviceTlb = DeviceTlbInvalidationDescriptor;
const PasidDeviceTlb = PasidDeviceTlbInvalidationDescriptor;

/** Every type that is defined, §6.5.2.1 to §6.5.2.9 and §7.6.1. */
export const DESCRIPTOR_KINDS: Readonly<Record<number, DescriptorKind>> = Object.freeze({
  1: { format: ContextCacheInvalidationDescriptor, granularity: ContextCacheInvalidationDescriptor.G },
  2: {
    format: Iotlb,
    granularity: Iotlb.G,
    finest: { granularity: Iotlb.G, is: 0b11, requires: 'CAP_REG.PSI', mask: Iotlb.AM, largest: 'CAP_REG.MAMV' },
  },
  3: {
    format: DeviceTlb,
    requires: 'ECAP_REG.DT',
    reservedWithout: {
      capability: 'ECAP_REG.DIT',
      fields: [DeviceTlb['PFSID[3:0]'], DeviceTlb['PFSID[15:4]']],
    },
  },
  4: {
    format: InterruptEntryCache,
    finest: { granularity: InterruptEntryCache.G, is: 1, mask: InterruptEntryCache.IM, largest: 'ECAP_REG.MHMV' },
  },
  5: {
    format: InvalidationWaitDescriptor,
    reservedWithout: { capability: 'ECAP_REG.PDS', fields: [InvalidationWaitDescriptor.PD] },
  },
  // §6.5.2.4: every AM is supported, whatever PSI and MAMV are.
  6: { format: PasidIotlbInvalidationDescriptor, granularity: PasidIotlbInvalidationDescriptor.G },
  7: { format: PasidCacheInvalidationDescriptor, granularity: PasidCacheInvalidationDescriptor.G },
  8: {
    format: PasidDeviceTlb,
    requires: 'ECAP_REG.DT',
    reservedWithout: {
      capability: 'ECAP_REG.DIT',
      fields: [PasidDeviceTlb['PFSID[3:0]'], PasidDeviceTlb['PFSID[15:4]']],
    },
  },
  9: {
    format: PageGroupResponseDescriptor,
    requires: 'ECAP_REG.PRS',
    reservedBefore: { revision: '5.10', bits: [[66, 66]] },
  },
  10: {
    format: HptCacheInvalidationDescriptor,
    requires: 'ECAP_REG.HPTS',
    granularity: HptCacheInvalidationDescriptor.G,
  },
});

const NONE: readonly number[] = [];
const UP_TO_WAIT: readonly number[] = [0x1, 0x2, 0x3, 0x4, 0x5];
const ALL: readonly number[] = [...UP_TO_WAIT, 0x6, 0x7, 0x8, 0x9, 0xa];

/** Table 26: the types that a queue may hold, by IQA_REG.DW and then by TTM (legacy, scalable, reserved, abort-dma). */
export const ALLOWED_TYPES: readonly (readonly (readonly number[])[])[] = Object.freeze([
  [UP_TO_WAIT, NONE, NONE, NONE],
  [UP_TO_WAIT, ALL, NONE, ALL],
]);
