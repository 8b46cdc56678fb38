import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { type Line, LineReader } from '../oracle/lines.ts';

/** Characters of standard error that are kept, the last. */
const KEPT = 4096;
/** Milliseconds that it may take to end once it has been asked to. */
const PATIENCE = 2000;

/** What a process tells whoever started it. */
export interface Listener {
  /** A line of its standard output, or why it could not be read. */
  line(line: Line): void;
  /** It has ended, or could not be started; how, in words. */
  ended(how: string): void;
}

/** One life of a target: a shell command that speaks the protocol over its standard input and output. */
export class TargetProcess {
  readonly #child: ChildProcess;
  readonly #stop = () => this.kill();
  #stderr = '';
  #over = false;
  #muted = false;

  constructor(command: string, listener: Listener) {
    // A group of its own: what the shell has started goes with it.
    this.#child = spawn(command, { shell: true, detached: process.platform !== 'win32', stdio: 'pipe' });
    const { stdin, stdout, stderr } = this.#child;
    const lines = new LineReader();
    const tell = (line: Line) => {
      if (!this.#over && !this.#muted) listener.line(line);
    };
    stdout!.on('data', (chunk: Uint8Array) => lines.push(chunk).forEach(tell));
    stdout!.on('end', () => lines.end().forEach(tell));
    stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT);
    });
    // It may end while it is written to: its end is told below.
    for (const stream of [stdin!, stdout!, stderr!]) stream.on('error', () => {});
    const ended = (how: string) => {
      if (this.#over) return;
      this.kill();
      if (!this.#muted) listener.ended(how);
    };
    this.#child.on('error', (error) => ended(`it cannot be started: ${error.message}`));
    this.#child.on('close', (status, signal) =>
      ended(signal === null ? `it ended with status ${statusText(status)}` : `it was ended by ${signal}`),
    );
    process.on('exit', this.#stop);
  }

  /** The last that it wrote to standard error. */
  get stderr(): string {
    return this.#stderr;
  }

  send(text: string): void {
    this.#child.stdin!.write(text);
  }

  /** Says farewell and gives it a little time to end by itself; its listener hears nothing more. */
  async end(farewell: string): Promise<void> {
    this.#muted = true;
    const gone = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin!.end(farewell);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, PATIENCE);
    });
    if (!this.#over) await Promise.race([gone, late]);
    clearTimeout(timer);
    this.kill();
  }

  /** Ends it without asking; its listener hears nothing more. */
  kill(): void {
    if (this.#over) return;
    this.#over = true;
    process.off('exit', this.#stop);
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill('SIGKILL');
      else process.kill(-pid, 'SIGKILL');
    } catch {
      // It is gone already, and so are all that it had started.
    }
  }
}

/** A shell adds 128 to the number of the signal that has ended a command. */
function statusText(status: number | null): string {
  const found = Object.entries(constants.signals).find(([, number]) => number + 128 === status);
  return found === undefined ? `${status}` : `${status} (${found[0]})`;
}
