import type { Fault } from './types.ts';

/** A DWORD write to FEEx_xxxxh (5.1-R1). */
export interface InterruptRequest {
  source: number;
  address: bigint;
  data: bigint;
}

export interface InterruptLatched {
  /** IRTA_REG as latched by SIRTP */
  irta: bigint;
  ires: boolean;
  cfis: boolean;
}

/** A message to processors in the layout of the compatibility format (5.1.2.1). */
export interface InterruptMessage {
  address: bigint;
  data: bigint;
  /** 8 bits, or 32 with EIME=1 */
  destination: bigint;
  vector: number;
  deliveryMode: number;
  /** 0 physical, 1 logical */
  destinationMode: number;
  redirectionHint: number;
  /** 0 edge, 1 level */
  triggerMode: number;
}

/** 5.2.3-R4: Fixed, physical, edge, asserted. */
export type Notification = Pick<InterruptMessage, 'address' | 'data' | 'vector' | 'destination'>;

export type Delivered = InterruptMessage & {
  outcome: 'delivered';
  /** interrupt_index; absent: the table was not used */
  index?: number;
};

export interface Posted {
  outcome: 'posted';
  index: number;
  /** Address of the posted interrupt descriptor. */
  descriptor: bigint;
  /** VV */
  vector: number;
  notification: Notification | null;
}

export interface Blocked {
  outcome: 'UR';
  fault: Fault;
  /** FPD of the entry that was used; false where none was. */
  fpd: boolean;
  /** The fault is to be reported to the fault log. */
  logged: boolean;
}

export type InterruptOpinion = Delivered | Posted | Blocked;
