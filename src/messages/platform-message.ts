import type { InterruptMessage } from './outcome.ts';

/** An event interrupt as it leaves the unit, §5.1.6: a DWORD write that is never remapped. */
export interface EventMessage {
  readonly kind: 'fault-event' | 'invalidation-event' | 'page-request-event' | 'performance-event';
  /** Where it is written, 64 bits. */
  readonly address: bigint;
  /** The 32-bit data. */
  readonly data: number;
}

/** A Device-TLB invalidation request to an endpoint, §6.5.2.5, §6.5.2.6. */
export interface DeviceTlbInvalidation {
  readonly kind: 'device-tlb-invalidation';
  /** The endpoint that it goes to. */
  readonly sourceId: number;
  /** ITag, by which the endpoint's completion names it. */
  readonly tag: number;
  /** The first address of the range, and its size in bytes: at least 4 KiB, a power of two up to 2^64. */
  readonly address: bigint;
  readonly size: bigint;
  /** Missing: translations without PASID, or with `global` those of every PASID. */
  readonly pasid?: number;
  /** The Global Invalidate bit. */
  readonly global: boolean;
}

/** Response codes of a page group response, Table 32. The others are reserved. */
export const RESPONSE_CODE = Object.freeze({ success: 0x0, invalidRequest: 0x1, failure: 0xf });

/** The answer to a group of page requests: of software, §7.6.1, or of the unit itself, §7.4.1. */
export interface PageGroupResponse {
  readonly kind: 'page-group-response';
  /** The endpoint that it goes to. */
  readonly sourceId: number;
  /** Page Request Group Index. */
  readonly group: number;
  /** A value of {@link RESPONSE_CODE}, or a reserved one. */
  readonly code: number;
  /** Missing: without PASID. */
  readonly pasid?: number;
}

/** Of a posted interrupt, §5.2.3: it goes to the processor in NDST with vector NV, and is never remapped. */
export interface Notification extends InterruptMessage {
  readonly kind: 'notification';
}

/** What leaves the unit on its own. */
export type PlatformMessage = EventMessage | DeviceTlbInvalidation | PageGroupResponse | Notification;
