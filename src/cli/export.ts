import { Command } from 'commander';
import { LANGUAGES } from '../export/index.ts';
import { InputError, quoted } from '../images/input-error.ts';
import type { Output } from './output.ts';

/** `vtd export`: the layouts of all structures and registers for another language. */
export function exportCommand(output: Output): Command {
  const names = Object.keys(LANGUAGES).join(', ');
  return new Command('export')
    .description('write the layouts of all structures and registers, with their sections, for another language')
    .requiredOption('--language <name>', names)
    .addHelpText(
      'after',
      `
Examples:
  vtd export --language c > vtd_layouts.h
  vtd export --language rust > src/vtd_layouts.rs
  vtd export --language json | jq '.layouts[] | .id'`,
    )
    .action(({ language }: { readonly language: string }) => {
      const write = Object.hasOwn(LANGUAGES, language) ? LANGUAGES[language] : undefined;
      if (write === undefined) throw new InputError(`--language is one of ${names}, got ${quoted(language)}`);
      output.raw(write());
    });
}
