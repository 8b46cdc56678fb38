import type { Readable, Writable } from 'node:stream';
import { answers, type Refusal, refuseLine } from './json-rpc.ts';
import { type Line, LineReader } from './lines.ts';
import { callsOf } from './methods.ts';
import { Session } from './session.ts';
import { failLine, TextDialect } from './text-dialect.ts';

/** Replies are written at once up to this many characters; then the reader has to take them first. */
const FULL = 2 ** 16;

/** How requests and replies are written: JSON-RPC, or lines of words (docs/protocol.md). */
export type DialectName = 'json' | 'text';

/** What answers lines. */
interface Dialect {
  /** The answer with its line feed, perhaps in pieces; empty if nothing is to be answered. */
  answer(line: string): string | Iterable<string>;
  /** The answer to a line that nobody could read. */
  refuse(refusal: Refusal): string;
}

/**
 * Serves the protocol (docs/protocol.md): requests from `input`, a line each, replies to `output` in their order. Ends
 * with `shutdown`, with the end of `input`, or when nobody reads `output` any more. Fails only if `input` does.
 */
export async function serveLines(input: Readable, output: Writable, dialect: DialectName = 'json'): Promise<void> {
  const session = new Session();
  const answering = dialect === 'text' ? textDialect(session) : jsonDialect(session);
  const lines = new LineReader();
  const replies = new Replies(output);
  const done = () => session.ended || replies.unwanted;
  for await (const chunk of input) {
    await answerLines(lines.push(bytesOf(chunk)), answering, replies, done);
    if (done()) return;
  }
  await answerLines(lines.end(), answering, replies, done);
}

function jsonDialect(session: Session): Dialect {
  const call = callsOf(session);
  return { answer: (line) => answers(line, call), refuse: refuseLine };
}

function textDialect(session: Session): Dialect {
  const text = new TextDialect(session, callsOf(session));
  return { answer: (line) => text.answer(line), refuse: failLine };
}

async function answerLines(
  lines: readonly Line[],
  dialect: Dialect,
  replies: Replies,
  done: () => boolean,
): Promise<void> {
  for (const line of lines) {
    const answer = typeof line === 'string' ? dialect.answer(line) : dialect.refuse(line);
    if (typeof answer === 'string') {
      if (replies.add(answer)) await replies.write();
    } else {
      for (const piece of answer) if (replies.add(piece)) await replies.write();
    }
    if (done()) break;
  }
  await replies.write();
}

/** Replies on their way out. */
class Replies {
  /** Nobody reads them any more. */
  unwanted = false;
  readonly #output: Writable;
  #waiting = '';

  constructor(output: Writable) {
    this.#output = output;
    // A reader who left is noticed by the write that fails; without a listener it would end the process.
    output.on('error', () => {
      this.unwanted = true;
    });
  }

  /** True if it is time to write. */
  add(piece: string): boolean {
    this.#waiting += piece;
    return this.#waiting.length >= FULL;
  }

  /** Writes what waits, and comes back when it is taken. */
  write(): Promise<void> {
    const text = this.#waiting;
    this.#waiting = '';
    if (text === '' || this.unwanted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#output.write(text, (error) => {
        if (error) this.unwanted = true;
        resolve();
      });
    });
  }
}

/** A stream may have been given an encoding. */
function bytesOf(chunk: Uint8Array | string): Uint8Array {
  return typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
}
