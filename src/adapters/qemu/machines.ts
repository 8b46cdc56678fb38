import { formatSourceId } from '../../messages/source-id.ts';
import { ErrorCode, Refusal } from '../../oracle/json-rpc.ts';
import { busesOf, canBeSource, type MachineShape, NeedsMachine, PORTS } from './machine.ts';
import { optionsText, type UnitOptions } from './machine-options.ts';
import { RunningMachine } from './machine-running.ts';
import { QemuGone, QemuRefuses } from './qtest.ts';
import { QemuUnit } from './unit.ts';

/** What is done to a unit. It throws before it has changed anything, or not at all. */
type Action<T> = (unit: QemuUnit) => Promise<T>;

const FIRST_WINDOWS = 64;
const MOST_WINDOWS = 240;
const MOST_DEVICES = 32;
/** More than these are not kept for later sessions: each makes the machine slower. */
const KEPT_PORTS = 8;
const KEPT_DEVICES = 24;
/** Actions of a session that are remembered, to be done again on another machine. */
const MOST_ACTIONS = 2 ** 16;

/**
 * The machine of a session. Where it lacks a device or memory another one takes its place, on which all that the
 * session has done is done again: what a client sees is one unit.
 */
export class Machines {
  readonly #qemu: string;
  #machine: RunningMachine | undefined;
  #unit: QemuUnit | undefined;
  /** The session so far: what it has done, and which sources it has used. */
  #actions: Action<unknown>[] = [];
  #used = new Set<number>();
  /** Options with which QEMU did not start. */
  readonly #refused = new Set<string>();

  constructor(qemu: string) {
    this.#qemu = qemu;
  }

  /**
   * Begins a session: a unit with the first of these options that QEMU takes, as after power-on. Replies which those are.
   */
  async begin(choices: Iterable<UnitOptions>): Promise<UnitOptions> {
    this.#actions = [];
    this.#used = new Set();
    let refused: unknown;
    for (const options of choices) {
      if (this.#refused.has(optionsText(options))) continue;
      try {
        await this.#guard(() => this.#beginWith(options));
        return options;
      } catch (error) {
        if (this.#machine !== undefined || !this.#refused.has(optionsText(options))) throw error;
        refused = error;
      }
    }
    throw refused ?? refusal('QEMU takes none of these options');
  }

  /** Does something to the unit that is not remembered. */
  async look<T>(action: Action<T>): Promise<T> {
    return this.#guard(() => this.#do(action));
  }

  /** Does something to the unit that is part of the session. */
  async perform<T>(action: Action<T>): Promise<T> {
    const result = await this.look(action);
    this.#actions.push(action);
    return result;
  }

  async stop(): Promise<void> {
    const machine = this.#machine;
    this.#machine = undefined;
    this.#unit = undefined;
    await machine?.stop();
  }

  /** A machine that lacks something is replaced, and one that is lost, once: what ends QEMU again is the action. */
  async #do<T>(action: Action<T>): Promise<T> {
    for (let losses = 0; ; ) {
      const [unit, machine] = [this.#unit, this.#machine];
      if (unit === undefined || machine === undefined) {
        throw lost('there is no unit since QEMU ended: initialize begins again');
      }
      try {
        return await action(unit);
      } catch (error) {
        if (error instanceof NeedsMachine) await this.#moveTo(this.#grown(machine, error));
        else if (error instanceof QemuGone && losses++ === 0) await this.#moveTo(machine.shape);
        else throw error;
      }
    }
  }

  /** QEMU that is gone is one error; the next session has a new one. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof QemuGone)) throw error;
      const words = this.#machine?.lastWords ?? '';
      await this.stop();
      throw lost(words === '' ? error.message : `${error.message}; it said: ${words}`);
    }
  }

  async #beginWith(options: UnitOptions): Promise<void> {
    const machine = this.#machine;
    if (machine === undefined) return this.#start({ options, sources: [], windows: FIRST_WINDOWS });
    if (optionsText(machine.shape.options) !== optionsText(options)) return this.#start({ ...machine.shape, options });
    try {
      await machine.reset();
      this.#unit = new QemuUnit(machine);
    } catch (error) {
      if (!(error instanceof QemuGone)) throw error;
      await this.#start(machine.shape);
    }
  }

  async #start(shape: MachineShape): Promise<void> {
    await this.stop();
    try {
      this.#machine = await RunningMachine.start(this.#qemu, shape);
    } catch (error) {
      if (error instanceof QemuRefuses) this.#refused.add(optionsText(shape.options));
      throw error;
    }
    this.#unit = new QemuUnit(this.#machine);
  }

  /** Does all that the session has done again, on a machine like this. */
  async #moveTo(shape: MachineShape): Promise<void> {
    if (this.#actions.length > MOST_ACTIONS) throw refusal('the session is too long to be moved to another machine');
    await this.#start(shape);
    for (let i = 0; i < this.#actions.length; i++) {
      try {
        await this.#actions[i]!(this.#unit!);
      } catch (error) {
        if (!(error instanceof NeedsMachine)) throw error;
        return this.#moveTo(this.#grown(this.#machine!, error));
      }
    }
  }

  #grown({ shape, used }: RunningMachine, { more }: NeedsMachine): MachineShape {
    for (const source of used) this.#used.add(source);
    return 'source' in more ? this.#withSource(shape, more.source) : withWindows(shape, more.windows);
  }

  /** What earlier sessions used stays, if there is room for it. */
  #withSource(shape: MachineShape, source: number): MachineShape {
    if (!canBeSource(source)) throw refusal(`no device can be put at ${formatSourceId(source)}`);
    const needed = new Set([...this.#used, source]);
    const grown = { ...shape, sources: sorted([...shape.sources, ...needed]) };
    if (fits(grown, KEPT_PORTS, KEPT_DEVICES)) return grown;
    const small = { ...shape, sources: sorted(needed) };
    if (fits(small, PORTS, MOST_DEVICES)) return small;
    throw refusal(`one machine has devices on ${PORTS} buses and ${MOST_DEVICES} in all, and this session needs more`);
  }
}

function withWindows(shape: MachineShape, windows: number): MachineShape {
  if (windows > MOST_WINDOWS) throw refusal(`memory is full: it can be at ${MOST_WINDOWS} places of 2 MiB`);
  return { ...shape, windows: Math.min(MOST_WINDOWS, 2 * windows) };
}

const sorted = (sources: Iterable<number>): readonly number[] => [...new Set(sources)].sort((a, b) => a - b);

const fits = (shape: MachineShape, ports: number, devices: number): boolean =>
  busesOf(shape).length <= ports && shape.sources.length <= devices;

/** Not what the adapter cannot do, but what QEMU did not live through. */
const lost = (why: string): Refusal => new Refusal(ErrorCode.INTERNAL, why);

const refusal = (why: string): Refusal => new Refusal(ErrorCode.SERVER, why);
