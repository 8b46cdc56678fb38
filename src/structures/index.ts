import type { Field, Range, Words } from '../bits/field.ts';
import { ContextEntry } from './context-entry.ts';
import {
  FirstStageEntry,
  PdEntry,
  PdEntry2M,
  PdpEntry,
  PdpEntry1G,
  Pml4Entry,
  Pml5Entry,
  PtEntry,
} from './first-stage-entry.ts';
import { HptL1Entry, HptL2Entry, HptL3Entry, HptL4Entry, PAGE_PERMISSIONS } from './host-permission-entry.ts';
import { InterruptRemappingEntry, PostedInterruptRemappingEntry } from './interrupt-remapping-entry.ts';
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
} from './invalidation-descriptor.ts';
import { PageGroupResponseDescriptor, PageRequestDescriptor } from './page-request.ts';
import { PasidDirectoryEntry } from './pasid-directory-entry.ts';
import { PasidTableEntry } from './pasid-table-entry.ts';
import { PostedInterruptDescriptor } from './posted-interrupt-descriptor.ts';
import { RootEntry } from './root-entry.ts';
import { ScalableModeContextEntry } from './scalable-mode-context-entry.ts';
import { ScalableModeRootEntry } from './scalable-mode-root-entry.ts';
import {
  SecondStageEntry,
  SsPdEntry,
  SsPdEntry2M,
  SsPdpEntry,
  SsPdpEntry1G,
  SsPml4Entry,
  SsPml5Entry,
  SsPtEntry,
} from './second-stage-entry.ts';
import { TranslationCompletionEntry } from './translation-completion.ts';

export type { Encodings, Field, NumberField, Range, WideField, Words } from '../bits/field.ts';
export type { Fields, FieldValues, Structure } from '../bits/structure.ts';
export type { PagePermission } from './host-permission-entry.ts';
export {
  ContextCacheInvalidationDescriptor,
  ContextEntry,
  DeviceTlbInvalidationDescriptor,
  FirstStageEntry,
  HptCacheInvalidationDescriptor,
  HptL1Entry,
  HptL2Entry,
  HptL3Entry,
  HptL4Entry,
  InterruptEntryCacheInvalidationDescriptor,
  InterruptRemappingEntry,
  InvalidationWaitDescriptor,
  IotlbInvalidationDescriptor,
  PAGE_PERMISSIONS,
  PageGroupResponseDescriptor,
  PageRequestDescriptor,
  PasidCacheInvalidationDescriptor,
  PasidDeviceTlbInvalidationDescriptor,
  PasidDirectoryEntry,
  PasidIotlbInvalidationDescriptor,
  PasidTableEntry,
  PdEntry,
  PdEntry2M,
  PdpEntry,
  PdpEntry1G,
  Pml4Entry,
  Pml5Entry,
  PostedInterruptDescriptor,
  PostedInterruptRemappingEntry,
  PtEntry,
  RootEntry,
  ScalableModeContextEntry,
  ScalableModeRootEntry,
  SecondStageEntry,
  SsPdEntry,
  SsPdEntry2M,
  SsPdpEntry,
  SsPdpEntry1G,
  SsPml4Entry,
  SsPml5Entry,
  SsPtEntry,
  TranslationCompletionEntry,
};

/** A structure for a tool that does not know which: its fields are known by their names only. */
export interface AnyStructure {
  readonly title: string;
  readonly section: string;
  readonly width: number;
  readonly fields: Readonly<Record<string, Field>>;
  readonly reserved: readonly Range[];
  readonly ignored: readonly Range[];
  readonly reservedMask: Words;
  pack(values: Readonly<Record<string, number | bigint>>): Words;
  unpack(words: Words): Readonly<Record<string, number | bigint>>;
}

/**
 * Every format of the document by a lasting id, for the decoder, the linter and the export. The entries of any level,
 * FirstStageEntry and SecondStageEntry, are not formats of the document and not here.
 */
export const STRUCTURES: Readonly<Record<string, AnyStructure>> = Object.freeze({
  'root-entry': RootEntry,
  'sm-root-entry': ScalableModeRootEntry,
  'context-entry': ContextEntry,
  'sm-context-entry': ScalableModeContextEntry,
  'sm-pasid-directory-entry': PasidDirectoryEntry,
  'sm-pasid-table-entry': PasidTableEntry,
  'fs-pml5e': Pml5Entry,
  'fs-pml4e': Pml4Entry,
  'fs-pdpe-1g': PdpEntry1G,
  'fs-pdpe-table': PdpEntry,
  'fs-pde-2m': PdEntry2M,
  'fs-pde-table': PdEntry,
  'fs-pte': PtEntry,
  'ss-pml5e': SsPml5Entry,
  'ss-pml4e': SsPml4Entry,
  'ss-pdpe-1g': SsPdpEntry1G,
  'ss-pdpe-table': SsPdpEntry,
  'ss-pde-2m': SsPdEntry2M,
  'ss-pde-table': SsPdEntry,
  'ss-pte': SsPtEntry,
  'irte-remapped': InterruptRemappingEntry,
  'irte-posted': PostedInterruptRemappingEntry,
  'posted-interrupt-descriptor': PostedInterruptDescriptor,
  hptl4e: HptL4Entry,
  hptl3e: HptL3Entry,
  hptl2e: HptL2Entry,
  hptl1e: HptL1Entry,
  'page-request-descriptor': PageRequestDescriptor,
  'page-group-response-descriptor': PageGroupResponseDescriptor,
  'inv-context-cache': ContextCacheInvalidationDescriptor,
  'inv-pasid-cache': PasidCacheInvalidationDescriptor,
  'inv-iotlb': IotlbInvalidationDescriptor,
  'inv-pasid-iotlb': PasidIotlbInvalidationDescriptor,
  'inv-device-tlb': DeviceTlbInvalidationDescriptor,
  'inv-pasid-device-tlb': PasidDeviceTlbInvalidationDescriptor,
  'inv-hpt-cache': HptCacheInvalidationDescriptor,
  'inv-interrupt-entry-cache': InterruptEntryCacheInvalidationDescriptor,
  'inv-wait': InvalidationWaitDescriptor,
  'translation-completion': TranslationCompletionEntry,
});
