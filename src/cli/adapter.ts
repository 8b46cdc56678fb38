import { Command } from 'commander';
import { QemuAdapter } from '../adapters/qemu/adapter.ts';
import { readOptions } from '../adapters/qemu/machine-options.ts';
import { serveLater } from '../adapters/serve-later.ts';

/** `vtd adapter`: other implementations behind the oracle protocol. */
export function adapterCommand(): Command {
  const command = new Command('adapter').description('put another implementation behind the oracle protocol');
  command
    .command('qemu')
    .description('answer the oracle protocol with the intel-iommu of a live QEMU')
    .option('--qemu <path>', 'the program', 'qemu-system-x86_64')
    .option('--options <list>', 'options of the unit that no client changes: aw-bits=39,caching-mode=on', '')
    .action(async ({ qemu, options }: { qemu: string; options: string }) => {
      const adapter = new QemuAdapter({ qemu, options: readOptions(options) });
      await serveLater(process.stdin, process.stdout, adapter);
      await adapter.stop();
    });
  return command;
}
