export { bridgesAbove } from './bridges.ts';
export {
  type DeviceAccess,
  DeviceTlb,
  type DeviceTlbOptions,
  type Misbehaviour,
  type TranslationAgent,
} from './device-tlb.ts';
export { Hpet, type HpetOptions, type PinTarget } from './hpet.ts';
export type { InterruptTarget, Message, SourceOptions } from './interrupt-target.ts';
export { IoApic, type IoApicOptions } from './io-apic.ts';
export { RedirectionEntry, RemappableRedirectionEntry } from './io-apic-registers.ts';
export { MsiCapability, type MsiOptions } from './msi.ts';
export { type BarPlace, MsiXCapability, type MsiXOptions } from './msi-x.ts';
export { type AliasingBridge, PciFunction, type PciFunctionOptions, sourceIdBehind } from './pci-function.ts';
export { redirectionRequest } from './redirection-request.ts';
export { phantomFunctionIds, requesterIds } from './requester-ids.ts';
export { RootPort } from './root-port.ts';
export {
  type DeviceName,
  type ReportedUnit,
  type ServingUnit,
  type SoughtFunction,
  servingUnit,
} from './serving-unit.ts';
export type { CachedTranslation, TranslationTags } from './translation-cache.ts';
export {
  assignableInterfaces,
  type InterfaceRequester,
  type SrIovFacts,
  virtualFunctions,
} from './virtual-functions.ts';
