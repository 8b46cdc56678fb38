import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SUITE_OF_SEVEN } from './suite-of-seven.ts';

const script = fileURLToPath(new URL('faulty-target.mjs', import.meta.url));

/** The shell command of `faulty-target.mjs` with these arguments. */
export const commandOf = (...args: readonly string[]): string =>
  [process.execPath, script, ...args].map((word) => `'${word}'`).join(' ');

/** A folder that is there as long as somebody needs it, with the suite of seven in its `vectors/`. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), 'vtd-conform-'));
  readonly vectors = join(this.folder, 'vectors');

  constructor() {
    mkdirSync(this.vectors);
    writeFileSync(join(this.vectors, 'off.json'), JSON.stringify(SUITE_OF_SEVEN));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
