import type { Line } from '../oracle/lines.ts';
import { lineOf } from '../oracle/text-client.ts';
import type { Call } from './calls.ts';
import { type Answered, Exchange, type Form, requestText } from './exchange.ts';
import { TargetProcess } from './target-process.ts';

export interface ClientOptions {
  /** A shell command. */
  readonly command: string;
  /** Milliseconds that a target may take for one exchange, and for its first reply. */
  readonly timeout: number;
  readonly startTimeout: number;
  /** Exchanges under way at a time. */
  readonly inFlight: number;
  /** How requests are written. */
  readonly form: Form;
  /** How often a target is started again before the rest is given up. */
  readonly restarts: number;
}

/** A target that cannot be started at all fails this often before it is given up. */
const START_ATTEMPTS = 3;

const INITIALIZE: Call = { method: 'initialize', params: {} };

/**
 * The way to a target, over as many lives of its process as it takes. Exchanges are answered in order. One during which
 * the target hangs, ends or answers nonsense is `broken`; a new process goes on with the next.
 */
export class Client {
  readonly #options: ClientOptions;
  /** Not sent yet, and sent, both in order. */
  #waiting: Exchange[] = [];
  #flying: Exchange[] = [];
  /** How many of the next exchanges go one by one: it is not known yet which of them breaks the target. */
  #alone = 0;
  #process: TargetProcess | undefined;
  #ready = false;
  /** The unit that the last request has made. */
  #unit = '';
  #timer: NodeJS.Timeout | undefined;
  #id = 1;
  #failedStarts = 0;
  #restarts = 0;
  #givenUp: string | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Why nothing is asked any more; undefined as long as something is. */
  get givenUp(): string | undefined {
    return this.#givenUp;
  }

  /** Makes calls on a unit that `initialize` has made just before, or that was reset where it is the same and not `fresh`. */
  ask(initialize: Call, calls: readonly Call[], fresh = false): Promise<Answered> {
    return new Promise((resolve) => {
      this.#waiting.push(new Exchange(initialize, calls, fresh, resolve));
      this.#go();
    });
  }

  /** Asks the target to end, and ends it if it does not. */
  async close(): Promise<void> {
    const life = this.#process;
    this.#process = undefined;
    clearTimeout(this.#timer);
    const text = this.#options.form === 'text';
    await life?.end(`${text ? lineOf('shutdown', {}) : requestText(this.#id, 'shutdown', {})}\n`);
  }

  #go(): void {
    if (this.#givenUp !== undefined) {
      this.#giveUp(this.#givenUp, '');
      return;
    }
    if (this.#process === undefined) this.#start();
    if (!this.#ready) return;
    const most = this.#alone > 0 ? 1 : this.#options.inFlight;
    while (this.#flying.length < most && this.#waiting.length > 0) this.#send(this.#waiting.shift()!);
  }

  #start(): void {
    this.#ready = false;
    this.#unit = '';
    const life = new TargetProcess(this.#options.command, {
      line: (line) => this.#line(line),
      ended: (how) => this.#broken(how),
    });
    this.#process = life;
    // Whether it lives at all is asked first, so that it is not taken for the fault of a vector.
    this.#send(
      new Exchange(INITIALIZE, [], true, () => {
        this.#ready = true;
        this.#failedStarts = 0;
      }),
    );
  }

  #send(exchange: Exchange): void {
    this.#flying.push(exchange);
    this.#process!.send(exchange.text(this.#id, this.#formNow(), this.#unit));
    this.#unit = exchange.key;
    this.#id += exchange.length;
    if (this.#flying.length === 1) this.#watch();
  }

  /** Whether it lives at all is asked without a batch. */
  #formNow(): Form {
    const { form } = this.#options;
    return form === 'batches' && !this.#ready ? 'lines' : form;
  }

  /** The time of the first exchange under way begins. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#flying.length === 0) return;
    const { timeout, startTimeout } = this.#options;
    const limit = this.#ready ? timeout : startTimeout;
    this.#timer = setTimeout(() => this.#broken(`it did not answer within ${limit / 1000} s`), limit);
  }

  #line(line: Line): void {
    if (typeof line === 'string' && line.trim() === '') return;
    const [first] = this.#flying;
    const nonsense = nonsenseOf(line, first);
    if (nonsense !== undefined) this.#broken(nonsense);
    else if (first?.isComplete) this.#complete(first);
  }

  #complete(first: Exchange): void {
    this.#flying.shift();
    if (this.#ready && this.#alone > 0) this.#alone -= 1;
    first.resolve(first.answered);
    this.#watch();
    this.#go();
  }

  /** The process is of no use any more. */
  #broken(how: string): void {
    const stderr = this.#process?.stderr ?? '';
    const wasReady = this.#ready;
    const flying = this.#flying.splice(0);
    clearTimeout(this.#timer);
    this.#process?.kill();
    this.#process = undefined;
    if (!wasReady) {
      this.#failedStarts += 1;
      if (this.#failedStarts >= START_ATTEMPTS) this.#giveUp(`the target does not start: ${how}`, stderr);
    } else if (flying.length > 0) {
      this.#blame(flying, how, stderr);
      this.#restarts += 1;
      const { restarts } = this.#options;
      if (this.#restarts > restarts)
        this.#giveUp(`the target had to be started again more than ${restarts} times`, stderr);
    }
    if (this.#waiting.length > 0) this.#go();
  }

  /** One alone has broken the target. Of several it shows which it was when each is asked by itself. */
  #blame(flying: readonly Exchange[], how: string, stderr: string): void {
    const [first] = flying;
    if (flying.length > 1) {
      this.#alone = Math.max(this.#alone, flying.length);
      this.#waiting.unshift(...flying);
      return;
    }
    if (this.#alone > 0) this.#alone -= 1;
    first!.resolve({ kind: 'broken', how, stderr });
  }

  #giveUp(why: string, stderr: string): void {
    this.#givenUp = why;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ kind: 'broken', how: why, stderr });
  }
}

/** Why a line is no reply to an exchange that waits, or to none; undefined if it was taken. */
function nonsenseOf(line: Line, first: Exchange | undefined): string | undefined {
  if (typeof line !== 'string') return `it wrote what cannot be read: ${line.message}`;
  return first === undefined ? `it wrote a line that nobody had asked for: ${line.slice(0, 200)}` : first.take(line);
}
