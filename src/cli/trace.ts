import { Command } from 'commander';
import { readBytes, readJson } from '../images/files.ts';
import { hexadecimal, parseHexadecimal } from '../images/hexadecimal.ts';
import { InputError, quoted } from '../images/input-error.ts';
import { membersText } from '../oracle/text-replies.ts';
import { PRESETS } from '../platform/presets.ts';
import { traceOfQemuEvents } from '../traces/qemu-events.ts';
import { traceOfRecording } from '../traces/recording.ts';
import { parseCount } from './arguments.ts';
import type { Output } from './output.ts';
import { countText } from './text.ts';

interface TraceArguments {
  readonly from: string;
  readonly cap?: string;
  readonly ecap?: string;
  readonly haw?: string;
}

/** `vtd trace`: what others recorded, as a trace that `vtd replay` takes. */
export function traceCommand(output: Output): Command {
  return new Command('trace')
    .description('write what QEMU recorded as a trace for `vtd replay` (docs/traces.md)')
    .argument('<file>', "a log with QEMU's trace events, or a recorded scenario as those of fixtures/qemu")
    .requiredOption('--from <form>', 'qemu: trace events, -trace "vtd_*"; recording: a recorded scenario')
    .option('--cap <value>', 'CAP_REG of the unit: trace events do not have it')
    .option('--ecap <value>', 'ECAP_REG, likewise')
    .option('--haw <bits>', 'host address width, likewise')
    .addHelpText(
      'after',
      `
Trace events show no memory: interrupts, the queue and registers are judged, DMA requests stand in comments.

Examples:
  vtd trace --from recording fixtures/qemu/iotlb-permission-upgrade.json | vtd replay -
  qemu-system-x86_64 -device intel-iommu,intremap=on -trace 'vtd_*' ... 2> log
  vtd trace --from qemu log > boot.trace`,
    )
    .action((file: string, options: TraceArguments) => trace(output, file, options));
}

function trace(output: Output, file: string, { from, cap, ecap, haw }: TraceArguments): void {
  const { unit: known, choices } = PRESETS['qemu-7.2'];
  const unitLine = (unit: {
    readonly cap: bigint;
    readonly ecap: bigint;
    readonly hostAddressWidth: number;
  }): string => {
    const parameters = {
      version: hexadecimal(known.version),
      haw: haw === undefined ? unit.hostAddressWidth : parseCount(haw, 32, 52, '--haw'),
      cap: hexadecimal(cap === undefined ? unit.cap : parseHexadecimal(cap, 64, '--cap')),
      ecap: hexadecimal(ecap === undefined ? unit.ecap : parseHexadecimal(ecap, 64, '--ecap')),
    };
    return `unit${membersText({ ...parameters, ...choices })}`;
  };
  if (from === 'recording') {
    const { unit, lines } = traceOfRecording(readJson(file, 'a recorded scenario'), file);
    output.lines([unitLine(unit), ...lines]);
    return;
  }
  if (from !== 'qemu') throw new InputError(`--from is qemu or recording, got ${quoted(from)}`);
  const log = new TextDecoder().decode(readBytes(file, "a log with QEMU's trace events"));
  const { lines, dma, unanswered } = traceOfQemuEvents(log, file);
  const { capabilities, extendedCapabilities, hostAddressWidth } = known;
  output.lines([
    '# Judged are register writes, the commands of the queue, and interrupt requests by the entries that were read.',
    `# ${countText(dma, 'DMA request')} in comments: no event shows the tables. Nor are reads of registers judged, whose values no event has.`,
    ...(unanswered === 0
      ? []
      : [
          `# ${countText(unanswered, 'interrupt request')} in comments: no event says what became of them, or where their table is.`,
        ]),
    '# An entry that had changed when it was read again is written as early as can be: no invalidation is missed wrongly.',
    unitLine({ cap: capabilities, ecap: extendedCapabilities, hostAddressWidth }),
    ...lines,
  ]);
}
