export { addressOf, offsetOf, type PageNumber, pageOf } from './bits/page-number.ts';
export type { CacheName, Caches } from './caches/caches.ts';
export type { CacheCapacities, CachePolicy } from './caches/policy.ts';
export { cachesOf } from './caches/remembering.ts';
export type { Replacement } from './caches/tagged-store.ts';
export { type CacheEvent, TracedCaches } from './caches/traced-caches.ts';
export { type Condition, REQUEST_CLASSES, type RequestClass, type Response } from './conditions/condition.ts';
export { INTERRUPT_FAULTS, type InterruptCondition, InterruptFault } from './conditions/interrupt.ts';
export { QueueError } from './conditions/invalidation-queue.ts';
export { Fault, TRANSLATION_FAULTS, type TranslationFault } from './conditions/translation.ts';
export {
  ACCESS,
  type AccessName,
  ADDRESS_TYPE,
  type AddressTypeName,
  type DmaRequest,
  type DmaRequestParameters,
  dmaRequest,
  NO_PASID,
  READ,
  WRITE,
} from './messages/dma-request.ts';
export {
  type CompatibilityParameters,
  compatibilityRequest,
  DELIVERY_MODE,
  type InterruptWrite,
  type RemappableParameters,
  remappableRequest,
} from './messages/interrupt-formats.ts';
export {
  type InterruptRequest,
  type InterruptRequestParameters,
  interruptRequest,
} from './messages/interrupt-request.ts';
export type {
  AnsweredPageRequest,
  Blocked,
  Completed,
  DeliveredInterrupt,
  DroppedPageRequest,
  InterruptMessage,
  InterruptOutcome,
  InterruptRequested,
  Mapping,
  NotRecorded,
  Outcome,
  PageRequestOutcome,
  PostedInterrupt,
  QueuedPageRequest,
  ReportedFault,
  TranslationCompletion,
} from './messages/outcome.ts';
export { isStopMarker, type PageRequest, type PageRequestParameters, pageRequest } from './messages/page-request.ts';
export {
  type DeviceTlbInvalidation,
  type EventMessage,
  type Notification,
  type PageGroupResponse,
  type PlatformMessage,
  RESPONSE_CODE,
} from './messages/platform-message.ts';
export { newRemappedInterrupt, type RemappedInterrupt } from './messages/remapped-interrupt.ts';
export { formatSourceId, parseSourceId } from './messages/source-id.ts';
export { type MemoryType, newTranslation, type Translation } from './messages/translation.ts';
export type { Change } from './permitted/changes.ts';
export type { AllowedAnswer, Explored } from './permitted/explore.ts';
export {
  type AnswerClass,
  type Finding,
  Judge,
  type StaleAnswer,
  type StaleInterrupt,
  type UnflushedWrite,
  type Verdict,
} from './permitted/judge.ts';
export type { LiveEntry, Source } from './permitted/live-entries.ts';
export {
  interruptObservedAs,
  type ObservedAnswer,
  type ObservedInterrupt,
  type ObservedMessage,
  observedAs,
} from './permitted/observed.ts';
export type { UnsafeOrder } from './permitted/order-watch.ts';
export { CHOICE_VALUES, type Choices, choicesWith, DEFAULT_CHOICES } from './platform/choices.ts';
export { type Configuration, configure } from './platform/configuration.ts';
export { contradictionsOf } from './platform/contradictions.ts';
export type { Memory } from './platform/memory.ts';
export { PRESETS, type Preset, QEMU_CHOICES } from './platform/presets.ts';
export { SparseMemory, type SparseMemoryOptions } from './platform/sparse-memory.ts';
export type { Trace } from './platform/trace.ts';
export type { UnitParameters } from './platform/unit-parameters.ts';
export type { CacheHit, Explanation, Step } from './unit/explanation.ts';
export type { RegisterWidth } from './unit/mmio.ts';
export { RemappingUnit, type UnitOptions } from './unit/remapping-unit.ts';
export type { UnitSnapshot } from './unit/snapshot.ts';
