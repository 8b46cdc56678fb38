import { exploreLegacy } from './allowed-legacy.ts';
import { exploreScalable } from './allowed-scalable.ts';
import { completed } from './allowed-translation.ts';
import { bits } from './bits.ts';
import { type Capabilities, capabilitiesOf } from './capabilities.ts';
import { DEFAULT_CHOICES } from './choices.ts';
import type { AllowedChoices, AllowedRequest, Exploration } from './exploration.ts';
import { type Command, flushesWriteBuffer, type Invalidation } from './invalidation-command.ts';
import { LiveEntries } from './live-entries.ts';
import type { LiveEntry } from './live-entry.ts';
import type { Latched, UnitFacts } from './types.ts';
import { UnsettledMemory } from './unsettled-memory.ts';

/** The bits of CAP_REG that decide what is remembered (11.4.2). */
const CAP = { RWBF: 4, CM: 7, PSI: 39, ESRTPS: 63 } as const;

/**
 * The oracle of 6.A: what a history of writes, commands and requests lets the next untranslated request get. Every entry
 * that a request may have left in a cache may be used or not, until a command that has to remove it is complete.
 */
export class AllowedAnswers {
  readonly #unit: UnitFacts;
  readonly #choices: AllowedChoices;
  readonly #caps: Capabilities;
  readonly #memory = new UnsettledMemory();
  readonly #live: LiveEntries;
  readonly #maybeDirty = new Set<bigint>();
  #rtaddr = 0n;
  #translation = false;
  #time = 0;

  constructor(unit: Omit<UnitFacts, 'choices'>, choices: Partial<AllowedChoices> = {}) {
    this.#choices = { ...DEFAULT_CHOICES, pasidHitsNoPasid: false, fracture: false, ...choices };
    this.#unit = { ...unit, choices: this.#choices };
    this.#caps = capabilitiesOf(this.#unit);
    this.#live = new LiveEntries(this.#caps);
  }

  /** Software writes to memory; what is not visible may be seen or not until it is flushed (6.A-R7). */
  write(address: bigint, qwords: readonly bigint[], visible = true): void {
    this.#time += 1;
    this.#memory.write(address, qwords, visible, this.#time);
    qwords.forEach((_word, i) => {
      this.#maybeDirty.delete(address + BigInt(8 * i));
    });
  }

  /** RTADDR_REG and SRTP (6.6-R1). */
  setRootTable(rtaddrValue: bigint): void {
    this.#rtaddr = rtaddrValue;
    if (this.#has(CAP.ESRTPS)) this.#live.clear();
  }

  /** TE (6.6-R3). */
  setTranslation(on: boolean): void {
    if (!on && this.#translation && this.#caps.SMTS) this.#live.clear();
    this.#translation = on;
  }

  /** A descriptor that the tail has passed, or a command of the registers. */
  command(command: Command): void {
    this.#time += 1;
    if (command.via === 'queue') {
      this.#refuse(command);
      this.#live.submit(command, this.#time);
      return;
    }
    const performed = this.#byRegister(command);
    if (performed === undefined) return;
    if (this.#flushesBy(performed)) this.#memory.settle(this.#time);
    this.#live.remove(performed);
  }

  /** An inv_wait behind all commands so far has completed. */
  wait(): void {
    const flushed = this.#live.lastSubmitted((command) => this.#flushesBy(command));
    if (flushed !== undefined) this.#memory.settle(flushed);
    this.#live.complete();
  }

  /** GCMD_REG.WBF is done, or software has flushed its own caches: every write so far is seen. */
  flush(): void {
    this.#memory.settle(this.#time);
  }

  /** Every answer that the request may get, sorted; what it may leave in the caches is live from now on. */
  answers(request: AllowedRequest): string[] {
    const fills: { entry: LiveEntry; before: bigint }[] = [];
    const answers = new Set<string>();
    const pendingSince = (time: number) => this.#live.pendingSince(time, (command) => this.#flushesBy(command));
    const latched: Latched = {
      rtaddr: this.#rtaddr,
      tes: this.#translation,
      ires: false,
      pmen: false,
      plmBase: 0n,
      plmLimit: 0n,
      phmBase: 0n,
      phmLimit: 0n,
    };
    explore({
      caps: this.#caps,
      choices: this.#choices,
      cachingMode: this.#has(CAP.CM),
      latched,
      request: this.#translation ? request : { ...request, pasid: undefined }, // 3.1-R2
      answers,
      read: (address, count) => this.#memory.read(address, count, pendingSince),
      live: (cache, fits) => this.#live.find(cache, fits),
      fill: (entry, before) => fills.push({ entry, before }),
      mayBeDirty: (address) => this.#maybeDirty.has(address),
      dirties: (address) => this.#maybeDirty.add(address),
    });
    for (const { entry, before } of fills) this.#live.add(entry, before);
    return [...answers].sort();
  }

  #has(bit: number): boolean {
    return bits(this.#unit.capabilities, bit) === 1n;
  }

  #flushesBy(command: Invalidation): boolean {
    return this.#has(CAP.RWBF) && flushesWriteBuffer(command); // 6.8-R1
  }

  /** What stops the queue is no history that this class can follow (6.5.2.11-R3, 6.5.2.3-R3, G1). */
  #refuse(command: Command): void {
    const mode = bits(this.#rtaddr, 11, 10);
    if (mode === 0n && (command.kind === 'pasid' || command.kind === 'pasidIotlb'))
      throw new RangeError(`a descriptor for PASIDs stops the queue in legacy mode: ${command.kind}`);
    if (command.kind !== 'iotlb' || command.granularity !== 'page') return;
    if (!this.#has(CAP.PSI)) throw new RangeError('page granularity stops the queue of a unit without PSI');
    if (command.am > this.#largestMask()) throw new RangeError(`AM of ${command.am} is above MAMV`);
  }

  /** 6.5.1-R6, G1: what the registers do for a command; undefined: nothing. */
  #byRegister(command: Command): Invalidation | undefined {
    if (command.kind === 'pasid' || command.kind === 'pasidIotlb')
      throw new RangeError(`no register invalidates by PASID: ${command.kind}`);
    if (this.#caps.MAJOR >= 6 || bits(this.#rtaddr, 11, 10) !== 0n) return undefined;
    if (command.kind !== 'iotlb' || command.granularity !== 'page') return command;
    if (!this.#has(CAP.PSI)) return { kind: 'iotlb', granularity: 'domain', did: command.did };
    return command.am > this.#largestMask() ? undefined : command;
  }

  /** MAMV */
  #largestMask(): number {
    return Number(bits(this.#unit.capabilities, 53, 48));
  }
}

/** The conditions before any table, then one of the two modes (RTA rows of Table 30, 3.15). */
function explore(x: Exploration): void {
  const { answers, caps, latched, request } = x;
  const inRange = request.address >= 0xfee0_0000n && request.address <= 0xfeef_ffffn;
  if (inRange && request.pasid === undefined && request.access === 'write') answers.add('interrupt');
  else if (inRange && request.pasid === undefined && (latched.tes || x.choices.interruptRangeChecks === 'always'))
    answers.add('UR 29h');
  else if (!latched.tes) answers.add(completed(request.address));
  else {
    const mode = bits(latched.rtaddr, 11, 10);
    if (mode === 3n) answers.add(caps.ADMS ? 'UR RTA.4' : 'UR RTA.1.1');
    else if (mode === 2n) answers.add('UR RTA.1.2');
    else if (mode === 1n && !caps.SMTS) answers.add('UR RTA.1.3');
    else if (mode === 1n) exploreScalable(x);
    else if (request.pasid !== undefined) answers.add('UR RTA.2');
    else if (caps.SSIRWS && bits(latched.rtaddr, 7) === 1n) answers.add('UR RTA.1.4');
    else exploreLegacy(x);
  }
}
