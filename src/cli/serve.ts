import { Command } from 'commander';
import { serveLines } from '../oracle/serve.ts';

/** `vtd serve`: the oracle protocol over standard input and output, until `shutdown` or the end of input. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('answer the oracle protocol over standard input and output, one JSON-RPC message a line')
    .option('--text', 'lines of words in place of JSON, those that QEMU takes with -qtest among them')
    .action(({ text }: { readonly text?: true }) => serveLines(process.stdin, process.stdout, text ? 'text' : 'json'));
}
