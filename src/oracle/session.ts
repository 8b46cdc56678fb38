import { offsetOf, pageOf } from '../bits/page-number.ts';
import type { CachePolicy } from '../caches/policy.ts';
import type { PlatformMessage } from '../messages/platform-message.ts';
import { Judge, type JudgeOptions } from '../permitted/judge.ts';
import { SparseMemory } from '../platform/sparse-memory.ts';
import type { UnitParameters } from '../platform/unit-parameters.ts';
import { RemappingUnit } from '../unit/remapping-unit.ts';
import { DEFAULT_UNIT } from './default-unit.ts';
import { ErrorCode, Refusal } from './json-rpc.ts';

/** A client that never takes its events loses the oldest beyond these, and is told how many. */
const WAITING_EVENTS = 2 ** 16;
/** Pages of 4 KiB that a client may fill: 1 GiB. A poisoned page costs two. */
const PAGES = 2 ** 18;

/** Writes that may wait to reach memory. */
const UNWRITTEN = 2 ** 12;

/** What one client works with: a unit, its memory, and the messages that left it. */
export class Session {
  memory!: SparseMemory;
  unit!: RemappingUnit;
  /** `shutdown` was asked for. */
  ended = false;
  /** Follows the unit, and knows what any legal one may answer; undefined once the unit is one from a snapshot. */
  #judge: Judge | undefined;
  #events: PlatformMessage[] = [];
  #lostEvents = 0;
  #pages = 0;
  #writtenPages = new Set<number>();
  #poisonedPages = new Set<number>();

  readonly #limit: number;
  readonly #judging: JudgeOptions;

  /** `pages` is how many a client may fill. */
  constructor(pages = PAGES, judging: JudgeOptions = {}) {
    this.#limit = pages;
    this.#judging = judging;
    this.start(DEFAULT_UNIT, {});
  }

  /** A new unit with empty memory. Throws a RangeError, and keeps the old one, if no unit can be like this. */
  start(unit: UnitParameters, choices: Readonly<Record<string, unknown>>, caches: CachePolicy = 'full'): void {
    const memory = new SparseMemory();
    this.unit = new RemappingUnit({ unit, choices, caches, memory, send: (message) => this.#keep(message) });
    this.#judge = new Judge(this.unit, this.#judging);
    this.memory = memory;
    this.#forget();
  }

  /** A unit that goes on from a snapshot, with the memory of now. Throws as `RemappingUnit.restore`, and keeps the old one. */
  restore(snapshot: unknown): void {
    this.unit = RemappingUnit.restore(snapshot, { memory: this.memory, send: (message) => this.#keep(message) });
    this.#judge = undefined;
  }

  /** Where requests go: through the judge, who has to see each. */
  get door(): Pick<Judge, 'dma' | 'interrupt' | 'pageRequest'> {
    return this.#judge ?? this.unit;
  }

  /** Throws a {@link Refusal} if it does not know what this unit may remember. */
  get judge(): Judge {
    if (this.#judge !== undefined) return this.#judge;
    throw new Refusal(
      ErrorCode.SERVER,
      'the judge has not seen what this unit remembers: it came from a snapshot; initialize or reset begins anew',
    );
  }

  /** The unit as after power-on; memory all zero, no poison, and nothing remembered. */
  reset(): void {
    this.unit.powerGoodReset();
    this.#judge ??= new Judge(this.unit, this.#judging);
    this.#judge.takeFindings();
    this.memory.clear();
    this.#forget();
  }

  write(address: bigint, bytes: Uint8Array, visible: boolean): void {
    const added = pagesOf(address, bytes.length).filter((page) => !this.#writtenPages.has(page));
    this.#checkPages(added.length);
    if (!visible && this.memory.unwritten >= UNWRITTEN) {
      throw new Refusal(ErrorCode.SERVER, `at most ${UNWRITTEN} writes may be invisible at a time`);
    }
    this.memory.write(address, bytes, visible);
    for (const page of added) this.#writtenPages.add(page);
    this.#pages += added.length;
  }

  poison(address: bigint, length: number, writesOnly: boolean): void {
    const added = pagesOf(address, length).filter((page) => !this.#poisonedPages.has(page));
    this.#checkPages(2 * added.length);
    this.memory.poison(address, length, writesOnly);
    for (const page of added) this.#poisonedPages.add(page);
    this.#pages += 2 * added.length;
  }

  /** All that left the unit since the last call, and how many of the oldest were lost. */
  takeEvents(): { readonly events: readonly PlatformMessage[]; readonly lost: number } {
    const taken = { events: this.#events, lost: this.#lostEvents };
    this.#events = [];
    this.#lostEvents = 0;
    return taken;
  }

  #keep(message: PlatformMessage): void {
    this.#events.push(message);
    // Half at a time, so that a client that never asks does not pay for each message.
    if (this.#events.length < 2 * WAITING_EVENTS) return;
    this.#events.splice(0, WAITING_EVENTS);
    this.#lostEvents += WAITING_EVENTS;
  }

  #forget(): void {
    this.takeEvents();
    this.#pages = 0;
    this.#writtenPages = new Set();
    this.#poisonedPages = new Set();
  }

  #checkPages(added: number): void {
    if (this.#pages + added <= this.#limit) return;
    throw new Refusal(
      ErrorCode.SERVER,
      `memory holds at most ${this.#limit} pages of 4 KiB here, a poisoned page being two`,
    );
  }
}

/** The pages that a range touches. */
function pagesOf(address: bigint, length: number): number[] {
  const count = Math.ceil((offsetOf(address) + length) / 4096);
  const first = pageOf(address);
  return Array.from({ length: length === 0 ? 0 : count }, (_, n) => first + n);
}
