import type { ReplayOptions } from './replay-recording.ts';

/** What is known of one recording. */
export interface Known extends ReplayOptions {
  /** By the id of docs/findings.md: the steps where QEMU departs for this reason, or because of an earlier one of them. */
  readonly departs?: Readonly<Record<string, readonly number[]>>;
}

/** The PASID-table entry of the recordings with first-stage translation. */
const SNOOPED = '0x1004000';

/** What is known of recordings that do not simply come out as the model has it. `full` is a unit that caches. */
export const KNOWN: Readonly<Record<string, Known>> = {
  'context-cache-qi': { caches: 'full' },
  'fs-4level': { snoopedBy: SNOOPED, departs: { D_FLAG: [29, 37, 43] } },
  'fs-canonical': { snoopedBy: SNOOPED },
  'fs-no-1g': { snoopedBy: SNOOPED, departs: { FS_1G: [13] } },
  'fs-piotlb': { caches: 'full', snoopedBy: SNOOPED },
  'iotlb-permission-upgrade': { caches: 'full', departs: { IOTLB_RIGHTS: [15, 20] } },
  'iotlb-reg-global': { caches: 'full' },
  'iotlb-reg-page-mask-too-big': { caches: 'full' },
  'ir-fault-24': { departs: { IRTE_RESERVED: [22, 28, 31] } },
  'legacy-permissions-anded': { departs: { IOTLB_RIGHTS: [19] } },
  'qi-context-reserved': { departs: { IQERCD: [12] } },
  'qi-iotlb-granularity': { departs: { IQERCD: [12] } },
  'qi-register-while-queued': { caches: 'full', departs: { REG_QUEUE: [23, 25] } },
  'qi-type-zero': { departs: { IQERCD: [12] } },
  'qi-wait-nothing': { departs: { WAIT_NOTHING: [9, 10, 11] } },
  'sm-bus1': { departs: { SM_REASON: [17, 18] } },
  'sm-fault-pasid-access': { departs: { SM_REGISTER: [14, 16] } },
  'sm-fault-reserved': { departs: { SM_REASON: [16, 24, 32, 41], SM_REGISTER: [21, 23, 29, 31, 38, 40] } },
  'sm-fpd': { departs: { SM_REGISTER: [18, 20, 28, 30] } },
  'sm-qi-256': {
    departs: { DEVICE_TLB: [53, 54, 55, 59, 60, 61, 65, 66, 68, 73, 77, 78, 80, 85, 89] },
  },
  'sm-ss-3level': { departs: { SM_REASON: [16] } },
};
