import type { Socket } from 'node:net';

/** QEMU is not there any more, or does not answer: the machine is lost. */
export class QemuGone extends Error {}

/** QEMU did not even start: its arguments may be wrong. */
export class QemuRefuses extends QemuGone {}

/** What came back is `FAIL`, or no answer of qtest: the command and the answer. */
export class QtestRefusal extends Error {}

interface Waiting {
  readonly command: string;
  resolve(value: string): void;
  reject(error: Error): void;
}

/** Milliseconds that QEMU may take for one answer. */
const PATIENCE = 15_000;

/**
 * A client of QEMU's qtest protocol: a command a line, answered by a line, in order. Lines that tell of interrupts are
 * passed over.
 */
export class QtestClient {
  readonly #socket: Socket;
  readonly #patience: number;
  readonly #waiting: Waiting[] = [];
  #begun = '';
  #gone: QemuGone | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, patience = PATIENCE) {
    this.#socket = socket;
    this.#patience = patience;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', (error) => this.#end(`its qtest socket failed: ${error.message}`));
    socket.on('close', () => this.#end('it closed its qtest socket'));
  }

  /** What QEMU answers, without `OK`. */
  async command(command: string): Promise<string> {
    const [answer = ''] = await this.commands([command]);
    return answer;
  }

  /** Several commands in one go. All have been answered when this comes back; the first refusal is thrown then. */
  async commands(commands: readonly string[]): Promise<readonly string[]> {
    if (this.#gone !== undefined) throw this.#gone;
    const answers = commands.map(
      (command) => new Promise<string>((resolve, reject) => this.#waiting.push({ command, resolve, reject })),
    );
    this.#socket.write(commands.map((command) => `${command}\n`).join(''));
    this.#watch();
    const settled = await Promise.allSettled(answers);
    return settled.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
  }

  /** A number that QEMU answers. */
  async number(command: string): Promise<bigint> {
    const answer = await this.command(command);
    if (!/^0x[0-9a-f]+$/i.test(answer)) throw new QtestRefusal(`${command} was answered by "${answer}"`);
    return BigInt(answer);
  }

  close(): void {
    this.#end('it was given up');
    this.#socket.destroy();
  }

  #read(text: string): void {
    const lines = (this.#begun + text).split('\n');
    this.#begun = lines.pop()!;
    for (const line of lines) this.#take(line.trimEnd());
    this.#watch();
  }

  #take(line: string): void {
    if (line === '' || line.startsWith('IRQ ')) return;
    const first = this.#waiting.shift();
    if (first === undefined) return;
    if (/^OK( |$)/.test(line)) first.resolve(line.slice(3));
    else first.reject(new QtestRefusal(`${first.command.slice(0, 80)} was answered by "${line.slice(0, 200)}"`));
  }

  /** Begins to count the time of the first command that waits. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#end(`it did not answer "${this.#waiting[0]?.command.slice(0, 80)}" in ${this.#patience / 1000} seconds`);
      this.#socket.destroy();
    }, this.#patience);
  }

  #end(why: string): void {
    this.#gone ??= new QemuGone(`QEMU is gone: ${why}`);
    clearTimeout(this.#timer);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#gone);
  }
}
