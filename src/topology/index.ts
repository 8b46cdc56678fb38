export type { InterruptTarget, Message, SourceOptions } from './interrupt-target.ts';
export { IoApic, type IoApicOptions } from './io-apic.ts';
export { RedirectionEntry, RemappableRedirectionEntry } from './io-apic-registers.ts';
export { redirectionRequest } from './redirection-request.ts';
