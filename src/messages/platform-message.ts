/** An event interrupt as it leaves the unit, §5.1.6: a DWORD write that is never remapped. */
export interface EventMessage {
  readonly kind: 'fault-event' | 'invalidation-event' | 'page-request-event' | 'performance-event';
  /** Where it is written, 64 bits. */
  readonly address: bigint;
  /** The 32-bit data. */
  readonly data: number;
}

/** What leaves the unit on its own. */
export type PlatformMessage = EventMessage;
