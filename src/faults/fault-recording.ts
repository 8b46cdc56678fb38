import type { NumberField, Words } from '../bits/field.ts';
import { integer, type Kind, members } from '../bits/json-values.ts';
import { type PageNumber, POWER_OF_2 } from '../bits/page-number.ts';
import type { Condition } from '../conditions/condition.ts';
import type { InterruptCondition } from '../conditions/interrupt.ts';
import type { EventRegisters } from '../events/event-registers.ts';
import { ACCESS, type DmaRequest, NO_PASID, READ } from '../messages/dma-request.ts';
import type { NotRecorded } from '../messages/outcome.ts';
import type { PageRequest } from '../messages/page-request.ts';
import type { Choices } from '../platform/choices.ts';
import type { Configuration } from '../platform/configuration.ts';
import { FRCD_REG, FSTS_REG } from '../registers/fault.ts';

/** The registers that recording reads and writes. */
export interface FaultRegisterWords {
  readonly status: Words;
  /** FRCD_REG[0] to FRCD_REG[CAP_REG.NFR]. */
  readonly records: readonly Words[];
}

/** `{T1, T2}` of a record by access, §11.4.7.6. */
const TYPE = Object.freeze({
  [ACCESS.write]: [0, 0],
  [ACCESS.read]: [1, 0],
  [ACCESS.atomic]: [1, 1],
}) as Readonly<Record<number, readonly [number, number]>>;

/** What is of {@link FaultRecording} in a snapshot, beside its registers: the record that the next fault goes to. */
export interface SavedFaultRecording {
  readonly next: number;
}

export const FAULT_RECORDING: Kind<SavedFaultRecording> = members({ next: integer(0, 0xff) }, {});

/** Primary fault logging, §7.2.1: the ring of fault recording registers and the status that goes with it. */
export class FaultRecording {
  readonly #words: FaultRegisterWords;
  readonly #event: EventRegisters;
  readonly #compress: boolean;
  /** FI is taken modulo this many pages. */
  readonly #addressPages: number;
  /** The record that the next fault goes to. */
  #index = 0;

  constructor(words: FaultRegisterWords, event: EventRegisters, configuration: Configuration, choices: Choices) {
    this.#words = words;
    this.#event = event;
    this.#compress = choices.compressFaults;
    const width = choices.faultAddressWidth === 'largest-agaw' ? configuration.largestAgaw : 64;
    this.#addressPages = POWER_OF_2[width - 12]!;
  }

  /** Records a fault of a memory request; undefined once it is recorded, else why it was not. */
  record(condition: Condition, request: DmaRequest): NotRecorded | undefined {
    const refused = this.#refuses(request.sourceId);
    if (refused !== undefined) return refused;
    const record = this.#words.records[this.#index]!;
    const [T1, T2] = TYPE[request.access]!;
    this.#putRequest(record, condition, request);
    FRCD_REG.T1.put(record, T1);
    FRCD_REG.T2.put(record, T2);
    FRCD_REG.AT.put(record, request.addressType);
    // §11.4.7.6: it means something for reads alone.
    const executes = request.pasid !== NO_PASID && request.execute && request.access === READ;
    FRCD_REG.EXE.put(record, executes ? 1 : 0);
    this.#finish(record);
    return undefined;
  }

  /** Records a fault of a page request, whose {T1, T2} is 01b; undefined once it is recorded, else why it was not. */
  recordPageRequest(condition: Condition, request: PageRequest): NotRecorded | undefined {
    const refused = this.#refuses(request.sourceId);
    if (refused !== undefined) return refused;
    const record = this.#words.records[this.#index]!;
    this.#putRequest(record, condition, request);
    FRCD_REG.T2.put(record, 1);
    this.#finish(record);
    return undefined;
  }

  /**
   * Records a fault of an interrupt request (Table 15), whose `index` is recorded where the row defines FI; undefined
   * once it is recorded, else why it was not.
   */
  recordInterrupt(condition: InterruptCondition, sourceId: number, index: number): NotRecorded | undefined {
    const refused = this.#refuses(sourceId);
    if (refused !== undefined) return refused;
    const record = this.#words.records[this.#index]!;
    // FI 63:48 is the interrupt index: as a page number, bits 51:36.
    this.#put(record, condition.reason, sourceId, condition.faultInformation === 'index' ? index * 2 ** 36 : 0);
    this.#finish(record);
    return undefined;
  }

  /** Software wrote FSTS_REG or the F bit of a record: PPF follows, and an event may have been serviced. */
  statusWritten(): void {
    const { status, records } = this.#words;
    FSTS_REG.PPF.put(status, records.some((record) => FRCD_REG.F(record) === 1) ? 1 : 0);
    if (!this.#pending()) this.#event.serviced();
  }

  /** An error of the invalidation queue, IQE, ICE or ITE of FSTS_REG, is a cause of the fault event too, §7.3. */
  raise(error: NumberField): void {
    const alreadyPending = this.#pending();
    error.put(this.#words.status, 1);
    this.#event.raise(alreadyPending);
  }

  snapshot(): SavedFaultRecording {
    return { next: this.#index };
  }

  /** Throws a RangeError, and does nothing, if there is no such record; `where` is its name in the snapshot. */
  restore({ next }: SavedFaultRecording, where: string): void {
    const { length } = this.#words.records;
    if (next >= length) throw new RangeError(`${where}.next takes the number of one of ${length} records, got ${next}`);
    this.#index = next;
  }

  /** TES and IRES are both 0, §7.2.1: the next fault goes to the first record, whatever the records hold. */
  restart(): void {
    this.#index = 0;
  }

  /** §7.2.1, up to the place where fields are written. */
  #refuses(sourceId: number): NotRecorded | undefined {
    const { status, records } = this.#words;
    if (FSTS_REG.PFO(status) === 1) return 'overflow';
    if (this.#compress && records.some((record) => FRCD_REG.F(record) === 1 && FRCD_REG.SID(record) === sourceId)) {
      return 'collapsed';
    }
    if (FRCD_REG.F(records[this.#index]!) === 1) {
      FSTS_REG.PFO.put(status, 1);
      return 'overflow';
    }
    return undefined;
  }

  /** What records of memory and of page requests have in common, §11.4.7.6. */
  #putRequest(
    record: Words,
    condition: Condition,
    request: Pick<DmaRequest, keyof DmaRequest & keyof PageRequest>,
  ): void {
    const { sourceId, page, pasid, privileged } = request;
    const withPasid = pasid !== NO_PASID;
    this.#put(record, condition.reason, sourceId, page % this.#addressPages);
    FRCD_REG.PP.put(record, withPasid ? 1 : 0);
    FRCD_REG.PV.put(record, withPasid ? pasid : 0);
    FRCD_REG.PRIV.put(record, withPasid && privileged ? 1 : 0);
  }

  #put(record: Words, reason: number, sourceId: number, information: PageNumber): void {
    record.fill(0);
    FRCD_REG.FR.put(record, reason);
    FRCD_REG.SID.put(record, sourceId);
    FRCD_REG.FI.put(record, information);
  }

  /** §7.2.1: F last; the first record of a series names itself in FRI and raises the event. */
  #finish(record: Words): void {
    const { status, records } = this.#words;
    const first = FSTS_REG.PPF(status) === 0;
    const alreadyPending = this.#pending();
    FRCD_REG.F.put(record, 1);
    if (first) {
      FSTS_REG.FRI.put(status, this.#index);
      FSTS_REG.PPF.put(status, 1);
    }
    this.#index = (this.#index + 1) % records.length;
    if (first) this.#event.raise(alreadyPending);
  }

  /** §7.3: PFO raises no event, but holds the next one back like the others. */
  #pending(): boolean {
    const { status } = this.#words;
    return (
      (FSTS_REG.PPF(status) |
        FSTS_REG.PFO(status) |
        FSTS_REG.IQE(status) |
        FSTS_REG.ICE(status) |
        FSTS_REG.ITE(status)) !==
      0
    );
  }
}
