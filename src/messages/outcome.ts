import type { Condition } from '../conditions/condition.ts';
import type { MemoryType } from './translation.ts';

/** Why a fault was not recorded: FPD, FSTS_REG.PFO or no free record, or one of the same source-id is there. */
export type NotRecorded = 'fpd' | 'overflow' | 'collapsed';

/** A fault as it came out: which condition, and whether a record was written for it. */
export interface ReportedFault {
  readonly condition: Condition;
  readonly recorded: boolean;
  /** Why not; missing also where the condition is one that is never recorded, §7.1.2. */
  readonly notRecorded?: NotRecorded;
}

/** The leaf that mapped a page, and what it gave. */
export interface Mapping {
  /** Bytes: 4 KiB, 2 MiB or 1 GiB. */
  readonly pageSize: number;
  /** The AND of the permissions along the walk. */
  readonly read: boolean;
  readonly write: boolean;
}

/** The request goes on to memory. */
export interface Completed {
  readonly kind: 'completed';
  /** The host physical address of the first byte. */
  readonly address: bigint;
  /** Missing where no tables were walked: translation off, pass-through, translated requests. */
  readonly mapping?: Mapping;
  /** The access is snooped, §3.10. */
  readonly snooped: boolean;
  readonly memoryType: MemoryType;
}

/** An interrupt message on its way to the APIC, in compatibility layout, §5.1.4. */
export interface InterruptMessage {
  /** 64 bits; of the destination it holds bits 7:0. */
  readonly address: bigint;
  /** 32 bits. */
  readonly data: number;
  /** 8 bits, or 32 where the unit is in x2APIC mode. */
  readonly destination: number;
  readonly vector: number;
}

/** The request goes on as an interrupt message, remapped or in compatibility format as it came, §5.1.4. */
export interface DeliveredInterrupt extends InterruptMessage {
  readonly kind: 'delivered';
  /** 000b Fixed to 111b ExtINT. */
  readonly deliveryMode: number;
  /** 0 physical, 1 logical. */
  readonly destinationMode: number;
  readonly redirectionHint: number;
  /** 0 edge, 1 level. */
  readonly triggerMode: number;
  /** Of the table entry; missing in compatibility format. */
  readonly index?: number;
}

/** The request was posted, §5.2.3. */
export interface PostedInterrupt {
  readonly kind: 'posted';
  readonly index: number;
  /** The address of the posted interrupt descriptor. */
  readonly descriptor: bigint;
  /** The bit of PIR that was set. */
  readonly vector: number;
  /** The message that was sent to the processor; missing if none was. */
  readonly notification?: InterruptMessage;
}

/** What becomes of an interrupt request. */
export type InterruptOutcome = DeliveredInterrupt | PostedInterrupt | Blocked;

/** A memory request that is an interrupt request, §3.15: it is not remapped as memory. */
export interface InterruptRequested {
  readonly kind: 'interrupt';
  readonly interrupt: DeliveredInterrupt | PostedInterrupt;
}

/** A translation completion with Success, §4.1.2. */
export interface TranslationCompletion {
  readonly kind: 'translation';
  /** The base of the translated range. */
  readonly address: bigint;
  /** Bytes that the range covers. */
  readonly size: number;
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: false;
  readonly privileged: boolean;
  readonly global: false;
  /** N: translated requests that use it must clear No Snoop. */
  readonly nonSnooped: boolean;
  /** U: only untranslated requests may use the range. */
  readonly untranslatedOnly: boolean;
  /**
   * The data as it is sent, 64 bits for each translation, laid out as `TranslationCompletionEntry`: of this range first,
   * and of ranges of its size that follow it where the request asked for more and the unit returns them, §4.2.3.2.
   */
  readonly words: readonly bigint[];
  /** The condition that left no permission. */
  readonly fault?: ReportedFault;
}

/** Blocked: answered as Unsupported Request or Completer Abort; or a malformed packet, which has no answer, §4.2.1. */
export interface Blocked {
  readonly kind: 'blocked';
  readonly response: 'UR' | 'CA' | 'malformed';
  /** Missing where no condition of the fault tables did it: protected memory, protocol errors. */
  readonly fault?: ReportedFault;
}

/** What becomes of a request. */
export type Outcome = Completed | InterruptRequested | TranslationCompletion | Blocked;

/** A page request that was written to the page request queue, §7.4.1. */
export interface QueuedPageRequest {
  readonly kind: 'queued';
  /** Where its page_req_dsc is: bytes from the start of the queue. */
  readonly offset: number;
}

/** A page request that the unit answered by itself, with a page group response, §7.4.1. */
export interface AnsweredPageRequest {
  readonly kind: 'answered';
  /** A value of {@link RESPONSE_CODE}. */
  readonly code: number;
  /** The condition that blocked it; missing where the queue had no room, or translation is off. */
  readonly fault?: ReportedFault;
}

/** A page request that is gone, and nobody is told, §7.4.1. */
export interface DroppedPageRequest {
  readonly kind: 'dropped';
  readonly fault?: ReportedFault;
}

/** What becomes of a page request. */
export type PageRequestOutcome = QueuedPageRequest | AnsweredPageRequest | DroppedPageRequest;
