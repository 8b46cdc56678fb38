import type { Fault, MemoryReader } from './types.ts';

/** 7.4: a page request as the device sends it. */
export interface PageRequest {
  source: number;
  /** 63:12; the rest is 0. */
  address: bigint;
  read: boolean;
  write: boolean;
  /** PRGI */
  group: number;
  /** LPIG */
  last: boolean;
  pasid?: number;
  privileged?: boolean;
  execute?: boolean;
}

export interface PageOpinion {
  /** written to the queue; answered by hardware itself; nobody is told */
  outcome: 'queued' | 'answered' | 'dropped';
  /** answered: RC, 0 Success, 1 Invalid Request */
  code?: 0 | 1;
  fault?: Fault;
  /** 7.1.3-R8: the fault is one to be reported; whether it finds a register is 7.2.1-R4 */
  logged: boolean;
  /** queued: the offset in the ring */
  offset?: bigint;
}

/** Messages that leave the unit. */
export type PageMessage =
  | { kind: 'response'; source: number; group: number; code: 0 | 1; pasid?: number }
  | { kind: 'page request event' }
  | { kind: 'fault event' };

export interface PageMemory extends MemoryReader {
  /** All words, or none if one is refused. */
  writeAll(address: bigint, words: readonly bigint[]): void;
}
