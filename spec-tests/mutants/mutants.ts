import { CACHE_COMMAND_MUTANTS } from './cache-commands.ts';
import { CACHE_ENTRY_MUTANTS } from './cache-entries.ts';
import { CACHE_FILLING_MUTANTS } from './cache-filling.ts';
import { CACHE_SCOPE_MUTANTS } from './cache-scopes.ts';
import { DEVICE_TLB_MUTANTS } from './device-tlb.ts';
import { DMA_REMAPPING_MUTANTS } from './dma-remapping.ts';
import { FAULT_MUTANTS } from './faults.ts';
import { INTERRUPT_MUTANTS } from './interrupts.ts';
import { INVALIDATION_MUTANTS } from './invalidation.ts';
import type { Mutant } from './mutant.ts';
import { PAGE_REQUEST_MUTANTS } from './page-requests.ts';
import { PERFORMANCE_MUTANTS } from './performance.ts';
import { REGISTER_MUTANTS } from './registers.ts';

/** Every named misreading. Each must make a vector fail. */
export const MUTANTS: readonly Mutant[] = [
  ...DMA_REMAPPING_MUTANTS,
  ...DEVICE_TLB_MUTANTS,
  ...FAULT_MUTANTS,
  ...INVALIDATION_MUTANTS,
  ...REGISTER_MUTANTS,
  ...CACHE_SCOPE_MUTANTS,
  ...CACHE_COMMAND_MUTANTS,
  ...CACHE_ENTRY_MUTANTS,
  ...CACHE_FILLING_MUTANTS,
  ...INTERRUPT_MUTANTS,
  ...PAGE_REQUEST_MUTANTS,
  ...PERFORMANCE_MUTANTS,
];
