export { AllowedAnswers } from './allowed.ts';
export { AllowedInterrupts } from './allowed-interrupt.ts';
export { DEFAULT_CHOICES } from './choices.ts';
export type { AllowedChoices, AllowedRequest } from './exploration.ts';
export { FaultLog } from './fault-log.ts';
export { allowedAnswers, type History, type Operation, perform } from './history.ts';
export { interruptAnswer } from './interrupt-answer.ts';
export {
  allowedInterrupts,
  type InterruptHistory,
  type InterruptOperation,
  performInterrupt,
} from './interrupt-history.ts';
export { type InterruptScene, interruptOpinions, type Poison } from './interrupt-scene.ts';
export type {
  Blocked,
  Delivered,
  InterruptLatched,
  InterruptOpinion,
  InterruptRequest,
  Notification,
  Posted,
} from './interrupt-types.ts';
export type { InterruptInvalidation } from './interrupt-world.ts';
export { interruptOpinion } from './interrupts.ts';
export type { Command } from './invalidation-command.ts';
export { opinion } from './opinion.ts';
export { type PageOperation, type PageScene, type PageView, pageOpinions } from './page-scene.ts';
export type { PageMessage, PageOpinion, PageRequest } from './page-types.ts';
export { legacyHistory, scalableHistory } from './random-history.ts';
export { interruptHistory } from './random-interrupt-history.ts';
export { interruptScene } from './random-interrupts.ts';
export { type RawOperation, type RawPlaces, rawHistory } from './raw-history.ts';
export { conditionsOf } from './table30.ts';
export type { Choices, Fault, Latched, MemoryReader, MemoryTypeRanges, Opinion, Request, UnitFacts } from './types.ts';
