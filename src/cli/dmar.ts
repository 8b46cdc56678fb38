import { Command } from 'commander';
import type { FunctionFacts } from '../acpi/facts.ts';
import { validateDmar } from '../acpi/validate.ts';
import { readDmar } from '../images/dmar.ts';
import { InputError, quoted } from '../images/input-error.ts';
import { servingUnit } from '../topology/serving-unit.ts';
import { parseDevice } from './arguments.ts';
import { type AskedDevice, dmarReport } from './dmar-json.ts';
import { deviceText, dmarText, findingsText } from './dmar-text.ts';
import type { Output } from './output.ts';
import { readPlatform } from './platform-file.ts';

interface DmarArguments {
  readonly device?: string;
  readonly bridge?: readonly string[];
  readonly platform?: string;
  readonly json?: boolean;
}

/** `vtd dmar`: what an ACPI DMAR table says, what is wrong with it, and which unit serves a device. */
export function dmarCommand(output: Output): Command {
  return new Command('dmar')
    .description('show an ACPI DMAR table, what is wrong with it and how to mend it, and which unit serves a device')
    .argument('<file>', 'the table: its bytes, or what acpidump prints')
    .option('--device <ssss:bb:dd.f>', 'say which unit serves this device, and why; without ssss in segment 0')
    .option(
      '--bridge <bb:dd.f=bus-bus>',
      'a bridge with its secondary and subordinate bus, for devices behind it (repeatable)',
      (bridge: string, before: readonly string[] = []) => [...before, bridge],
    )
    .option('--platform <file>', 'what else is known, for more checks: fixtures/schema/dmar-platform-1.json')
    .option('--json', 'for programs: fixtures/schema/dmar-report-1.json')
    .addHelpText(
      'after',
      `
Examples:
  vtd dmar fixtures/linux/legacy48/dmar.bin
  vtd dmar /sys/firmware/acpi/tables/DMAR --device 0000:00:02.0
  vtd dmar fixtures/linux/legacy48/dmar.bin --device 01:00.0 --bridge 00:1c.0=01-01
  acpidump -n DMAR > dmar.txt && vtd dmar dmar.txt --platform platform.json --json

Exit status: 0, 1 if there is an error among the findings, 2 for bad usage or a file that is no DMAR table.`,
    )
    .action((path: string, options: DmarArguments) => dmar(output, path, options));
}

function dmar(output: Output, path: string, options: DmarArguments): void {
  if (options.device === undefined && options.bridge !== undefined) throw new InputError('--bridge goes with --device');
  const device = options.device === undefined ? undefined : parsePlace(options.device, parseDevice);
  const bridges = (options.bridge ?? []).map(parseBridge);
  const facts = options.platform === undefined ? {} : readPlatform(options.platform);
  const bytes = readDmar(path);
  const { table, places, findings } = validateDmar(bytes, facts);
  // Whatever begins with "DMAR" and has a header is read.
  if (table === undefined) throw new InputError(`expected a DMAR table in ${path}`);
  const functions = [...(facts.functions ?? []), ...bridges];
  const asked: AskedDevice | undefined = device && { ...device, ...servingUnit(table, functions, device) };
  if (findings.some(({ severity }) => severity === 'error')) output.status = 1;
  if (options.json === true) output.json(dmarReport(path, bytes, table, places, findings, asked));
  else {
    output.lines(dmarText(path, bytes, table, places, output.heading));
    output.line();
    if (asked !== undefined) {
      output.lines(deviceText(asked, places));
      output.line();
    }
    output.lines(findingsText(findings, output));
  }
}

/** What stands behind a segment, or without one in segment 0. */
function parsePlace<T>(text: string, parse: (text: string) => T): { readonly segment: number; readonly sourceId: T } {
  const [, digits = '0', rest = text] = /^([0-9a-f]{4}):(.*:.*)$/i.exec(text) ?? [];
  return { segment: Number.parseInt(digits, 16), sourceId: parse(rest) };
}

function parseBridge(text: string): FunctionFacts {
  const parts = /^([^=]+)=([0-9a-f]{1,2})(?:-([0-9a-f]{1,2}))?$/i.exec(text);
  const [secondaryBus, subordinateBus] = [parts?.[2], parts?.[3] ?? parts?.[2]].map((bus) =>
    Number.parseInt(bus ?? '', 16),
  );
  if (parts === null || secondaryBus === undefined || subordinateBus === undefined || subordinateBus < secondaryBus) {
    throw new InputError(`a bridge is written bb:dd.f=bus-bus (00:1c.0=01-02, in hexadecimal), got ${quoted(text)}`);
  }
  return { ...parsePlace(parts[1]!, parseDevice), bridge: { kind: 'pcie', secondaryBus, subordinateBus } };
}
