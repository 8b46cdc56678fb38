import type { Command } from './branches.ts';
import type { LiveEntry } from './live-entries.ts';

/** A command that was submitted, §6.5.2. */
export interface Submitted extends Command {
  /** It waits for all earlier ones of a lower rank, §6.5.2.12; undefined: for none. */
  readonly rank: number | undefined;
  readonly names: (entry: LiveEntry) => boolean;
  readonly text: string;
  readonly step: number;
  /** How often the write buffer had been flushed when it had flushed it, §6.8. */
  readonly flushes: number;
}

/** §6.5.2.12: the order in which cc_inv, pc_inv and the invalidations of translations wait for each other. */
export const RANK = Object.freeze({ contexts: 0, pasids: 1, translations: 2 });

/** Commands between their submission and the wait that makes them complete, 6.A-R4: each may be done or not. */
export class SubmittedCommands {
  readonly #flushes: () => number;
  #pending: Submitted[] = [];
  #count = 0;

  /** `flushes`: how often the write buffer has been flushed. */
  constructor(flushes: () => number) {
    this.#flushes = flushes;
  }

  submit(command: Omit<Submitted, 'index' | 'flushes'>): Submitted {
    this.count();
    const submitted = { ...command, index: this.#count, flushes: this.#flushes() };
    this.#pending.push(submitted);
    return submitted;
  }

  /** An invalidation that is not followed here. */
  count(): void {
    this.#count += 1;
  }

  /** The first `asked` are complete, all if it is left out: which of them were not before. */
  complete(asked = this.#count): readonly Submitted[] {
    const complete = this.#pending.filter(({ index }) => index <= asked);
    this.#pending = this.#pending.filter(({ index }) => index > asked);
    return complete;
  }

  /** None that was submitted is waited for. */
  forget(): void {
    this.#pending = [];
  }

  /** 6.5.2.11-R8: those behind the first `asked` may never be done: which they were. */
  abandon(asked: number): ReadonlySet<Command> {
    const abandoned = new Set<Command>(this.#pending.filter(({ index }) => index > asked));
    this.#pending = this.#pending.filter(({ index }) => index <= asked);
    return abandoned;
  }

  /** The commands that are not done while memory shows what stood there before that many flushes, §6.8: each flushes. */
  ofFlush(flushes: number): ReadonlySet<Submitted> {
    return new Set(this.#pending.filter((one) => one.flushes >= flushes));
  }

  /** Those that name an entry and are done only after something that comes before the commands `ahead`. */
  removing(entry: LiveEntry, ahead: ReadonlySet<Command>): Set<Command> {
    const removing = new Set<Command>();
    if (ahead.size === 0) return removing;
    for (const command of this.#pending) {
      if ((ahead.has(command) || this.#waits(command, ahead)) && command.names(entry)) removing.add(command);
    }
    return removing;
  }

  /** §6.5.2.12: whether a command is done only after one of those that are not done. */
  #waits({ index, rank }: Submitted, ahead: ReadonlySet<Command>): boolean {
    if (rank === undefined) return false;
    return this.#pending.some((one) => one.index < index && (one.rank ?? rank) < rank && ahead.has(one));
  }
}
