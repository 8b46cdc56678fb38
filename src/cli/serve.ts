import { Command } from 'commander';
import { serveLines } from '../oracle/serve.ts';

/** `vtd serve`: the oracle protocol over standard input and output, until `shutdown` or the end of input. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('answer the oracle protocol, one JSON-RPC message a line, over standard input and output')
    .action(() => serveLines(process.stdin, process.stdout));
}
