import type { Readable, Writable } from 'node:stream';
import { type LaterCall, laterAnswers, refuseLine } from '../oracle/json-rpc.ts';
import { type Line, LineReader } from '../oracle/lines.ts';

/** What answers the requests of one client. */
export interface Server {
  readonly call: LaterCall;
  /** `shutdown` was asked for. */
  readonly ended: boolean;
}

/**
 * Serves the protocol for what answers later than at once: requests from `input`, a line each, replies to `output` in
 * their order. Ends with `shutdown`, with the end of `input`, or when nobody reads `output` any more.
 */
export async function serveLater(input: Readable, output: Writable, server: Server): Promise<void> {
  let unwanted = false;
  output.on('error', () => {
    unwanted = true;
  });
  const done = () => server.ended || unwanted;
  const lines = new LineReader();
  for await (const chunk of input) {
    await answerLines(lines.push(chunk as Uint8Array), output, server, done);
    if (done()) return;
  }
  await answerLines(lines.end(), output, server, done);
}

async function answerLines(lines: readonly Line[], output: Writable, { call }: Server, done: () => boolean) {
  for (const line of lines) {
    if (typeof line !== 'string') await write(output, refuseLine(line));
    else for await (const piece of laterAnswers(line, call)) await write(output, piece);
    if (done()) return;
  }
}

/** Comes back when the text is taken, or nobody takes it any more. */
const write = (output: Writable, text: string): Promise<void> =>
  new Promise((resolve) => {
    output.write(text, () => resolve());
  });
