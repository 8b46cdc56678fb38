import { bits } from './bits.ts';
import { DEFAULT_CHOICES } from './choices.ts';
import { interruptAnswer } from './interrupt-answer.ts';
import type { InterruptLatched, InterruptOpinion, InterruptRequest } from './interrupt-types.ts';
import { type InterruptInvalidation, InterruptWorld } from './interrupt-world.ts';
import { beforeTable, throughEntry } from './interrupts.ts';
import type { Choices, UnitFacts } from './types.ts';

/** The bits of CAP_REG that decide what is remembered (11.4.2). */
const CAP = { RWBF: 4, CM: 7, ESIRTPS: 62 } as const;

/**
 * The oracle of 6.A for interrupts: what a history of writes, commands and requests lets the next request get. It keeps
 * every world that the history may have led to; a request takes every entry that fits in each of them.
 */
export class AllowedInterrupts {
  readonly #unit: UnitFacts;
  #latched: InterruptLatched = { irta: 0n, ires: false, cfis: false };
  #worlds: InterruptWorld[] = [new InterruptWorld()];
  #byAnswer = new Map<string, InterruptWorld[]>();
  #time = 0;

  constructor(unit: Omit<UnitFacts, 'choices'>, choices: Partial<Choices> = {}) {
    this.#unit = { ...unit, choices: { ...DEFAULT_CHOICES, ...choices } };
  }

  /** Software writes to memory; what is not visible may be seen or not until it is flushed (6.A-R7). */
  write(address: bigint, qwords: readonly bigint[], visible = true): void {
    this.#time += 1;
    for (const world of this.#worlds) world.write(address, qwords, visible, this.#time);
  }

  /** IRTA_REG and SIRTP (6.7-R1, R2). */
  setTable(irta: bigint): void {
    this.#latched = { ...this.#latched, irta };
    if (this.#has(CAP.ESIRTPS)) this.#clear();
  }

  /** IRE (11.4.4.1-R50, R51). */
  setRemapping(on: boolean): void {
    if (!on && this.#latched.ires && this.#has(CAP.ESIRTPS)) this.#clear();
    this.#latched = { ...this.#latched, ires: on };
  }

  /** CFI (11.4.4.1-R70). */
  setCompatibility(on: boolean): void {
    this.#latched = { ...this.#latched, cfis: on };
  }

  /** An iec_inv that the tail has passed. */
  invalidate(command: InterruptInvalidation): void {
    const largest = Number(bits(this.#unit.extendedCapabilities, 23, 20)); // MHMV
    if (command.granularity === 'index' && command.mask > largest)
      throw new RangeError(`IM of ${command.mask} stops the queue`); // 6.5.2.8-G1
    this.#time += 1;
    for (const world of this.#worlds) world.submit(command, this.#time);
  }

  /** An inv_wait behind all commands so far has completed. */
  wait(): void {
    for (const world of this.#worlds) world.complete(this.#has(CAP.RWBF));
    this.#worlds = fewest(this.#worlds);
  }

  /** GCMD_REG.WBF is done, or software has flushed its own caches: every write so far is seen. */
  flush(): void {
    for (const world of this.#worlds) world.settle(this.#time);
    this.#worlds = fewest(this.#worlds);
  }

  /** Every answer that the request may get, sorted. */
  answers(request: InterruptRequest): string[] {
    this.#byAnswer = new Map();
    const started = this.#worlds.flatMap((world) => [...world.progress(this.#has(CAP.RWBF))]);
    for (const world of fewest(started)) {
      for (const { opinion, after } of this.#ways(world, request)) {
        const answer = interruptAnswer(opinion);
        this.#byAnswer.set(answer, [...(this.#byAnswer.get(answer) ?? []), after]);
      }
    }
    this.#worlds = fewest([...this.#byAnswer.values()].flat());
    return [...this.#byAnswer.keys()].sort();
  }

  /** The request that was just asked about got this answer: worlds in which it got another are not the one. */
  answered(answer: string): void {
    const worlds = this.#byAnswer.get(answer);
    if (worlds === undefined) throw new RangeError(`not among the answers of the last request: ${answer}`);
    this.#worlds = fewest(worlds);
  }

  /** 6.A-R2: any live entry of the index, or the table. */
  #ways(world: InterruptWorld, request: InterruptRequest): { opinion: InterruptOpinion; after: InterruptWorld }[] {
    const place = beforeTable(this.#unit, this.#latched, request);
    if ('outcome' in place) return [{ opinion: place, after: world }];
    const { index, address } = place;
    const through = (entry: bigint) => {
      const after = new InterruptWorld(world);
      return { after, opinion: throughEntry(this.#unit, this.#latched, after.memory(), request, index, entry) };
    };
    const hits = world.cached(index).map(through); // 6.4-R3: each request meets the source check of the copy
    const reads = world.readings(address).map((entry) => {
      const way = through(entry);
      if (way.opinion.outcome !== 'UR' || this.#has(CAP.CM)) way.after.fill(index, entry); // 6.4-R2, 6.A-R3
      return way;
    });
    return [...hits, ...reads];
  }

  #clear(): void {
    for (const world of this.#worlds) world.clear();
  }

  #has(bit: number): boolean {
    return bits(this.#unit.capabilities, bit) === 1n;
  }
}

/** Worlds without those that can do nothing that another cannot. */
function fewest(worlds: readonly InterruptWorld[]): InterruptWorld[] {
  const kept = new Map<string, InterruptWorld[]>();
  for (const world of worlds) {
    const alike = kept.get(world.key()) ?? [];
    if (alike.some((other) => other.covers(world))) continue;
    kept.set(world.key(), [...alike.filter((other) => !world.covers(other)), world]);
  }
  return [...kept.values()].flat();
}
