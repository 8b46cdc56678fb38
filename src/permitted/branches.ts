/** What a point of choice may take beside reading memory. `key` is equal for what cannot be told apart. */
export interface Candidate {
  readonly key: string;
  /** Commands that are not complete and name it: who takes it comes before each of them. */
  readonly doomedBy?: ReadonlySet<Command>;
}

/** A command that was submitted and is not known to be complete. */
export interface Command {
  /** Its place in the order of submission, from 1. */
  readonly index: number;
}

/** A point of choice on the present path. */
interface Branch {
  readonly candidates: readonly (Candidate | undefined)[];
  /** Index into `candidates`. */
  chosen: number;
  /** Keys of what paths through the first option kept: a candidate with such a key would lead to the same again. */
  readonly seen: Set<string>;
  /** Where its options led, for those that tell. */
  readonly led: Map<string, number>;
}

/**
 * Every way through a computation that has choices, 6.A-R2: it is run again and again, and each time one choice is made
 * otherwise, the latest first. The first option, `undefined`, is to read memory.
 */
export class Branches {
  readonly #path: Branch[] = [];
  #depth = 0;
  readonly #ahead = new Set<Command>();

  /** The commands that cannot have been done yet on the present path. */
  get ahead(): ReadonlySet<Command> {
    return this.#ahead;
  }

  /** How many choices the present path has made. */
  get depth(): number {
    return this.#depth;
  }

  /** The options that the present path took, reading memory left out. */
  get taken(): readonly Candidate[] {
    return this.#path.slice(0, this.#depth).flatMap(({ candidates, chosen }) => candidates[chosen] ?? []);
  }

  /** One of the candidates, or undefined for reading memory. They are asked for once, not on every path. */
  choose<C extends Candidate>(candidates: () => readonly C[]): C | undefined {
    return this.#take(() => [undefined, ...candidates()]);
  }

  /** One of several states of the same thing: memory itself may be in doubt, 6.A-R7. */
  oneOf<C extends Candidate>(states: readonly C[]): C {
    return this.#take(() => states)!;
  }

  /** What the present path has read for itself: choosing it from a cache would say nothing new. */
  kept(key: string): void {
    // What is gone with a command does not stand for an entry that stays.
    if (this.#ahead.size > 0) return;
    for (let i = 0; i < this.#depth; i++) {
      const { candidates, chosen, seen } = this.#path[i]!;
      if (chosen === 0 && candidates.length > 1) seen.add(key);
    }
  }

  /** The last choice led to this. True if another option of the same choice did so before, and stays as long. */
  ledBefore(to: string): boolean {
    const branch = this.#path[this.#depth - 1];
    if (branch === undefined) return false;
    const ahead = [...this.#ahead].map(({ index }) => index).join();
    const own = `${to} before ${ahead}`;
    const others = [branch.led.get(own), branch.led.get(`${to} before `)];
    if (!branch.led.has(own)) branch.led.set(own, branch.chosen);
    return others.some((other) => other !== undefined && other !== branch.chosen);
  }

  /** Goes to the next path; false once all were taken. */
  next(): boolean {
    this.#ahead.clear();
    for (let branch = this.#path.at(-1); branch !== undefined; branch = this.#path.at(-1)) {
      do branch.chosen += 1;
      while (branch.seen.has(branch.candidates[branch.chosen]?.key ?? ''));
      if (branch.chosen < branch.candidates.length) {
        this.#depth = 0;
        return true;
      }
      this.#path.pop();
    }
    this.#depth = 0;
    return false;
  }

  #take<C extends Candidate>(candidates: () => readonly (C | undefined)[]): C | undefined {
    let branch = this.#path[this.#depth];
    if (branch === undefined) {
      branch = { candidates: candidates(), chosen: 0, seen: new Set(), led: new Map() };
      this.#path.push(branch);
    }
    this.#depth += 1;
    const taken = branch.candidates[branch.chosen] as C | undefined;
    for (const command of taken?.doomedBy ?? []) this.#ahead.add(command);
    return taken;
  }
}
