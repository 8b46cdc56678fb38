export { AllowedAnswers } from './allowed.ts';
export { DEFAULT_CHOICES } from './choices.ts';
export type { AllowedChoices, AllowedRequest } from './exploration.ts';
export { FaultLog } from './fault-log.ts';
export type { Command } from './invalidation-command.ts';
export { opinion } from './opinion.ts';
export type { Choices, Fault, Latched, MemoryReader, MemoryTypeRanges, Opinion, Request, UnitFacts } from './types.ts';
