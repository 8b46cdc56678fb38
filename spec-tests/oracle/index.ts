export { DEFAULT_CHOICES } from './choices.ts';
export { FaultLog } from './fault-log.ts';
export { opinion } from './opinion.ts';
export type { Choices, Fault, Latched, MemoryReader, MemoryTypeRanges, Opinion, Request, UnitFacts } from './types.ts';
