import type { AddressTypeName } from '../messages/dma-request.ts';

/** AT of a record, §11.4.7.6: no request with 11b is ever recorded. */
export type RecordedType = Exclude<AddressTypeName, 'reserved'>;

/** A fault as a log or a fault record tells it, §7.2. What is not told is missing. */
export interface LoggedFault {
  /** What was recorded: a memory request, or an interrupt request. */
  readonly kind: 'dma' | 'interrupt';
  /** Who printed it. */
  readonly printer: Printer;
  readonly segment?: number;
  /** The requester, 16 bits. */
  readonly sourceId: number;
  readonly access?: 'read' | 'write' | 'atomic' | 'page request';
  readonly type?: RecordedType;
  /** 20 bits; missing for a request without one. */
  readonly pasid?: number;
  readonly privileged?: boolean;
  readonly execute?: boolean;
  /** Where a memory request went; records hold bits 63:12 alone. */
  readonly address?: bigint;
  /** The index of an interrupt request. */
  readonly index?: number;
  /** FRCD_REG.FR, 8 bits. */
  readonly reason: number;
}

export type Printer = 'Linux' | 'Xen' | 'FreeBSD' | 'QEMU' | 'record';

/** Fault reasons of Table 15, §5.1.4.1, are these; all others are those of Table 30. */
export const isInterruptReason = (reason: number): boolean => reason >= 0x20 && reason < 0x30;
