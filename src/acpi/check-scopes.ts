import { type DmarFinding, finding, type Spot, spotOf } from './finding.ts';
import { isPci, isPossible } from './scope-path.ts';
import { DEVICE_SCOPE, SCOPE_TYPE } from './structures.ts';
import type { ScopedStructure } from './table.ts';
import { entryText, pathText, segmentText } from './text.ts';
import type { Check, PlacedEntry } from './view.ts';

const { PCI_ENDPOINT, PCI_SUB_HIERARCHY, IOAPIC, MSI_CAPABLE_HPET, ACPI_NAMESPACE_DEVICE } = SCOPE_TYPE;

/** The types that a structure may list, §8.5, §8.8, §8.9; others say nothing of it. */
const TYPES_HERE: Partial<Record<ScopedStructure['kind'], readonly number[]>> = {
  ATSR: [PCI_SUB_HIERARCHY],
  SATC: [PCI_ENDPOINT],
  SIDP: [PCI_ENDPOINT, ACPI_NAMESPACE_DEVICE],
};

/** §8.3.1: every device scope, entry by entry, then what is listed twice. */
export const checkScopes: Check = ({ entries }) => [
  ...entries.flatMap(checkEntry),
  ...checkListedTwice(entries),
  ...checkSharedSourceIds(entries),
];

/** The spot of a field of an entry, §8.3.1. */
export function entrySpot({ offset, of }: PlacedEntry, name: 'type' | 'length' | 'enumerationId', value: number): Spot {
  return spotOf({ title: `${of.kind} Device Scope` }, offset, DEVICE_SCOPE.fields[name], value);
}

/** The spot of an entry's path, §8.3.1. */
export function pathSpot({ it, offset, of }: PlacedEntry): Spot {
  return { offset: offset + 6, field: `${of.kind} Device Scope: Path`, value: pathText(it) };
}

function checkEntry(entry: PlacedEntry): DmarFinding[] {
  const { it, of } = entry;
  const found: DmarFinding[] = [];
  const type = entrySpot(entry, 'type', it.type);
  if (it.type < PCI_ENDPOINT || it.type > ACPI_NAMESPACE_DEVICE) {
    found.push(
      finding('scope-type', type, `type ${it.type} is none of the document, and software passes the entry by`),
    );
  } else if (TYPES_HERE[of.kind]?.includes(it.type) === false) {
    found.push(finding('scope-type-here', type, `the ${entryText(it)} cannot be listed by a ${of.kind}`));
  } else if (of.kind === 'DRHD' && of.INCLUDE_PCI_ALL === 1 && isPci(it)) {
    found.push(finding('include-all-scope', type, `INCLUDE_PCI_ALL is 1, and the scope lists the ${entryText(it)}`));
  } else if (of.kind === 'RMRR' && (it.type === IOAPIC || it.type === MSI_CAPABLE_HPET)) {
    found.push(finding('region-scope-type', type, `the ${entryText(it)} is listed, which has no use for memory`));
  }
  if (it.path.length > 1 && wantsOnePair(entry)) {
    const spot = entrySpot(entry, 'length', 6 + 2 * it.path.length);
    found.push(
      finding(
        'scope-path-length',
        spot,
        `the ${entryText(it)} has a path of ${it.path.length} pairs, and one is allowed`,
      ),
    );
  }
  const wrong = it.path.find((step) => !isPossible(step));
  if (wrong !== undefined) {
    const swapped = it.path.every((step) => isPossible({ device: step.function, function: step.device }));
    const hint = swapped ? '; the two bytes seem to be exchanged' : '';
    const says = `device ${wrong.device}, function ${wrong.function} is none that PCI has${hint}`;
    found.push(finding('scope-path', pathSpot(entry), says));
  }
  if (it.enumerationId !== 0 && isPci(it)) {
    const spot = entrySpot(entry, 'enumerationId', it.enumerationId);
    found.push(finding('scope-enumeration-id', spot, `Enumeration ID of the ${entryText(it)} is ${it.enumerationId}`));
  }
  return found;
}

const wantsOnePair = ({ it, of }: PlacedEntry): boolean =>
  it.type === MSI_CAPABLE_HPET || it.type === ACPI_NAMESPACE_DEVICE || of.kind === 'SATC' || of.kind === 'SIDP';

/** §8.3: entries of two units that name the same. I/O APICs, HPETs and ACPI devices are told apart by their numbers. */
function checkListedTwice(entries: readonly PlacedEntry[]): DmarFinding[] {
  const seen = new Map<string, PlacedEntry>();
  return entries.flatMap((entry) => {
    const { it, of } = entry;
    if (of.kind !== 'DRHD') return [];
    const key = `${of.segmentNumber} ${it.type} ${isPci(it) ? pathText(it) : it.enumerationId}`;
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, entry);
      return [];
    }
    if (before.index === entry.index) return [];
    const says = `the ${entryText(it)} of ${segmentText(of.segmentNumber)} is listed at offset ${before.offset} too`;
    return [finding('scope-twice', entrySpot(entry, 'type', it.type), says)];
  });
}

/** §8.3.1: of I/O APICs and HPETs; ACPI devices may share a source-id, §8.3.1.3. */
function checkSharedSourceIds(entries: readonly PlacedEntry[]): DmarFinding[] {
  const seen = new Map<string, PlacedEntry>();
  return entries.flatMap((entry) => {
    const { it, of } = entry;
    if (of.kind !== 'DRHD' || (it.type !== IOAPIC && it.type !== MSI_CAPABLE_HPET)) return [];
    const key = `${of.segmentNumber} ${pathText(it)}`;
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, entry);
      return [];
    }
    // The same one again shares nothing.
    if (before.it.type === it.type && before.it.enumerationId === it.enumerationId) return [];
    const says = `the ${entryText(it)} has the source-id of the ${entryText(before.it)}`;
    return [finding('source-id-shared', pathSpot(entry), says)];
  });
}
