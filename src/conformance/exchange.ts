import { lineOf } from '../oracle/text-client.ts';
import type { Call } from './calls.ts';
import { type Reply, repliesOf, textReplyOf } from './replies.ts';

/** How the calls of an exchange found the unit: it was made for them, or reset. */
export type Opened = 'initialize' | 'reset';

/** What came of some calls: all their replies, or how the target failed to give them. */
export type Answered =
  | { readonly kind: 'replies'; readonly opened: Opened; readonly replies: readonly Reply[] }
  | { readonly kind: 'broken'; readonly how: string; readonly stderr: string };

/** How requests are written: JSON, each on a line or all as one batch, or the text dialect. */
export type Form = 'lines' | 'batches' | 'text';

/** Calls that are made together on a unit that has just been made or reset, and what has been answered so far. */
export class Exchange {
  readonly initialize: Call;
  /** Says which unit it is: one of the same need not be made again. */
  readonly key: string;
  readonly resolve: (answered: Answered) => void;
  readonly #calls: readonly Call[];
  readonly #fresh: boolean;
  #opened: Opened = 'initialize';
  #first = 0;
  #replies: Reply[] = [];
  #missing = 0;
  #sent: readonly Call[] = [];
  #form: Form = 'lines';

  /** With `fresh` the unit is made even where it could be reset. */
  constructor(initialize: Call, calls: readonly Call[], fresh: boolean, resolve: (answered: Answered) => void) {
    this.initialize = initialize;
    this.key = JSON.stringify(initialize);
    this.#calls = calls;
    this.#fresh = fresh;
    this.resolve = resolve;
  }

  /** How many requests it makes. */
  get length(): number {
    return this.#calls.length + 1;
  }

  /** The requests as they are sent, with ids from `first` on. `key` is of the unit that is there. */
  text(first: number, form: Form, key: string): string {
    this.#opened = key === this.key && !this.#fresh ? 'reset' : 'initialize';
    this.#first = first;
    this.#replies = [];
    this.#missing = this.length;
    const opening = this.#opened === 'reset' ? RESET : this.initialize;
    this.#form = form;
    this.#sent = [opening, ...this.#calls];
    const requests = this.#sent.map(({ method, params }, i) =>
      form === 'text' ? lineOf(method, params) : requestText(first + i, method, params),
    );
    return form === 'batches' ? `[${requests.join()}]\n` : `${requests.join('\n')}\n`;
  }

  get isComplete(): boolean {
    return this.#missing === 0;
  }

  get answered(): Answered {
    return { kind: 'replies', opened: this.#opened, replies: this.#replies };
  }

  /** Takes the replies of a line, in any order among these calls. A string says why they cannot belong here. */
  take(line: string): string | undefined {
    if (this.#form === 'text') return this.#takeText(line);
    const replies = repliesOf(line);
    if (typeof replies === 'string') return replies;
    for (const { id, reply } of replies) {
      const place = id - this.#first;
      if (!(place >= 0 && place < this.length) || this.#replies[place] !== undefined) {
        return `it answered the id ${id}, for which nothing waits`;
      }
      this.#replies[place] = reply;
      this.#missing -= 1;
    }
    return undefined;
  }

  /** In the text dialect replies come in the order of the requests. */
  #takeText(line: string): string | undefined {
    const place = this.length - this.#missing;
    const call = this.#sent[place];
    if (call === undefined) return `it wrote a line that nobody had asked for: ${line.slice(0, 200)}`;
    const reply = textReplyOf(call.method, line);
    if (typeof reply === 'string') return reply;
    this.#replies[place] = reply;
    this.#missing -= 1;
    return undefined;
  }
}

const RESET: Call = { method: 'reset', params: {} };

/** A request as a line has it. */
export const requestText = (id: number, method: string, params: Call['params']): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });
