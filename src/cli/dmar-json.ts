import type { DmarFinding } from '../acpi/finding.ts';
import type { DmarPlace } from '../acpi/parse.ts';
import type { DmarTable, RemappingStructure } from '../acpi/table.ts';
import { entryText } from '../acpi/text.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { DeviceName, ServingUnit } from '../topology/serving-unit.ts';

/** A device of the command line, and which unit serves it. */
export type AskedDevice = Required<DeviceName> & ServingUnit;

/** What `vtd dmar --json` writes: `fixtures/schema/dmar-report-1.json`. */
export function dmarReport(
  file: string,
  bytes: Uint8Array,
  { structures, ...header }: DmarTable,
  places: readonly DmarPlace[],
  findings: readonly DmarFinding[],
  device: AskedDevice | undefined,
) {
  return {
    schema: 'dmar-report-1',
    file,
    bytes: bytes.length,
    header,
    structures: structures.map((it, n) => structureFacts(it, places[n]!)),
    findings,
    ...(device === undefined ? {} : { device: deviceFacts(device, places) }),
  };
}

/** A structure with its place, and each entry of its scope with its own. */
function structureFacts(structure: RemappingStructure, { offset, length, deviceScope }: DmarPlace) {
  if (!('deviceScope' in structure)) return { offset, length, ...structure };
  const entries = structure.deviceScope.map((entry, n) => ({ offset: deviceScope[n]!, ...entry }));
  return { offset, length, ...structure, deviceScope: entries };
}

function deviceFacts(asked: AskedDevice, places: readonly DmarPlace[]) {
  const { segment, sourceId, by, serves, entry, names, doubt } = asked;
  return {
    segment,
    device: formatSourceId(sourceId),
    by,
    unit: serves && { offset: places[serves.index]!.offset, registerBaseAddress: serves.unit.registerBaseAddress },
    entry: entry && entryText(entry),
    names: entry && names !== undefined ? formatSourceId(names) : undefined,
    doubt: doubt.map(entryText),
  };
}
