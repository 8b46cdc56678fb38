import { Command } from 'commander';
import { IMAGE_HELP, type ImageArguments, openUnit, withImageOptions } from './image-options.ts';
import type { Output } from './output.ts';
import { interruptFacts, judgeInterrupts, printInterrupts } from './replay-interrupts.ts';
import { judgeTranslations, printTranslations, translationFacts } from './replay-translations.ts';
import { readTrace, tracesBeside } from './trace-file.ts';

interface ReplayArguments extends ImageArguments {
  readonly json?: boolean;
}

/** `vtd replay`: recorded translations and interrupt requests against the model. */
export function replayCommand(output: Output): Command {
  const command = new Command('replay')
    .description(
      'hold the translations and interrupts that an emulator recorded against the model; exit status 1 if one differs',
    )
    .argument('<image>', IMAGE_HELP)
    .argument('[trace]', 'a JSON file; by default translations.json and interrupts.json of the image folder')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Examples:
  vtd replay fixtures/linux/legacy48
  vtd replay fixtures/linux/legacy48-lazy --json
  vtd replay fixtures/linux/legacy48 fixtures/linux/legacy48/interrupts.json`,
    );
  return withImageOptions(command).action((image: string, trace: string | undefined, options: ReplayArguments) =>
    replay(output, image, trace, options),
  );
}

function replay(output: Output, path: string, trace: string | undefined, options: ReplayArguments): void {
  const { image, unit } = openUnit(path, options);
  const facts: object[] = [];
  for (const [n, file] of tracesBeside(path, trace).entries()) {
    const read = readTrace(file);
    if (n > 0 && options.json !== true) output.line();
    if (read.kind === 'translations') {
      const judged = judgeTranslations(unit, file, read.records);
      if (judged.mismatches.length > 0) output.status = 1;
      if (options.json === true) facts.push(translationFacts(judged));
      else printTranslations(output, path, judged);
    } else {
      const judged = judgeInterrupts(image, unit, file, read.records);
      if (judged.mismatches.length > 0) output.status = 1;
      if (options.json === true) facts.push({ interrupts: interruptFacts(judged) });
      else printInterrupts(output, path, judged);
    }
  }
  if (options.json === true) output.json(Object.assign({}, ...facts));
}
