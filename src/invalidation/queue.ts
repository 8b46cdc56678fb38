import type { NumberField, Words } from '../bits/field.ts';
import { QueueError } from '../conditions/invalidation-queue.ts';
import type { Configuration } from '../platform/configuration.ts';
import { FSTS_REG } from '../registers/fault.ts';
import { GSTS_REG } from '../registers/global.ts';
import { IQA_REG, IQERCD_REG, IQH_REG, IQT_REG } from '../registers/invalidation.ts';
import { DescriptorValidity } from './descriptor-validity.ts';
import { type InvalidationUnit, performDescriptor } from './perform.ts';
import { completeInvalidationWait } from './wait.ts';

/** What the queue needs of a unit. */
export interface QueueUnit extends InvalidationUnit {
  /** Where an error becomes a fault event. */
  readonly faults: { raise(error: NumberField): void };
  /** Told of each read of a descriptor. */
  readonly descriptorRead?: () => void;
}

/** The registers that the queue reads and writes. */
export interface QueueRegisterWords {
  readonly globalStatus: Words;
  readonly faultStatus: Words;
  readonly head: Words;
  readonly tail: Words;
  readonly address: Words;
  readonly errorRecord: Words;
}

/** IQH_REG and IQT_REG count in 16 bytes, §11.4.9.1; a page holds this many. */
const UNIT_BYTES = 16;
const UNITS_A_PAGE = 4096 / UNIT_BYTES;

/** TTM, §11.4.5. */
const SCALABLE_MODE = 0b01;
const RESERVED_MODE = 0b10;
const ABORT_DMA_MODE = 0b11;

/** §6.5.2.11: IQEI for what does not depend on a descriptor, in the order in which one of several errors is reported. */
export function errorOfQueueRegisters(
  { ECAP: { SMTS, ADMS } }: Configuration,
  mode: number,
  tail: Words,
  address: Words,
): number | undefined {
  const wide = IQA_REG.DW(address) === 1;
  if (mode === RESERVED_MODE) return QueueError.TRANSLATION_TABLE_MODE;
  if (mode === SCALABLE_MODE && SMTS === 0) return QueueError.TRANSLATION_TABLE_MODE;
  if (mode === ABORT_DMA_MODE && ADMS === 0) return QueueError.TRANSLATION_TABLE_MODE;
  if (wide && SMTS === 0 && ADMS === 0) return QueueError.DESCRIPTOR_WIDTH;
  if (!wide && (mode === SCALABLE_MODE || mode === ABORT_DMA_MODE)) return QueueError.DESCRIPTOR_WIDTH;
  if (wide && IQT_REG.QT(tail) % 2 === 1) return QueueError.MISALIGNED_TAIL;
  if (IQT_REG.QT(tail) >= UNITS_A_PAGE << IQA_REG.QS(address)) return QueueError.INVALID_TAIL;
  return undefined;
}

/**
 * The invalidation queue, §6.5.2. It has no time: it runs until it is empty, stops with an error or has to wait for an
 * endpoint, within what lets it run. Each descriptor is performed before the next one is fetched; what is left to wait
 * for then is under way.
 */
export class InvalidationQueue {
  readonly #unit: QueueUnit;
  readonly #words: QueueRegisterWords;
  readonly #validity: DescriptorValidity;
  readonly #narrow = new Uint32Array(4);
  readonly #wide = new Uint32Array(8);
  #running = false;

  constructor(unit: QueueUnit, words: QueueRegisterWords) {
    this.#unit = unit;
    this.#words = words;
    this.#validity = new DescriptorValidity(unit.configuration, unit.choices);
  }

  /** Something happened that may let the queue run: IQT_REG or FSTS_REG was written, or an endpoint answered. */
  run(): void {
    // Whoever is sent a message may write registers: the loop below sees what came of it.
    if (this.#running) return;
    this.#running = true;
    try {
      // It ends: the tail stands still and is in the ring, and the head takes one step a round.
      for (this.#finishWaits(); this.#mayFetch(); this.#finishWaits()) this.#step();
    } finally {
      this.#running = false;
    }
  }

  /** IQA_REG was written. §11.4.9.1: bit 4 of the head is 0 while descriptors have 256 bits. */
  addressWritten(): void {
    const { head } = this.#words;
    if (this.#isWide()) IQH_REG.QH.put(head, IQH_REG.QH(head) - (IQH_REG.QH(head) % 2));
    this.run();
  }

  /** GCMD_REG was written. With QIES=0 nothing is under way any more. */
  commandWritten(): void {
    if (GSTS_REG.QIES(this.#words.globalStatus) === 0) this.forget();
    this.run();
  }

  /** In the middle of it: who is sent a message is called from there. */
  get isRunning(): boolean {
    return this.#running;
  }

  /** §11.4.9.1: whether the head stands where a descriptor of the width of now can begin. */
  get isHeadAligned(): boolean {
    return !this.#isWide() || IQH_REG.QH(this.#words.head) % 2 === 0;
  }

  /** What is under way is lost, and what depends on it. */
  forget(): void {
    this.#abandon();
    this.#unit.underWay.forget();
  }

  /** §4.3, §6.5.2.11: an endpoint says, in one of so many messages, that it has done what some ITags stand for. */
  complete(sourceId: number, tags: readonly number[], messages: number): void {
    const { underWay, configuration, choices } = this.#unit;
    const own = underWay.tagsOf(sourceId);
    const unexpected = tags.some((tag) => !own.includes(tag));
    const dropsOthers = unexpected && choices.unexpectedCompletion === 'drops-others' && configuration.major <= 5;
    if (!dropsOthers) for (const tag of tags) if (own.includes(tag)) underWay.complete(tag, messages);
    if (unexpected) this.#raise(FSTS_REG.ICE, IQERCD_REG.ICESID, sourceId);
    this.run();
  }

  /** §4.3, §6.5.2.11: an endpoint that has something to complete has not done so in time. The head stays. */
  timeOut(sourceId: number): void {
    this.#abandon();
    this.#unit.underWay.timeOut(sourceId);
    this.#raise(FSTS_REG.ITE, IQERCD_REG.ITESID, sourceId);
  }

  /** §6.5.2.11: nothing from the oldest request to an endpoint on is sure to be done. */
  #abandon(): void {
    const { underWay, invalidations } = this.#unit;
    if (underWay.certain !== undefined) invalidations.abandon(underWay.certain);
  }

  /** An error that names an endpoint: the first one, until software clears it. */
  #raise(error: NumberField, record: NumberField, sourceId: number): void {
    if (error(this.#words.faultStatus) === 0) record.put(this.#words.errorRecord, sourceId);
    this.#unit.faults.raise(error);
  }

  /** Waits whose turn has come complete, whatever the queue itself is stopped by. */
  #finishWaits(): void {
    const { underWay } = this.#unit;
    for (let wait = underWay.finishedWait(); wait !== undefined; wait = underWay.finishedWait()) {
      completeInvalidationWait(this.#unit, wait);
    }
  }

  /** §6.5.2: whatever TES and IRES are. */
  #mayFetch(): boolean {
    const { globalStatus, faultStatus, head, tail } = this.#words;
    return (
      GSTS_REG.QIES(globalStatus) === 1 &&
      FSTS_REG.IQE(faultStatus) === 0 &&
      FSTS_REG.ITE(faultStatus) === 0 &&
      IQH_REG.QH(head) !== IQT_REG.QT(tail) &&
      !this.#unit.underWay.holdsQueue
    );
  }

  /** Takes one descriptor, or stops the queue with the head where it is. */
  #step(): void {
    const { head, address } = this.#words;
    const error = this.#errorOfRegisters() ?? this.#fetch();
    if (error !== undefined) {
      // IQEI first: it counts from the moment that IQE is 1.
      IQERCD_REG.IQEI.put(this.#words.errorRecord, error);
      this.#unit.faults.raise(FSTS_REG.IQE);
      return;
    }
    const taken = this.#isWide() ? 2 : 1;
    IQH_REG.QH.put(head, (IQH_REG.QH(head) + taken) % (UNITS_A_PAGE << IQA_REG.QS(address)));
    performDescriptor(this.#unit, this.#descriptor());
  }

  #errorOfRegisters(): number | undefined {
    const { configuration, rootTable } = this.#unit;
    const { tail, address } = this.#words;
    return errorOfQueueRegisters(configuration, rootTable.mode, tail, address);
  }

  /** Reads the descriptor at the head and judges it. */
  #fetch(): number | undefined {
    const { head, address } = this.#words;
    const at = IQH_REG.QH(head);
    const words = this.#descriptor();
    const page = IQA_REG.IQA(address) + Math.floor(at / UNITS_A_PAGE);
    this.#unit.descriptorRead?.();
    if (!this.#unit.memory.load(page, (at % UNITS_A_PAGE) * UNIT_BYTES, words)) return QueueError.FETCH;
    return this.#validity.errorOf(words, this.#unit.rootTable.mode);
  }

  /** IQA_REG has no latch: it counts as it is now. */
  #isWide(): boolean {
    return IQA_REG.DW(this.#words.address) === 1;
  }

  /** Where a descriptor of the width of now is put. */
  #descriptor(): Words {
    return this.#isWide() ? this.#wide : this.#narrow;
  }
}
