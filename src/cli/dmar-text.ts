import type { DmarFinding } from '../acpi/finding.ts';
import type { DmarPlace } from '../acpi/parse.ts';
import { STRUCTURE_KINDS } from '../acpi/structures.ts';
import type { DeviceScopeEntry, DmarTable, RemappingStructure } from '../acpi/table.ts';
import { entryText, pathText, segmentText } from '../acpi/text.ts';
import { hexadecimal } from '../images/hexadecimal.ts';
import { quoted } from '../images/input-error.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { AskedDevice } from './dmar-json.ts';
import type { Output } from './output.ts';
import { countText, sizeText, tableText, wrapped } from './text.ts';

/** What a table says: its header in a few lines, then each structure. */
export function dmarText(
  path: string,
  bytes: Uint8Array,
  table: DmarTable,
  places: readonly DmarPlace[],
  heading: (text: string) => string,
): string[] {
  const { oemId, oemTableId, creatorId, revision, hostAddressWidth } = table;
  const names = [oemId, oemTableId, creatorId].map((name) => quoted(name.trimEnd()));
  return [
    `Table    ${path}: ${bytes.length} bytes, revision ${revision}`,
    `From     OEM ${names[0]}, table ${names[1]}, creator ${names[2]}`,
    `Width    ${hostAddressWidth} bits of host address`,
    `Flags    ${flagsText(table)}`,
    ...table.structures.flatMap((it, n) => ['', ...structureText(it, places[n]!, heading)]),
  ];
}

/** One-bit fields by the document's names, which are in capital letters. */
const flagsText = (fields: object): string =>
  Object.entries(fields)
    .filter(([name]) => /^[A-Z0-9_]+$/.test(name))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

function structureText(structure: RemappingStructure, place: DmarPlace, heading: (text: string) => string): string[] {
  const where = `at offset ${place.offset}, ${place.length} bytes`;
  if (structure.kind === 'other') {
    const title = heading(`structure of type ${structure.type}`);
    return [`${title} ${where}, skipped`, `  ${structure.data.match(/.{1,32}/g)?.join('\n  ') ?? 'nothing in it'}`];
  }
  const { title, layout } = STRUCTURE_KINDS[structure.kind];
  return [
    `${heading(structure.kind)} ${where}: ${title}, ${layout.section}`,
    `  ${factsText(structure)}`,
    ...scopeText(structure, place),
  ];
}

function factsText(structure: Exclude<RemappingStructure, { kind: 'other' }>): string {
  switch (structure.kind) {
    case 'DRHD': {
      const { segmentNumber, registerBaseAddress: base, size } = structure;
      const last = base + (1n << BigInt(12 + size)) - 1n;
      return `${segmentText(segmentNumber)}, registers at ${hexadecimal(base)}-${hexadecimal(last)}, ${flagsText(structure)}`;
    }
    case 'RMRR': {
      const { segmentNumber, baseAddress: base, limitAddress: limit } = structure;
      const size = limit < base ? '' : `, ${sizeText(Number(limit - base + 1n))}`;
      return `${segmentText(segmentNumber)}, memory ${hexadecimal(base)}-${hexadecimal(limit)}${size}`;
    }
    case 'RHSA':
      return `registers at ${hexadecimal(structure.registerBaseAddress)}, proximity domain ${structure.proximityDomain}`;
    case 'ANDD':
      return `ACPI device ${structure.acpiDeviceNumber}, ${quoted(structure.acpiObjectName)}`;
    case 'SIDP':
      return segmentText(structure.segmentNumber);
    default:
      return `${segmentText(structure.segmentNumber)}, ${flagsText(structure)}`;
  }
}

function scopeText(structure: RemappingStructure, { deviceScope: offsets }: DmarPlace): string[] {
  if (!('deviceScope' in structure) || structure.deviceScope.length === 0) return [];
  const rows = structure.deviceScope.map((entry, n) => [
    `${offsets[n]}`,
    nameOf(entry),
    pathText(entry),
    flagsText(entry),
  ]);
  const properties = structure.kind === 'SIDP' ? ['properties'] : [''];
  return tableText(['>offset', 'scope', 'device', ...properties], rows, '  ');
}

const nameOf = (entry: DeviceScopeEntry): string => entryText(entry).replace(/ at \S+$/, '');

/** Which unit serves a device, and why. */
export function deviceText(asked: AskedDevice, places: readonly DmarPlace[]): string[] {
  const { segment, sourceId, by, serves, entry, names, doubt } = asked;
  const name = `${formatSourceId(sourceId)} of ${segmentText(segment)}`;
  const unit =
    serves &&
    `the unit at ${hexadecimal(serves.unit.registerBaseAddress)} (DRHD at offset ${places[serves.index]!.offset})`;
  switch (by) {
    case 'listed':
      return [`Device   ${name} is served by ${unit}:`, `         its scope lists the ${entryText(entry!)}`];
    case 'sub-hierarchy': {
      const says = names === sourceId ? 'which it is' : 'and it is below that bridge';
      return [`Device   ${name} is served by ${unit}:`, `         its scope lists the ${entryText(entry!)}, ${says}`];
    }
    case 'include-pci-all':
      return [`Device   ${name} is served by ${unit}:`, '         no unit lists it, and this one has INCLUDE_PCI_ALL'];
    case 'nothing':
      return [`Device   ${name} is served by no unit: none lists it, and none of the segment has INCLUDE_PCI_ALL`];
    case 'unknown': {
      const bus = formatSourceId(sourceId).slice(0, 2);
      return [
        `Device   ${name}: the table alone does not tell, since bus ${bus} is behind a bridge. Give the bridges with --bridge.`,
        ...wrapped('         ', `It may be at or below: ${doubt.map(entryText).join('; ')}`),
      ];
    }
  }
}

const ORDER = ['error', 'warning', 'note'] as const;

/** All findings with their remedies, or that there are none. */
export function findingsText(
  findings: readonly DmarFinding[],
  output: Pick<Output, 'heading' | 'bad' | 'dim'>,
): string[] {
  if (findings.length === 0) return [output.heading('Nothing wrong')];
  const counts = ORDER.map((severity) => ({
    severity,
    count: findings.filter((it) => it.severity === severity).length,
  }));
  const title = counts.filter(({ count }) => count > 0).map(({ severity, count }) => countText(count, severity));
  return [output.heading(title.join(', ')), ...findings.flatMap((it) => findingText(it, output))];
}

function findingText(found: DmarFinding, { bad, dim }: Pick<Output, 'bad' | 'dim'>): string[] {
  const { severity, rule, section, offset, field, value, says, mend } = found;
  const shown = typeof value === 'string' ? value : hexadecimal(value);
  const title = `  ${severity.padEnd(7)}  ${rule}, ${section}`;
  return [
    severity === 'error' ? bad(title) : title,
    ...wrapped('           ', printable(says), 110),
    dim(`           offset ${offset}, ${field} is ${printable(shown)}`),
    ...wrapped('           to mend: ', mend, 110),
  ];
}

/** Names come from the table: nothing of them reaches a terminal as a command. */
const printable = (text: string): string => text.replaceAll(/[^ -~]/g, '?');
