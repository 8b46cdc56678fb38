import { styleText } from 'node:util';

/** Where a command writes; `process.stdout` is one. */
export interface Sink {
  write(text: string): unknown;
}

export interface Streams {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Whether standard output shows colours. */
  readonly colour?: boolean;
}

type Paint = (text: string) => string;

/** What a command says, and how it ends. */
export class Output {
  /** 0: as expected, 1: a mismatch was found, 2: bad usage or input. */
  status: 0 | 1 | 2 = 0;
  readonly heading: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly dim: Paint;
  readonly #streams: Streams;
  /** Lines that are not written yet: a call for each line would take longer than finding what it says. */
  #waiting: string[] = [];

  constructor(streams: Streams) {
    this.#streams = streams;
    const paint = (style: 'bold' | 'green' | 'red' | 'dim'): Paint =>
      streams.colour === true ? (text) => styleText(style, text, { validateStream: false }) : (text) => text;
    this.heading = paint('bold');
    this.good = paint('green');
    this.bad = paint('red');
    this.dim = paint('dim');
  }

  line(text = ''): void {
    this.#waiting.push(`${text.trimEnd()}\n`);
    if (this.#waiting.length >= 1000) this.flush();
  }

  lines(texts: readonly string[]): void {
    for (const text of texts) this.line(text);
  }

  /** A value as JSON; addresses and other `bigint`s in hexadecimal. */
  json(value: unknown): void {
    const inHexadecimal = (_: string, part: unknown) => (typeof part === 'bigint' ? `0x${part.toString(16)}` : part);
    this.line(JSON.stringify(value, inHexadecimal, 2));
  }

  /** Text as it is, for what brings its own ends of lines. */
  raw(text: string): void {
    this.flush();
    this.#streams.stdout.write(text);
  }

  error(sentence: string): void {
    this.flush();
    // What was typed may be quoted in it: nothing of that reaches a terminal as a command.
    const oneLine = sentence.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/\p{Cc}/gu, '?');
    this.#streams.stderr.write(`vtd: ${oneLine}\n`);
  }

  rawError(text: string): void {
    this.flush();
    this.#streams.stderr.write(text);
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#streams.stdout.write(text);
  }
}
