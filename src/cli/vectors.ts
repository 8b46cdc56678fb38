import { Command } from 'commander';
import { transcriptOf } from '../conformance/transcript.ts';
import { printList, type SelectionArguments, selected } from './conform.ts';
import type { Output } from './output.ts';

interface VectorsArguments extends Omit<SelectionArguments, 'id'> {
  /** True without an id. */
  readonly transcript?: string | true;
}

/** `vtd vectors`: the conformance vectors by name, and as lines for a bench that has no JSON. */
export function vectorsCommand(output: Output): Command {
  const several = (value: string, before: readonly string[]) => [...before, value];
  return new Command('vectors')
    .description('name the conformance vectors, or print them as transcripts in the text dialect')
    .option('--list', 'name them: what it does without --transcript')
    .option('--transcript [id]', 'print requests and the replies that are right, of one case or of all that are meant')
    .option('--filter <what>', 'only a section (7.1), a rule, a condition (LGN.2) or a folder (faults/)', several, [])
    .option('--vectors <folder>', 'vector files of your own instead of those of this package')
    .addHelpText(
      'after',
      `
Examples:
  vtd vectors --filter 7.1
  vtd vectors --transcript root-absent-1`,
    )
    .action((options: VectorsArguments) => run(output, options));
}

function run(output: Output, { transcript, ...selection }: VectorsArguments): void {
  const subjects = selected({ ...selection, id: typeof transcript === 'string' ? [transcript] : [] });
  if (transcript === undefined) printList(output, subjects);
  else for (const { run } of subjects) for (const line of transcriptOf(run)) output.line(line);
}
