import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { QemuAdapter } from '../../src/adapters/qemu/adapter.ts';
import type { JsonObject } from '../../src/oracle/json-rpc.ts';
import { ROOT } from '../harness/repository.ts';

const QEMU = 'qemu-system-x86_64';

const asked = spawnSync(QEMU, ['--version'], { encoding: 'utf8' });

/** Whether this machine has a QEMU, which version, and what is said of tests that need one where it has none. */
export const HAS_QEMU = asked.status === 0;
export const QEMU_VERSION = /version (\S+)/.exec(asked.stdout ?? '')?.[1] ?? 'none';
export const WITH_QEMU = HAS_QEMU ? 'with the QEMU of this machine' : `skipped, there is no ${QEMU} here`;

/** An adapter in this process. */
export const adapterOf = (qemu = QEMU): QemuAdapter => new QemuAdapter({ qemu, options: {} });

/** The adapter as a process of its own, asked a line at a time. */
export class AdapterProcess {
  readonly #child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'adapter', 'qemu'], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  readonly #lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();

  async ask(method: string, params: JsonObject = {}): Promise<JsonObject> {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`);
    const { value } = await this.#lines.next();
    return JSON.parse(value as string) as JsonObject;
  }

  /** Ends the input, or sends a signal; the status or signal with which the adapter ends. */
  end(signal?: NodeJS.Signals): Promise<number | string | null> {
    return new Promise((resolve) => {
      this.#child.once('exit', (status, by) => resolve(by ?? status));
      if (signal === undefined) this.#child.stdin.end();
      else this.#child.kill(signal);
    });
  }

  get id(): number {
    return this.#child.pid!;
  }
}
