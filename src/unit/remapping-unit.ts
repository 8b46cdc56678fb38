import type { PageNumber } from '../bits/page-number.ts';
import type { CacheInvalidation, Caches } from '../caches/caches.ts';
import { InvalidationTee } from '../caches/invalidation-tee.ts';
import type { CachePolicy } from '../caches/policy.ts';
import { cachesOf, RememberingCaches } from '../caches/remembering.ts';
import type { Condition } from '../conditions/condition.ts';
import type { InterruptCondition } from '../conditions/interrupt.ts';
import { type ContextEntryOrder, contextEntryOrder } from '../dma-remapping/context-entry-order.ts';
import type { RootTable } from '../dma-remapping/dma-remapping.ts';
import { type ReservedBits, reservedBits } from '../dma-remapping/reserved-bits.ts';
import { translate } from '../dma-remapping/translate.ts';
import { FaultRecording } from '../faults/fault-recording.ts';
import type { InterruptTable } from '../interrupt-remapping/interrupt-remapping.ts';
import { remapInterrupt } from '../interrupt-remapping/remap.ts';
import { type InterruptReservedBits, interruptReservedBits } from '../interrupt-remapping/reserved-bits.ts';
import { MOST_COMPLETIONS, TAGS } from '../invalidation/under-way.ts';
import { checkInteger, type DmaRequest } from '../messages/dma-request.ts';
import type { InterruptRequest } from '../messages/interrupt-request.ts';
import type { Blocked, InterruptOutcome, Outcome, PageRequestOutcome } from '../messages/outcome.ts';
import type { PageRequest } from '../messages/page-request.ts';
import type { Notification, PageGroupResponse, PlatformMessage } from '../messages/platform-message.ts';
import type { RemappedInterrupt } from '../messages/remapped-interrupt.ts';
import type { MemoryType, Translation } from '../messages/translation.ts';
import type { PageRequestQueue } from '../page-requests/page-request-queue.ts';
import type { PerformanceCounters } from '../performance/counters.ts';
import { performEnhancedCommand } from '../performance/enhanced-commands.ts';
import { type Choices, choicesWith } from '../platform/choices.ts';
import { type Configuration, configure } from '../platform/configuration.ts';
import type { Memory } from '../platform/memory.ts';
import { checkRevision } from '../platform/revision.ts';
import type { UnitParameters } from '../platform/unit-parameters.ts';
import { GSTS_REG } from '../registers/global.ts';
import { EVENT } from '../registers/performance-events.ts';
import { MALFORMED, UNSUPPORTED } from './ats-protocol.ts';
import { CountedDoors } from './counted-doors.ts';
import { answer, type DmaDoor } from './dma.ts';
import { type Explanation, explain, explainInterrupt } from './explanation.ts';
import { type Commanded, NO_INTERRUPT_TABLE, NO_ROOT_TABLE, performGlobalCommand } from './global-commands.ts';
import { answerInterrupt } from './interrupt.ts';
import { MemoryTypeRanges } from './memory-type-ranges.ts';
import { checkAccess, type RegisterWidth } from './mmio.ts';
import { answerPageRequest, type PageRequestDoor, pageRequestQueue } from './page-request.ts';
import { performanceCounters } from './performance-registers.ts';
import { ProtectedMemory } from './protected-memory.ts';
import { eventRegisters, type QueuedInvalidation, queuedInvalidation } from './queued-invalidation.ts';
import { performContextCommand, performIotlbCommand } from './register-commands.ts';
import { effectsOfWrites, type WriteEffect } from './register-effects.ts';
import { restoreRegisters, savedRegisters } from './saved-registers.ts';
import { type ReadSnapshot, readSnapshot, snapshotOf, type UnitSnapshot } from './snapshot.ts';
import { type UnitRegisters, unitRegisters } from './unit-registers.ts';
import { VirtualCommands } from './virtual-commands.ts';

export interface UnitOptions {
  readonly unit: UnitParameters;
  /** System memory, where the tables are. */
  readonly memory: Memory;
  /** The freedoms that this unit takes otherwise than by default. */
  readonly choices?: Partial<Choices>;
  /** What it remembers of the tables, §6.2. Default `none`: every request reads them. */
  readonly caches?: CachePolicy | Caches;
  /** Called with each message that leaves the unit. */
  readonly send?: (message: PlatformMessage) => void;
}

/**
 * A remapping hardware unit: registers, latched tables and fault records, and the doors through which software and
 * devices reach it. The constructor throws a RangeError that names what contradicts itself in `unit` or `choices`.
 */
export class RemappingUnit implements DmaDoor, PageRequestDoor, Commanded {
  readonly memory: Memory;
  readonly configuration: Configuration;
  readonly choices: Choices;
  readonly reserved: ReservedBits;
  readonly interruptReserved: InterruptReservedBits;
  readonly contextEntryOrder: ContextEntryOrder;
  readonly registers: UnitRegisters;
  /** What is remembered of the tables, §6.2; undefined if nothing is. */
  readonly caches: Caches | undefined;
  /** Where invalidations go: to the caches, and to who {@link watchInvalidations}. */
  readonly invalidations = new InvalidationTee();
  readonly faults: FaultRecording;
  readonly protectedMemory: ProtectedMemory;
  /** RTADDR_REG as latched. */
  rootTable: RootTable = NO_ROOT_TABLE;
  /** IRTA_REG as latched. */
  interruptTable: InterruptTable = NO_INTERRUPT_TABLE;
  /** GSTS_REG.TES, IRES and CFIS, kept where requests read them. */
  translationEnabled = false;
  interruptRemappingEnabled = false;
  compatibilityFormatPasses = false;
  readonly notify: (message: Notification | PageGroupResponse) => void;
  /** Undefined where ECAP_REG.PRS is 0. */
  readonly pageRequests: PageRequestQueue | undefined;
  readonly memoryTypes: MemoryTypeRanges;
  readonly #invalidation: QueuedInvalidation;
  readonly #counters: PerformanceCounters;
  readonly #virtualCommands: VirtualCommands;
  /** The doors that requests take while a counter counts. */
  #counted: CountedDoors | undefined;
  /** Byte offsets of the registers whose low dword starts a command. */
  readonly #highFirst: ReadonlySet<number>;
  /** What a write to the dword at a byte offset causes, beyond what the attributes say. */
  readonly #effects: ReadonlyMap<number, WriteEffect>;

  constructor({ unit, memory, choices, caches = 'none', send = () => {} }: UnitOptions) {
    this.memory = memory;
    this.configuration = configure(unit);
    this.choices = choicesWith(choices);
    checkRevision(this.choices.specRevision, this.configuration);
    this.caches = cachesOf(caches, this.choices.pasidHitsNoPasid);
    if (this.caches !== undefined) this.invalidations.add(this.caches);
    this.reserved = reservedBits(this.configuration, this.choices);
    this.interruptReserved = interruptReservedBits(this.configuration);
    this.contextEntryOrder = contextEntryOrder(this.choices);
    this.registers = unitRegisters(this.configuration, this.choices);
    this.notify = send;
    const words = (name: string) => this.registers.words(name);
    const event = eventRegisters('fault-event', 'FE', this.registers, send);
    const records = Array.from({ length: this.configuration.CAP.NFR + 1 }, (_, n) => words(`FRCD_REG[${n}]`));
    const recording = { status: words('FSTS_REG'), records };
    this.faults = new FaultRecording(recording, event, this.configuration, this.choices);
    this.protectedMemory = new ProtectedMemory(this.registers, this.configuration, this.choices);
    this.memoryTypes = new MemoryTypeRanges(this.registers, this.configuration);
    const performanceEvent = eventRegisters('performance-event', 'PERFINTR', this.registers, send);
    this.#counters = performanceCounters(this.registers, performanceEvent, this.configuration, this.choices);
    this.#virtualCommands = new VirtualCommands(this.configuration.capability);
    const descriptorRead = () => this.#counters.occur(EVENT.IOMMU_MRDS);
    this.#invalidation = queuedInvalidation(this, this.registers, send, descriptorRead);
    this.pageRequests = pageRequestQueue(this, send);
    const commands = ['ECMD_REG', 'VCMD_REG'].filter((name) => this.registers.has(name));
    this.#highFirst = new Set(commands.map((name) => this.registers.offsetOf(name)));
    const { queue, completion, event: completionEvent } = this.#invalidation;
    this.#effects = effectsOfWrites(this.registers, {
      command: () => this.#commandWritten(),
      contextCommand: () => performContextCommand(this),
      iotlbCommand: () => performIotlbCommand(this),
      enhancedCommand: () => this.#enhancedCommandWritten(),
      faults: this.faults,
      queue,
      completion,
      pageRequests: this.pageRequests,
      protectedMemory: this.protectedMemory,
      memoryTypes: this.memoryTypes,
      counters: this.#counters,
      virtualCommands: this.#virtualCommands,
      events: { FECTL_REG: event, IECTL_REG: completionEvent, PERFINTRCTL_REG: performanceEvent },
    });
  }

  /**
   * Software reads a register: `offset` bytes from the base, aligned to `width`, 32 or 64 bits (§11.2). What is
   * reserved, write-only or absent reads 0. Throws a RangeError if the access is not one that the unit can see.
   */
  readRegister(offset: number, width: RegisterWidth): bigint {
    checkAccess(this.registers.size, offset, width);
    const { file } = this.registers;
    const low = BigInt(file.read(offset));
    return width === 32 ? low : (BigInt(file.read(offset + 4)) << 32n) | low;
  }

  /**
   * Software writes a register, as {@link readRegister} reads it; 64 bits are two dwords, low first unless the low one is
   * a command (§11.2). What the write causes has happened when this returns. Throws a RangeError also if `value` is wider
   * than `width`.
   */
  writeRegister(offset: number, width: RegisterWidth, value: bigint): void {
    checkAccess(this.registers.size, offset, width);
    if (value < 0n || value >> BigInt(width) !== 0n) {
      throw new RangeError(`a register of ${width} bits cannot take 0x${value.toString(16)}`);
    }
    const low = Number(value & 0xffff_ffffn);
    const high = Number(value >> 32n);
    // §11.4.14.1: the low dword has the command, and what it works on has to be there.
    const highFirst = width === 64 && this.#highFirst.has(offset);
    if (highFirst) this.#writeDword(offset + 4, high);
    this.#writeDword(offset, low);
    if (width === 64 && !highFirst) this.#writeDword(offset + 4, high);
  }

  /** A request from a device: what becomes of it, with its fault recorded (chapters 3, 4, 7). */
  dma(request: DmaRequest): Outcome {
    return this.#counted === undefined ? answer(this, request) : this.#counted.dma(request);
  }

  /** The walk that a request would take, entry by entry, and its outcome. Nothing is recorded. */
  explain(request: DmaRequest): Explanation {
    return explain(this, request);
  }

  /**
   * DMA remapping alone, for a caller that counts nanoseconds: the row that blocks the request, or undefined with the
   * result in `translation`, which the caller owns. Nothing is recorded. The request lies within one page.
   */
  translate(request: DmaRequest, translation: Translation): Condition | undefined {
    return translate(this, request, translation);
  }

  /** A DWORD write to the interrupt address range: what becomes of it, with its fault recorded (chapter 5). */
  interrupt(request: InterruptRequest): InterruptOutcome {
    return this.#counted === undefined ? answerInterrupt(this, request) : this.#counted.interrupt(request);
  }

  /** The way that an interrupt request would take, entry by entry, and its outcome. Nothing is recorded or posted. */
  explainInterrupt(request: InterruptRequest): Explanation<InterruptOutcome> {
    return explainInterrupt(this, request);
  }

  /**
   * Interrupt remapping alone, for a caller that counts nanoseconds: the row that blocks the request, or undefined with
   * the result in `remapped`, which the caller owns. Nothing is recorded, no notification is sent; what is posted is.
   */
  remap(request: InterruptRequest, remapped: RemappedInterrupt): InterruptCondition | undefined {
    return remapInterrupt(this, request, remapped);
  }

  /**
   * A page request from a device: queued for software, answered by the unit itself, or dropped (§7.4). A response leaves as
   * a message. What is queued stands in memory, and what is invalidated for it is gone, when this returns.
   */
  pageRequest(request: PageRequest): PageRequestOutcome {
    return this.#counted === undefined ? answerPageRequest(this, request) : this.#counted.pageRequest(request);
  }

  /** From now on each invalidation is told to `listener` too, after the caches: what its scope is, and when it is complete. */
  watchInvalidations(listener: CacheInvalidation): void {
    this.invalidations.add(listener);
  }

  /** The ITags of Device-TLB invalidations that an endpoint has not answered, oldest first, §4.3. */
  deviceTlbTags(sourceId: number): readonly number[] {
    return this.#invalidation.underWay.tagsOf(sourceId);
  }

  /**
   * An Invalidation Completion message of an endpoint, §4.3: ITags (0 to 31) that it has completed, and Completion Count
   * (3 bits, 0 for 8), how many such messages each of them takes. Returns undefined, or UR: without translation the unit
   * supports no such message, §4.2.1. Throws a RangeError if a number is too large.
   */
  completeDeviceTlbInvalidation(sourceId: number, tags: number | readonly number[], count = 1): Blocked | undefined {
    checkInteger('sourceId', sourceId, 0, 0xffff);
    const named = typeof tags === 'number' ? [tags] : [...new Set(tags)];
    for (const tag of named) checkInteger('tag', tag, 0, TAGS - 1);
    checkInteger('count', count, 0, MOST_COMPLETIONS - 1);
    if (!this.translationEnabled || this.configuration.ECAP.DT === 0) return UNSUPPORTED;
    this.#invalidation.queue.complete(sourceId, named, count === 0 ? MOST_COMPLETIONS : count);
    return undefined;
  }

  /** An Invalidation Request message from an endpoint: only the unit sends those, and this one is malformed, §4.2.1. */
  requestDeviceTlbInvalidation(sourceId: number): Blocked {
    checkInteger('sourceId', sourceId, 0, 0xffff);
    return MALFORMED;
  }

  /**
   * The time within which an endpoint has to complete its Device-TLB invalidations is over, §4.3. Throws a RangeError if
   * there is none that it has not completed.
   */
  timeOutDeviceTlbInvalidation(sourceId: number): void {
    if (this.deviceTlbTags(sourceId).length === 0) {
      throw new RangeError(`no Device-TLB invalidation waits for source-id 0x${sourceId.toString(16)}`);
    }
    this.#invalidation.queue.timeOut(sourceId);
  }

  /** The type that the MTRRs give a host page, §3.11.2. */
  memoryTypeOf(page: PageNumber): MemoryType {
    return this.memoryTypes.typeOf(page);
  }

  /** Power-on: every register field has its reset value. */
  powerGoodReset(): void {
    this.registers.file.powerGoodReset();
    this.#forget();
  }

  /** Any other reset: fault records and error status stay, §11.3. */
  warmReset(): void {
    this.registers.file.reset();
    this.#forget();
  }

  /**
   * All that the unit is and remembers, as plain JSON. System memory, and who watches the unit, is not in it. Throws a
   * RangeError if its caches are the caller's own, or in the middle of the queue: when it is called from `send`.
   */
  snapshot(): UnitSnapshot {
    const { configuration, choices, caches, registers, rootTable, interruptTable, faults, invalidations } = this;
    const { queue, underWay } = this.#invalidation;
    if (queue.isRunning)
      throw new RangeError('a snapshot is taken between two steps of the unit, not while its queue runs');
    if (caches !== undefined && !(caches instanceof RememberingCaches)) {
      throw new RangeError(
        'a snapshot is taken of a unit that made its caches by a policy, not of one with caches of your own',
      );
    }
    return snapshotOf({
      unit: configuration,
      choices,
      caches: caches?.policy ?? 'none',
      registers: savedRegisters(registers),
      rootTable,
      interruptTable,
      faults: faults.snapshot(),
      underWay: underWay.snapshot(invalidations.asked),
      virtualCommands: this.#virtualCommands.snapshot(),
      remembered: caches?.snapshot() ?? null,
    });
  }

  /**
   * A unit that goes on where the one of a {@link snapshot} was, with this memory: what `JSON.parse` gave. Throws a
   * RangeError that says what was expected and where if it is none.
   */
  static restore(snapshot: unknown, { memory, send }: Pick<UnitOptions, 'memory' | 'send'>): RemappingUnit {
    const saved = readSnapshot(snapshot);
    const { unit: parameters, choices, caches } = saved;
    const sending = send === undefined ? {} : { send };
    const unit = new RemappingUnit({ unit: parameters, choices, caches, memory, ...sending });
    unit.#restore(saved);
    return unit;
  }

  #restore(saved: ReadSnapshot): void {
    const { registers, rootTable, interruptTable, faults, underWay, virtualCommands, remembered } = saved;
    restoreRegisters(this.registers, registers, 'snapshot.registers');
    const { address: root, ...others } = rootTable;
    this.rootTable = { page: root, ...others };
    const { address: table, ...size } = interruptTable;
    this.interruptTable = { page: table, ...size };
    this.faults.restore(faults, 'snapshot.faults');
    this.#invalidation.underWay.restore(underWay, 'snapshot.underWay');
    this.invalidations.restore(underWay.asked);
    this.#virtualCommands.restore(virtualCommands, 'snapshot.virtualCommands');
    const { caches } = this;
    if (caches instanceof RememberingCaches && remembered !== null) caches.restore(remembered, 'snapshot.remembered');
    else if (caches !== undefined || remembered !== null) {
      throw new RangeError('snapshot.remembered takes null if caches is "none", and an object if not');
    }
    if (!this.#invalidation.queue.isHeadAligned) {
      throw new RangeError('snapshot.registers.IQH_REG takes a multiple of 32 while descriptors have 256 bits');
    }
    this.#takeStatus();
    this.protectedMemory.statusChanged();
    this.memoryTypes.written();
    this.#counters.restored();
    this.#chooseDoors();
  }

  #forget(): void {
    this.rootTable = NO_ROOT_TABLE;
    this.interruptTable = NO_INTERRUPT_TABLE;
    this.translationEnabled = false;
    this.interruptRemappingEnabled = false;
    this.compatibilityFormatPasses = false;
    this.protectedMemory.enabled = false;
    this.memoryTypes.written();
    this.#counters.reset();
    this.#counted = undefined;
    this.#virtualCommands.reset();
    this.#invalidation.queue.forget();
    this.invalidations.reset();
    this.faults.restart();
  }

  #writeDword(offset: number, value: number): void {
    const { file } = this.registers;
    const before = file.read(offset);
    file.write(offset, value);
    this.#effects.get(offset)?.(before);
  }

  #commandWritten(): void {
    performGlobalCommand(this);
    this.#takeStatus();
    this.#invalidation.queue.commandWritten();
  }

  #takeStatus(): void {
    const status = this.registers.words('GSTS_REG');
    this.translationEnabled = GSTS_REG.TES(status) === 1;
    this.interruptRemappingEnabled = GSTS_REG.IRES(status) === 1;
    this.compatibilityFormatPasses = GSTS_REG.CFIS(status) === 1;
  }

  /** Made when something counts: a unit that others are views of answers slower from then on (measured). */
  #chooseDoors(): void {
    this.#counted = this.#counters.running ? new CountedDoors(this, this.#counters) : undefined;
  }

  #enhancedCommandWritten(): void {
    const { registers, configuration } = this;
    const [command, response] = [registers.words('ECMD_REG'), registers.words('ECRSP_REG')];
    performEnhancedCommand(this.#counters, configuration.capability, command, response);
    this.#chooseDoors();
  }
}
