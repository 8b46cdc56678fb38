import type { PageNumber } from '../bits/page-number.ts';
import type { Caches } from '../caches/caches.ts';
import type { MemoryType } from '../messages/translation.ts';
import type { Choices } from '../platform/choices.ts';
import type { Configuration } from '../platform/configuration.ts';
import type { Memory } from '../platform/memory.ts';
import type { Trace } from '../platform/trace.ts';
import type { ContextEntryOrder } from './context-entry-order.ts';
import type { ReservedBits } from './reserved-bits.ts';

/** TTM of RTADDR_REG, §11.4.5. */
export const TTM = Object.freeze({ LEGACY: 0b00, SCALABLE: 0b01, RESERVED: 0b10, ABORT_DMA: 0b11 });

/** RTADDR_REG as the last SRTP latched it, §11.4.4.1. */
export interface RootTable {
  readonly page: PageNumber;
  /** TTM. */
  readonly mode: number;
  /** SSIRWE. */
  readonly ioPermissions: boolean;
}

/** What the walks of chapter 3 need of a unit. */
export interface DmaRemapping {
  readonly memory: Memory;
  readonly configuration: Configuration;
  readonly choices: Choices;
  readonly reserved: ReservedBits;
  readonly contextEntryOrder: ContextEntryOrder;
  readonly rootTable: RootTable;
  /** What is remembered of the tables, §6.2; undefined if nothing is. */
  readonly caches?: Caches | undefined;
  /** The type that the MTRRs give a host page, §3.11.2. */
  memoryTypeOf(page: PageNumber): MemoryType;
  readonly trace?: Trace | undefined;
}
