import { InputError } from '../images/input-error.ts';
import { type Call, type JsonObject, Refusal, sentenceOf } from '../oracle/json-rpc.ts';
import { callsOf } from '../oracle/methods.ts';
import { Session } from '../oracle/session.ts';
import { COMMANDS } from '../oracle/text-commands.ts';
import { TextDialect, USUAL_BASE } from '../oracle/text-dialect.ts';
import { unitAsked } from '../oracle/text-requests.ts';
import { numberOf, Words } from '../oracle/text-words.ts';
import type { Judge } from '../permitted/judge.ts';

/** A session of the protocol that follows a trace, and knows which line made which step of its judge's history. */
export class TracedSession {
  readonly session: Session;
  /** Where the registers stand. */
  base = USUAL_BASE;
  readonly #call: Call;
  readonly #text: TextDialect;
  readonly #caches: 'none' | 'full';
  /** By step, which begins at 1. */
  #lines: number[] = [];
  #judge: Judge;

  /** `caches` are those of the unit whatever the trace says: they are what the replay is made with. */
  constructor(caches: 'none' | 'full') {
    this.session = new Session(undefined, { ofAnyUnit: caches === 'full' });
    this.#call = callsOf(this.session);
    this.#text = new TextDialect(this.session, this.#call);
    this.#judge = this.session.judge;
    this.#caches = caches;
    this.call('initialize', { unit: { caches } });
  }

  /** A method of the protocol. Throws an InputError if it is refused. */
  call(method: string, params: JsonObject): JsonObject {
    return asInput(() => this.#call(method, params));
  }

  /** The VALUE of the reply to a request of the text dialect. Throws an InputError if it is refused. */
  perform(words: readonly string[]): string {
    const [name, ...rest] = words;
    if (name === 'unit' && rest[0] !== 'base') {
      const { unit } = asInput(() => unitAsked(wordsAfter('unit', rest))) as { readonly unit: JsonObject };
      this.call('initialize', { unit: { ...unit, caches: this.#caches } });
      return '';
    }
    const answer = this.#text.answerAny(words.join(' ')).trimEnd();
    if (answer.startsWith('FAIL ')) throw new InputError(answer.slice('FAIL '.length));
    if (name === 'unit') this.base = numberOf('ADDR', rest[1] ?? '');
    return answer.slice('OK '.length);
  }

  /** The steps that were made since the last call were made by this line. */
  mark(line: number): void {
    const { judge } = this.session;
    if (judge !== this.#judge) this.#lines = [];
    this.#judge = judge;
    for (let step = this.#lines.length; step <= judge.step; step++) this.#lines[step] = line;
  }

  /** The line that made a step. */
  lineOf(step: number): number {
    return this.#lines[step] ?? 0;
  }

  /** A sentence that speaks of steps, speaking of lines. */
  inLines(sentence: string): string {
    return sentence.replace(/\bstep (\d+)/g, (_, step) => `line ${this.lineOf(Number(step))}`);
  }
}

/** The words behind a command of the text dialect. */
export const wordsAfter = (name: string, words: readonly string[]): Words =>
  new Words(`${name} takes ${COMMANDS.get(name)?.usage}`, words);

/** What is refused in a trace is bad input. */
export function asInput<T>(perform: () => T): T {
  try {
    return perform();
  } catch (error) {
    throw error instanceof Refusal ? new InputError(sentenceOf(error)) : error;
  }
}
