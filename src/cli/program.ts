import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { InputError, messageOf } from '../images/input-error.ts';
import { capsCommand } from './caps.ts';
import { decodeCommand } from './decode.ts';
import { diffCommand } from './diff.ts';
import { dmarCommand } from './dmar.ts';
import { exportCommand } from './export.ts';
import { faultCommand } from './fault.ts';
import { interruptsCommand } from './interrupts.ts';
import { lintCommand } from './lint.ts';
import { listCommand } from './list.ts';
import { Output, type Streams } from './output.ts';
import { replayCommand } from './replay.ts';
import { tourCommand } from './tour.ts';
import { traceCommand } from './trace.ts';
import { walkCommand } from './walk.ts';

/**
 * Runs `vtd` with these arguments and returns its exit status: 0, 1 if a mismatch was found, 2 for bad usage or input.
 * What is wrong with usage or input is said in one sentence on `stderr`.
 */
export async function run(args: readonly string[], streams: Streams): Promise<0 | 1 | 2> {
  const output = new Output(streams);
  try {
    const program = await programFor(output, streams);
    await program.parseAsync(args, { from: 'user' });
    output.flush();
    return output.status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    output.error(error instanceof InputError ? error.message : `unexpected, please report it: ${messageOf(error)}`);
    return 2;
  }
}

async function programFor(output: Output, streams: Streams): Promise<Command> {
  const program = new Command('vtd')
    .description('Intel VT-d, bit by bit: what remapping tables do to a DMA or interrupt request, and why')
    .version(packageVersion(), '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.raw(text),
      writeErr: (text) => output.rawError(text),
      outputError: (text) => output.error(text.trim().replace(/^error: /, '')),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText(
      'after',
      `
Examples:
  vtd tour
  vtd list fixtures/linux/legacy48
  vtd walk fixtures/linux/legacy48 --source 00:04.0 --address 0xfffff000
  vtd interrupts fixtures/linux/legacy48
  vtd lint fixtures/linux/legacy48

Exit status: 0, 1 if a mismatch was found, 2 for bad usage or bad input.`,
    );
  const again = (args: readonly string[]) => run(args, streams);
  const commands = [
    listCommand(output),
    diffCommand(output),
    walkCommand(output),
    interruptsCommand(output),
    lintCommand(output, packageVersion()),
    decodeCommand(output),
    dmarCommand(output),
    capsCommand(output),
    faultCommand(output),
    exportCommand(output),
    replayCommand(output),
    traceCommand(output),
    await serve(),
    await conform(output),
    await fuzz(output),
    await vectors(output),
    await adapter(),
    tourCommand(output, again),
  ];
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  return program;
}

/** The server brings the whole protocol with it, so it is loaded beside the commands and not by them. */
async function serve(): Promise<Command> {
  const { serveCommand } = await import('./serve.ts');
  return serveCommand();
}

/** The same of the conformance vectors. */
async function conform(output: Output): Promise<Command> {
  const { conformCommand } = await import('./conform.ts');
  return conformCommand(output);
}

async function vectors(output: Output): Promise<Command> {
  const { vectorsCommand } = await import('./vectors.ts');
  return vectorsCommand(output);
}

async function adapter(): Promise<Command> {
  const { adapterCommand } = await import('./adapter.ts');
  return adapterCommand();
}

/** And of what draws cases and makes them smaller. */
async function fuzz(output: Output): Promise<Command> {
  const { fuzzCommand } = await import('./fuzz.ts');
  return fuzzCommand(output);
}

/** From package.json, which is two folders up both from `src/cli` and from `dist/cli`. */
function packageVersion(): string {
  const json: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : 'unknown';
}
