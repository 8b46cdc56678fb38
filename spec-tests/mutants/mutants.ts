import { CACHE_MUTANTS } from './caches.ts';
import { DMA_REMAPPING_MUTANTS } from './dma-remapping.ts';
import { FAULT_MUTANTS } from './faults.ts';
import { INVALIDATION_MUTANTS } from './invalidation.ts';
import type { Mutant } from './mutant.ts';
import { REGISTER_MUTANTS } from './registers.ts';

/** Every named misreading. Each must make a vector fail. */
export const MUTANTS: readonly Mutant[] = [
  ...DMA_REMAPPING_MUTANTS,
  ...FAULT_MUTANTS,
  ...INVALIDATION_MUTANTS,
  ...REGISTER_MUTANTS,
  ...CACHE_MUTANTS,
];
