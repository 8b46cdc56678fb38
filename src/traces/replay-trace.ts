import type { CacheName } from '../caches/caches.ts';
import { InputError } from '../images/input-error.ts';
import type { JsonObject } from '../oracle/json-rpc.ts';
import { replyOf } from '../oracle/text-observed.ts';
import { outcomeText } from '../oracle/text-replies.ts';
import { type Asked, dmaAsked, interruptAsked } from '../oracle/text-requests.ts';
import { numberOf } from '../oracle/text-words.ts';
import type { AnswerClass } from '../permitted/judge.ts';
import { type FieldDifference, isRead, isSameValue, registerDifference, unitDifference } from './observed-values.ts';
import type { TraceEvent } from './trace-lines.ts';
import { asInput, TracedSession, wordsAfter } from './traced-session.ts';

/** What is said of an answer that was observed. */
export interface JudgedAnswer {
  readonly line: number;
  readonly request: string;
  readonly observed: string;
  readonly class: AnswerClass;
  /** Every answer that is right. */
  readonly allowed: readonly string[];
  readonly because: readonly string[];
}

/** A value that was observed and that the model does not have. */
export interface OtherValue {
  readonly line: number;
  readonly request: string;
  readonly observed: string;
  readonly model: string;
  readonly register?: string;
  readonly fields?: readonly FieldDifference[];
  /** The last line before it whose answer was not that of the tables: the model has not done the same since. */
  readonly after?: number;
}

/** What the software did wrong. */
export type SoftwareFinding =
  | {
      readonly kind: 'stale-answer' | 'stale-interrupt';
      /** The requests that a legal unit may answer from what it still remembers. */
      readonly lines: readonly number[];
      readonly request: string;
      readonly answered: string;
      readonly tables: readonly string[];
      readonly entries: readonly { readonly cache: CacheName; readonly line: number }[];
      readonly changed: readonly JsonObject[];
      readonly remedy: readonly string[];
    }
  | {
      readonly kind: 'unflushed-write';
      readonly lines: readonly number[];
      readonly request: string;
      /** What the tables may say, in words. */
      readonly tables: readonly string[];
      readonly because: string;
    }
  | {
      readonly kind: 'unsafe-order';
      readonly lines: readonly number[];
      readonly commands: readonly string[];
      readonly because: string;
    };

/** What a trace says of a unit, and of the software that used it. */
export interface TraceReport {
  readonly events: number;
  /** Whether the trace says what the unit is; the model's default unit was taken if not. */
  readonly named: boolean;
  readonly unit: {
    readonly version: number;
    readonly hostAddressWidth: number;
    readonly cap: bigint;
    readonly ecap: bigint;
  };
  /** Observed answers that the tables give as they are. */
  readonly fresh: number;
  readonly stale: readonly JudgedAnswer[];
  readonly forbidden: readonly JudgedAnswer[];
  /** Requests whose answers nobody observed. */
  readonly unobserved: number;
  /** Values of registers, memory and events, and what became of page requests, that were observed as the model has them. */
  readonly same: number;
  /** Of reads again and again, those before the value came. */
  readonly polls: number;
  readonly different: readonly OtherValue[];
  readonly findings: readonly SoftwareFinding[];
}

/** Commands that ask a server and not a unit. */
const OF_SERVER: ReadonlySet<string> = new Set(['explain', 'findings', 'version', 'endianness', 'quit']);

/** Replays the events of a trace that stands at `path`. Throws an InputError that names the line. */
export function replayTrace(events: readonly TraceEvent[], path: string): TraceReport {
  const replay = new Replay();
  for (const event of events) {
    try {
      asInput(() => replay.take(event));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(`line ${event.line} of ${path}: ${error.message}`);
    }
  }
  return replay.report(events.length);
}

/**
 * Two units follow a trace. One remembers nothing and does what was seen, so that registers and memory can be compared;
 * its judge says what each answer was. The other remembers all that it may: what it finds the software did wrong.
 */
class Replay {
  readonly #seen = new TracedSession('none');
  readonly #stalest = new TracedSession('full');
  readonly #answers: JudgedAnswer[] = [];
  readonly #different: OtherValue[] = [];
  readonly #findings = new Map<string, SoftwareFinding & { lines: number[] }>();
  /** Values that differ, of reads behind which nothing but reads came. */
  #differing: OtherValue[] = [];
  #same = 0;
  #polls = 0;
  #unobserved = 0;
  #named = false;
  #after: number | undefined;

  take(event: TraceEvent): void {
    const { words, refused } = event;
    const name = words[0]!;
    if (refused || OF_SERVER.has(name)) return;
    if (name === 'dma' || name === 'interrupt' || name === 'permitted') this.#request(event);
    else if (name === 'pagerequest') this.#pageRequest(event);
    else if (isRead(name)) this.#read(event);
    else this.#write(event);
    this.#seen.mark(event.line);
    this.#stalest.mark(event.line);
    this.#takeFindings(event);
  }

  report(events: number): TraceReport {
    this.#settle();
    const { version, hostAddressWidth, capabilities, extendedCapabilities } = this.#seen.session.unit.configuration;
    const answers = (kind: AnswerClass) => this.#answers.filter((answer) => answer.class === kind);
    return {
      events,
      named: this.#named,
      unit: { version, hostAddressWidth, cap: capabilities, ecap: extendedCapabilities },
      fresh: answers('fresh').length,
      stale: answers('stale'),
      forbidden: answers('forbidden'),
      unobserved: this.#unobserved,
      same: this.#same,
      polls: this.#polls,
      different: this.#different,
      findings: [...this.#findings.values()],
    };
  }

  #request({ line, words, observed }: TraceEvent): void {
    this.#settle();
    const { method, request } = askedBy(words);
    if (observed === undefined) {
      this.#unobserved += 1;
      this.#seen.call(method, request);
    } else {
      const verdict = this.#seen.call('permitted', { method, request, observed: replyOf(observed) });
      const kind = verdict.class as AnswerClass;
      const details = observed.some((word) => word.includes('='));
      // The line is that of the steps that the sentences may speak of.
      this.#seen.mark(line);
      this.#answers.push({
        line,
        request: words.join(' '),
        observed: observed.join(' '),
        class: kind,
        allowed: (verdict.allowed as readonly JsonObject[]).map((one) => outcomeText(one, details)),
        because: (verdict.because as readonly string[]).map((sentence) => this.#seen.inLines(sentence)),
      });
      // Flags and fault records are those of the answer that the tables give.
      if (kind === 'fresh') this.#seen.call(method, request);
      else this.#after = line;
    }
    this.#stalest.call(method, request);
  }

  /** What became of it is held against the tables as they are. Members that were not observed are at its end. */
  #pageRequest({ line, words, observed }: TraceEvent): void {
    this.#settle();
    const model = this.#seen.perform(words);
    this.#stalest.perform(words);
    if (observed === undefined) return;
    const said = model.split(' ').slice(0, observed.length).join(' ');
    const after = this.#after === undefined ? {} : { after: this.#after };
    const [request, text] = [words.join(' '), observed.join(' ')];
    if (said === text) this.#same += 1;
    else this.#different.push({ line, request, observed: text, model, ...after });
  }

  #read({ line, words, observed }: TraceEvent): void {
    const model = this.#seen.perform(words);
    if (observed === undefined) return;
    const request = words.join(' ');
    if (isSameValue(words, observed, model)) {
      const before = this.#differing.length;
      this.#differing = this.#differing.filter((other) => other.request !== request);
      this.#polls += before - this.#differing.length;
      this.#same += 1;
      return;
    }
    const text = observed.join(' ');
    const { base, session } = this.#seen;
    const of =
      words[0] === 'events' || words[0] === 'read' || words[0] === 'b64read'
        ? undefined
        : registerDifference(words, numberOf('what was observed', text), BigInt(model), session.unit.registers, base);
    const after = this.#after === undefined ? {} : { after: this.#after };
    this.#differing.push({ line, request, observed: text, model, ...of, ...after });
  }

  #write({ words, observed }: TraceEvent): void {
    this.#settle();
    for (const session of [this.#seen, this.#stalest]) session.perform(words);
    if (words[0] === 'reset' && words.length === 1) this.#after = undefined;
    if (words[0] !== 'unit') {
      if (observed !== undefined) throw new InputError(`${words[0]} has no reply to compare`);
      return;
    }
    if (words[1] === 'base') return;
    this.#named = true;
    this.#after = undefined;
    if (observed === undefined) return;
    const { version, hostAddressWidth, capabilities, extendedCapabilities } = this.#seen.session.unit.configuration;
    const unit = {
      cap: capabilities,
      ecap: extendedCapabilities,
      haw: BigInt(hostAddressWidth),
      version: BigInt(version),
    };
    const name = unitDifference(observed, unit);
    if (name === undefined) return;
    throw new InputError(`the unit is not what was asked for, by its ${name}: ask for what was observed`);
  }

  /** Nothing but reads could have been reads again and again. */
  #settle(): void {
    this.#different.push(...this.#differing);
    this.#differing = [];
  }

  #takeFindings({ line, words }: TraceEvent): void {
    for (const finding of this.#stalest.call('findings.take', {}).findings as readonly JsonObject[]) {
      const said = this.#softwareFinding(finding, words.join(' '));
      const key = JSON.stringify(said);
      const known = this.#findings.get(key);
      if (known === undefined) this.#findings.set(key, { ...said, lines: [line] });
      else known.lines.push(line);
    }
  }

  #softwareFinding(finding: JsonObject, request: string): SoftwareFinding {
    if (finding.kind === 'unsafe-order') {
      const { commands, because } = finding;
      return { kind: 'unsafe-order', lines: [], commands: commands as string[], because: String(because) };
    }
    if (finding.kind === 'unflushed-write') {
      const { answers, because } = finding;
      return { kind: 'unflushed-write', lines: [], request, tables: answers as string[], because: String(because) };
    }
    const { kind, outcome, fresh, entries, changed, remedy } = finding;
    return {
      kind: kind === 'stale-interrupt' ? 'stale-interrupt' : 'stale-answer',
      lines: [],
      request,
      answered: outcomeText(outcome as JsonObject, false),
      tables: (fresh as readonly JsonObject[]).map((one) => outcomeText(one, false)),
      entries: (entries as readonly { cache: CacheName; filled: number }[]).map(({ cache, filled }) => ({
        cache,
        line: this.#stalest.lineOf(filled),
      })),
      changed: changed as readonly JsonObject[],
      remedy: remedy as readonly string[],
    };
  }
}

/** The request that a line makes; `permitted` is one with its answer. */
function askedBy([name, ...rest]: readonly string[]): Asked {
  if (name === 'permitted') return askedBy(rest[0] === 'interrupt' ? rest : ['dma', ...rest]);
  return name === 'interrupt' ? interruptAsked(wordsAfter(name, rest)) : dmaAsked(wordsAfter('dma', rest));
}
