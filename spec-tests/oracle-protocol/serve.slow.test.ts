import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { serveLines } from '../../src/oracle/serve.ts';

const READ = '{"jsonrpc":"2.0","id":7,"method":"memory.read","params":{"address":0,"length":2}}';
const ANSWER = '{"jsonrpc":"2.0","id":7,"result":{"data":"0000"}}';
const SHUTDOWN = '{"jsonrpc":"2.0","id":8,"method":"shutdown"}';
const FAREWELL = '{"jsonrpc":"2.0","id":8,"result":{}}';
const refusal = (code: number, message: string) =>
  JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } });
const TOO_LONG = refusal(-32600, 'a line takes at most 16777216 bytes');
const NOT_UTF8 = refusal(-32700, 'this line is not UTF-8');

/** The lines that are answered to some chunks of bytes. */
async function served(...chunks: readonly (string | Uint8Array)[]): Promise<string[]> {
  const input = new PassThrough({ highWaterMark: 2 ** 30 });
  const output = new PassThrough({ highWaterMark: 2 ** 30 });
  for (const chunk of chunks) input.write(chunk);
  input.end();
  await serveLines(input, output);
  output.end();
  const lines = (await text(output)).split('\n');
  expect(lines.pop()).toBe('');
  return lines;
}

const bytes = (...parts: readonly (string | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))));

describe('serveLines', () => {
  test('answers in order whatever the chunks are', async () => {
    const requests = `${READ}\n\n${READ}\r\n[${READ},${READ}]\n`;
    const answers = [ANSWER, ANSWER, `[${ANSWER},${ANSWER}]`];
    expect(await served(requests)).toEqual(answers);
    expect(await served(...requests)).toEqual(answers);
    for (let cut = 0; cut < requests.length; cut += 7) {
      expect(await served(requests.slice(0, cut), requests.slice(cut))).toEqual(answers);
    }
  });

  test('a letter may be cut by chunks', async () => {
    const [first, second] = [bytes('{"jsonrpc":"2.0","id":"', 0xe2, 0x82), bytes(0xac, '","method":"reset"}\n')];
    expect(await served(first, second)).toEqual(['{"jsonrpc":"2.0","id":"€","result":{}}']);
  });

  test('the last line may lack its line feed; no line at all is fine', async () => {
    expect(await served(READ)).toEqual([ANSWER]);
    expect(await served()).toEqual([]);
    expect(await served('\n', '')).toEqual([]);
  });

  test('shutdown ends it; what comes later is not read', async () => {
    expect(await served(`${READ}\n${SHUTDOWN}\n${READ}\n`, READ)).toEqual([ANSWER, FAREWELL]);
    expect(await served('{"jsonrpc":"2.0","method":"shutdown"}\n', READ)).toEqual([]);
  });

  test('shutdown ends it while the input stays open', async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    input.write(`${SHUTDOWN}\n`);
    await serveLines(input, output);
    expect(output.read().toString()).toBe(`${FAREWELL}\n`);
  });

  test('what is not UTF-8 is refused line by line', async () => {
    const bad = [bytes(0xff), bytes('"', 0xc0, 0x80, '"'), bytes(0xed, 0xa0, 0x80), bytes('"', 0xe2, 0x82, '"')];
    for (const line of bad) {
      expect(await served(bytes(`${READ}\n`), line, bytes(`\n${READ}\n`))).toEqual([ANSWER, NOT_UTF8, ANSWER]);
      expect(await served(Buffer.concat([bytes(`${READ}\n${READ}\n`), line, bytes(`\n${READ}\n`)]))).toEqual([
        ANSWER,
        ANSWER,
        NOT_UTF8,
        ANSWER,
      ]);
      expect(await served(line)).toEqual([NOT_UTF8]);
    }
  });

  test('a line of 16 MiB is read; a longer one is refused once and passed over', async () => {
    const padded = READ.padEnd(2 ** 24);
    expect(await served(padded, `\n${READ}\n`)).toEqual([ANSWER, ANSWER]);
    expect(await served(padded, ` \n${READ}\n`)).toEqual([TOO_LONG, ANSWER]);
    expect(await served(`${READ}\n${padded} \n${READ}\n`)).toEqual([ANSWER, TOO_LONG, ANSWER]);
    expect(await served(`${READ}\n${padded}\n${READ}\n`)).toEqual([ANSWER, ANSWER, ANSWER]);
    expect(await served(...Array(40).fill(' '.repeat(2 ** 20)), READ)).toEqual([TOO_LONG]);
  });

  test('waits for a slow reader, and never holds much more than it has to', async () => {
    let held = 0;
    let most = 0;
    const output = new Writable({
      highWaterMark: 1,
      decodeStrings: false,
      write(chunk: string, _encoding, taken) {
        held += chunk.length;
        most = Math.max(most, held);
        setTimeout(() => {
          held -= chunk.length;
          taken();
        }, 1);
      },
    });
    const input = new PassThrough({ highWaterMark: 2 ** 30 });
    const long = READ.replace('"length":2', '"length":1048576');
    input.end(`[${Array(30).fill(long).join()}]\n${`${READ}\n`.repeat(5000)}`);
    await serveLines(input, output);
    expect(most).toBeLessThan(2 ** 22);
  });

  test('a reader who leaves ends it quietly', async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    const end = serveLines(input, output);
    output.destroy(new Error('gone'));
    input.write(`${READ}\n${READ}\n`);
    await end;
    expect(input.destroyed).toBe(true);
  });
});

describe('vtd serve', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const start = () =>
    spawn(process.execPath, ['--import', 'tsx', 'spec-tests/oracle-protocol/server.ts'], { cwd: root });

  test('answers over pipes, as they come, and ends with status 0 at shutdown', async () => {
    const child = start();
    const exit = once(child, 'exit');
    child.stdin.write(`${READ}\n`);
    expect(String((await once(child.stdout, 'data'))[0])).toBe(`${ANSWER}\n`);
    child.stdin.write(`nonsense\n${READ}\n${SHUTDOWN}\n`);
    const rest = [refusal(-32700, 'this line is not JSON'), ANSWER, FAREWELL, ''].join('\n');
    expect(await text(child.stdout)).toBe(rest);
    expect(await exit).toEqual([0, null]);
  });

  test('ends with status 0 at the end of input, every reply written', async () => {
    const child = start();
    const exit = once(child, 'exit');
    child.stdin.end(`${READ}\n`.repeat(20_000));
    expect((await text(child.stdout)) === `${ANSWER}\n`.repeat(20_000)).toBe(true);
    expect(await exit).toEqual([0, null]);
  });
});
