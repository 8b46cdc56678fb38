import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import type { Output } from './output.ts';
import { wrapped } from './text.ts';

/** A stop of the tour: what is shown, and the command that shows it. */
interface Stop {
  readonly title: string;
  readonly says: string;
  readonly command: readonly string[];
}

/** An image of the package, as somebody would type it from here. Its folder is two up, in a checkout and installed. */
function imagePath(name: string): string {
  const path = fileURLToPath(new URL(`../../fixtures/linux/${name}`, import.meta.url));
  const fromHere = relative('.', path);
  return fromHere.startsWith('..') ? path : fromHere;
}

const stopsOf = (image: string, scalable: string): readonly Stop[] => [
  {
    title: 'What the tables say',
    says: 'A Linux guest was stopped in the middle of its work, and its memory kept. This is its remapping unit, and who has a domain.',
    command: ['list', image, '--summary'],
  },
  {
    title: 'What one device can reach',
    says: 'The disk at 00:04.0 may touch two pages at this moment, and nothing else.',
    command: ['list', image, '--device', '00:04.0'],
  },
  {
    title: 'One request, entry by entry',
    says: 'The disk reads its first page. Six entries lead to the host address.',
    command: ['walk', image, '--source', '00:04.0', '--address', '0xfffff010'],
  },
  {
    title: 'A fault explained',
    says: 'The same disk writes where nothing is mapped. Which entry says so, what the device is told, what is usually behind it:',
    command: ['walk', image, '--source', '00:04.0', '--address', '0x1000', '--access', 'write'],
  },
  {
    title: 'Who may ask for which interrupt',
    says: 'Each entry of the interrupt remapping table: its vector, where it goes, and from which device it may come. What is odd stands below.',
    command: ['interrupts', image],
  },
  {
    title: 'An interrupt that is not its own',
    says: 'The function 00:1f.3 asks for the interrupt of the disk controller 00:1f.2, and the entry does not let it through.',
    command: ['walk', image, '--source', '00:1f.3', '--interrupt', '0xfee00398', '0'],
  },
  {
    title: 'An emulator held against the model',
    says: 'What QEMU translated and remapped while the guest ran, against what the model makes of the same tables.',
    command: ['replay', image],
  },
  {
    title: 'Scalable mode: PASIDs and the first stage',
    says: 'A newer kernel on a newer QEMU. Each device has a directory of PASIDs, and here one entry in it, for requests that carry none; its tables have the format of the processor.',
    command: ['list', scalable, '--summary'],
  },
  {
    title: 'And held against the model',
    says: 'The same comparison in scalable mode.',
    command: ['replay', scalable],
  },
  {
    title: 'One entry by hand',
    says: 'Any structure or register of the document can be taken apart; --list names them.',
    command: ['decode', 'context-entry', '0x267f001', '0x302'],
  },
];

/** `vtd tour`, and `npm start`: each command once, on an image that comes with the package. */
export function tourCommand(output: Output, run: (args: readonly string[]) => Promise<0 | 1 | 2>): Command {
  return new Command('tour')
    .description('a walk through the commands, on images that come with the package')
    .addHelpText('after', '\nExample:\n  vtd tour')
    .action(async () => {
      output.line(output.heading('vtd-model: Intel VT-d, bit by bit'));
      output.line('Each stop shows a command and what it answers. In a checkout type "npm run vtd --" for "vtd".');
      const stops = stopsOf(imagePath('legacy48'), imagePath('v10-first-stage'));
      for (const [n, { title, says, command }] of stops.entries()) {
        output.line();
        output.line(output.heading(`${n + 1}. ${title}`));
        output.lines(wrapped('', says));
        output.line();
        output.line(output.dim(`$ vtd ${command.join(' ')}`));
        output.flush();
        const status = await run(command);
        if (status !== 0) output.status = status;
      }
      output.line();
      output.line(output.heading('Where next'));
      output.line('  vtd --help               the commands; each has --help with examples');
      output.line('  src/dma-remapping/       the specification that runs: translate.ts is the file to read first');
      output.line('  fixtures/, docs/         vectors for an implementation of your own, and how to run them');
    });
}
