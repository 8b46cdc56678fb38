import { fileURLToPath } from 'node:url';
import { run } from '../../src/cli/program.ts';

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process. */
export async function vtd(...args: readonly string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const stdout = { write: (text: string) => (out += text) };
  const stderr = { write: (text: string) => (err += text) };
  const status = await run(args, { stdout, stderr });
  return { status, out, err };
}

/** A folder of `fixtures/linux`. */
export const image = (name: string): string => fileURLToPath(new URL(`../../fixtures/linux/${name}`, import.meta.url));
