import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { QemuGone, QemuRefuses, QtestClient } from './qtest.ts';

/** Milliseconds until QEMU has opened its qtest socket. */
const START = 60_000;

/**
 * Starts QEMU with an end of its standard input that nothing is written to. When that ends, because the adapter closed
 * it or is no more, whatever ended it, QEMU ends and its folder goes. What the shell says of that is not QEMU's word.
 */
const KEEPER = `
trap '' INT TERM HUP
folder=$1; shift
exec 3<&0
"$@" 3<&- </dev/null & qemu=$!
exec 2>/dev/null
{ read -r _ <&3; kill -9 "$qemu"; } & reader=$!
exec 3<&- </dev/null
wait "$qemu"
kill -9 "$reader"; wait "$reader"
rm -rf "$folder"
`;

/** What a processor does that is to do nothing: from its reset vector, CLI, HLT, and HLT again. */
const PARKED = Uint8Array.of(0xfa, 0xf4, 0xeb, 0xfd);
const ROM_BYTES = 0x1_0000;
const RESET_VECTOR = 0xfff0;

/** A QEMU that runs, its qtest socket, and what it says. */
export class QemuProcess {
  readonly qtest: QtestClient;
  readonly folder: string;
  readonly #keeper: ChildProcess;
  readonly #said: number;
  #heard = 0;

  private constructor(qtest: QtestClient, folder: string, keeper: ChildProcess, said: number) {
    this.qtest = qtest;
    this.folder = folder;
    this.#keeper = keeper;
    this.#said = said;
  }

  /**
   * Starts a QEMU whose processor is parked. `argumentsIn` says with which arguments, given the folder for its files.
   * Throws {@link QemuRefuses}, with what QEMU said, if it does not start.
   */
  static async start(qemu: string, argumentsIn: (folder: string) => readonly string[]): Promise<QemuProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'vtd-qemu-'));
    const rom = new Uint8Array(ROM_BYTES);
    rom.set(PARKED, RESET_VECTOR);
    writeFileSync(join(folder, 'rom'), rom);
    const said = openSync(join(folder, 'said'), 'a+');
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(join(folder, 'qtest'), resolve));
    const qtest = ['-qtest', `unix:${join(folder, 'qtest')}`, '-qtest-log', 'none'];
    const command = [qemu, '-bios', join(folder, 'rom'), ...qtest, ...argumentsIn(folder)];
    const keeper = spawn('sh', ['-c', KEEPER, 'sh', folder, ...command], { stdio: ['pipe', said, said] });
    const socket = await connection(listener, keeper);
    listener.close();
    if (socket !== undefined) return new QemuProcess(new QtestClient(socket), folder, keeper, said);
    const words = lastWords(said);
    keeper.stdin!.end();
    closeSync(said);
    throw new QemuRefuses(`${qemu} did not start: ${words}`);
  }

  /** What QEMU has written since the last call: lines of its trace, and complaints. */
  heard(): readonly string[] {
    const { size } = fstatSync(this.#said);
    const text = textAt(this.#said, this.#heard, size - this.#heard);
    this.#heard = size;
    return text.split('\n').filter((line) => line !== '');
  }

  /** What QEMU wrote last that is not trace: why it ended, perhaps. */
  get lastWords(): string {
    return lastWords(this.#said);
  }

  /** Ends QEMU. */
  async stop(): Promise<void> {
    this.qtest.close();
    if (this.#keeper.exitCode === null) {
      await new Promise<void>((resolve) => {
        this.#keeper.once('exit', () => resolve());
        this.#keeper.stdin!.end();
      });
    }
    closeSync(this.#said);
  }
}

/** `7.2.22 (Debian 1:7.2+dfsg-7)`. Throws {@link QemuGone} if this is no QEMU. */
export async function versionOf(qemu: string): Promise<string> {
  const text = await outputOf(qemu, ['--version']);
  return /version (.+)/.exec(text)?.[1] ?? 'of an unknown version';
}

/** The names of the options that this QEMU has for a device. */
export async function deviceOptions(qemu: string, device: string): Promise<ReadonlySet<string>> {
  const text = await outputOf(qemu, ['-device', `${device},help`]);
  return new Set([...text.matchAll(/^ +([\w-]+)=/gm)].map((found) => found[1]!));
}

async function outputOf(qemu: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(qemu, args)).stdout;
  } catch (error) {
    throw new QemuGone(`${qemu} ${args.join(' ')} failed: ${(error as Error).message.slice(0, 300)}`);
  }
}

/** The connection that QEMU opens; undefined if it ends before, or takes too long. */
function connection(listener: Server, keeper: ChildProcess): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const done = (socket?: Socket) => {
      clearTimeout(timer);
      resolve(socket);
    };
    const timer = setTimeout(done, START);
    listener.once('connection', done);
    keeper.once('exit', () => done());
    keeper.once('error', () => done());
  });
}

function lastWords(said: number): string {
  const { size } = fstatSync(said);
  const lines = textAt(said, Math.max(0, size - 8192), Math.min(size, 8192)).split('\n');
  return lines
    .filter((line) => line !== '' && !/^(\d+@[\d.]+:)?vtd_/.test(line))
    .slice(-3)
    .join('; ');
}

function textAt(file: number, position: number, length: number): string {
  const bytes = Buffer.alloc(length);
  const read = length === 0 ? 0 : readSync(file, bytes, 0, length, position);
  return bytes.toString('utf8', 0, read);
}
