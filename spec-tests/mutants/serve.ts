import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { copyModel } from './copy.ts';
import { MUTANTS } from './mutants.ts';

/** `tsx spec-tests/mutants/serve.ts NAME [--text]`: the server of the protocol, of a model with this misreading in it. */
const [, , name, dialect] = process.argv;
const mutant = MUTANTS.find((one) => one.name === name);
if (mutant === undefined) throw new Error(`there is no mutant ${JSON.stringify(name)}`);

const folder = mkdtempSync(join(tmpdir(), 'vtd-mutant-'));
const copy = join(folder, 'model');
copyModel(copy, mutant);
const { serveLines } = (await import(pathToFileURL(join(copy, 'src/oracle/serve.ts')).href)) as {
  readonly serveLines: (
    input: NodeJS.ReadStream,
    output: NodeJS.WriteStream,
    dialect: 'json' | 'text',
  ) => Promise<void>;
};
rmSync(folder, { recursive: true });
await serveLines(process.stdin, process.stdout, dialect === '--text' ? 'text' : 'json');
