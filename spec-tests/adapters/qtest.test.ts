import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { QemuGone, QtestClient, QtestRefusal } from '../../src/adapters/qemu/qtest.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A client of a server that answers each line so; the pieces of an answer arrive one by one. */
async function clientOf(answer: (line: string, socket: Socket) => readonly string[], patience?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'vtd-qtest-'));
  const lines: string[] = [];
  const server = createServer((socket) => {
    let begun = '';
    socket.on('data', async (chunk) => {
      const whole = (begun + chunk).split('\n');
      begun = whole.pop()!;
      for (const line of whole) {
        lines.push(line);
        for (const piece of answer(line, socket)) {
          if (!socket.destroyed) socket.write(piece);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
    });
    socket.on('error', () => {});
  });
  const path = join(folder, 'socket');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const client = new QtestClient(connect(path), patience);
  ends.push(() => {
    client.close();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { client, lines };
}

describe('QtestClient', () => {
  test('an answer is what follows OK, and a number if it is one', async () => {
    const { client, lines } = await clientOf((line) => [line.startsWith('readl') ? 'OK 0x0000000000000010\n' : 'OK\n']);
    expect(await client.number('readl 0xfed90000')).toBe(0x10n);
    expect(await client.command('writel 0 1')).toBe('');
    expect(lines).toEqual(['readl 0xfed90000', 'writel 0 1']);
  });

  test('an answer that arrives in pieces is one answer, and several in one piece are several', async () => {
    const { client } = await clientOf((line) => (line === 'a' ? ['O', 'K 0x', '1'] : ['\nOK 0x2\n']));
    expect(await client.commands(['a', 'b'])).toEqual(['0x1', '0x2']);
  });

  test('lines that tell of interrupts are passed over', async () => {
    const { client } = await clientOf(() => ['IRQ raise 4\nIRQ lower 4\nOK 0x7\nIRQ raise 1\n']);
    expect(await client.command('readq 0')).toBe('0x7');
    expect(await client.command('readq 8')).toBe('0x7');
  });

  test('FAIL, and what is no number, is refused with the command; later commands have their own answers', async () => {
    const { client } = await clientOf((line) => [line === 'bad' ? 'FAIL Unknown command\n' : 'OK ready\n']);
    await expect(client.commands(['bad', 'good'])).rejects.toThrow('bad was answered by "FAIL Unknown command"');
    await expect(client.number('good')).rejects.toThrow(QtestRefusal);
    expect(await client.command('good')).toBe('ready');
  });

  test('a socket that closes ends what waits and all that comes', async () => {
    const { client } = await clientOf((_, socket) => {
      socket.destroy();
      return [];
    });
    await expect(client.command('readl 0')).rejects.toThrow(QemuGone);
    await expect(client.command('readl 0')).rejects.toThrow('QEMU is gone: it closed its qtest socket');
  });

  test('an answer that does not come is not waited for', async () => {
    const { client } = await clientOf(() => [], 50);
    await expect(client.command('readl 0')).rejects.toThrow(
      'QEMU is gone: it did not answer "readl 0" in 0.05 seconds',
    );
  });
});
