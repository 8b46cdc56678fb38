import { hex } from '../bits/hex.ts';
import { regionText } from './check-regions.ts';
import { entrySpot, pathSpot } from './check-scopes.ts';
import type { FunctionFacts } from './facts.ts';
import { type DmarFinding, finding, spotOf } from './finding.ts';
import { functionAt, isPci, scopeSourceId } from './scope-path.ts';
import { DMAR, RMRR, SCOPE_TYPE } from './structures.ts';
import { entryText } from './text.ts';
import type { Check, PlacedEntry, TableView } from './view.ts';

const { PCI_ENDPOINT, PCI_SUB_HIERARCHY, IOAPIC, MSI_CAPABLE_HPET } = SCOPE_TYPE;
const HEADER_BYTES = DMAR.width / 8;
/** Base Class of PCI: display controllers, whose memory is large; bridges, which NTBs with a type 0 header have too. */
const CLASS = Object.freeze({ DISPLAY: 0x03, BRIDGE: 0x06 });
const LARGE_REGION = 16n << 20n;

/** §8.3.1.1, §8.3.1.2: the sources of interrupts that other ACPI tables name. */
export const checkInterruptSources: Check = (view) => {
  const { ioApics, hpets } = view.facts;
  const apics = ioApics?.map(({ id, ...it }) => ({ ...it, number: id }));
  return [
    ...checkSources(view, apics, IOAPIC, 'I/O APIC', 'io-apic-unlisted', 'io-apic-unknown'),
    ...checkSources(view, hpets, MSI_CAPABLE_HPET, 'HPET', 'hpet-unlisted', 'hpet-unknown'),
  ];
};

interface SourceFacts {
  readonly number: number;
  readonly sourceId?: number;
}

function checkSources(
  { table, entries, facts }: TableView,
  sources: readonly SourceFacts[] | undefined,
  type: number,
  name: string,
  unlisted: 'io-apic-unlisted' | 'hpet-unlisted',
  unknown: 'io-apic-unknown' | 'hpet-unknown',
): DmarFinding[] {
  if (sources === undefined) return [];
  const found: DmarFinding[] = [];
  const listed = entries.filter(({ it, of }) => of.kind === 'DRHD' && it.type === type);
  for (const { number } of sources) {
    if (table.INTR_REMAP === 0 || listed.some(({ it }) => it.enumerationId === number)) continue;
    const spot = { offset: HEADER_BYTES, field: 'DMAR: structures', value: number };
    found.push(finding(unlisted, spot, `INTR_REMAP is 1, and no unit lists ${name} ${number}`));
  }
  for (const entry of listed) {
    const { enumerationId } = entry.it;
    const source = sources.find(({ number }) => number === enumerationId);
    if (source === undefined) {
      const spot = entrySpot(entry, 'enumerationId', enumerationId);
      found.push(finding(unknown, spot, `there is no ${name} ${enumerationId}`));
      continue;
    }
    const sourceId = scopeSourceId(entry.it, entry.of.segmentNumber, facts.functions ?? []);
    if (source.sourceId === undefined || sourceId === undefined || sourceId === source.sourceId) continue;
    const says = `the entry comes to source-id ${hex(sourceId)}, and ${name} ${enumerationId} sends ${hex(source.sourceId)}`;
    found.push(finding('source-id', pathSpot(entry), says));
  }
  return found;
}

/** §8.3.1, §8.3.3: PCI devices of scopes against the functions that there are. */
export const checkFunctions: Check = ({ entries, facts }) => {
  const { functions } = facts;
  if (functions === undefined) return [];
  return entries.flatMap((entry) => (isPci(entry.it) ? checkFunction(entry, functions) : []));
};

function checkFunction(entry: PlacedEntry, functions: readonly FunctionFacts[]): DmarFinding[] {
  const { it, of } = entry;
  const segment = of.segmentNumber;
  const sourceId = scopeSourceId(it, segment, functions);
  const device = sourceId === undefined ? undefined : functionAt(functions, segment, sourceId);
  if (it.path.length === 1 && isBehindBridge(it.startBusNumber, segment, functions)) {
    const says = `bus ${hex(it.startBusNumber)} of the ${entryText(it)} is behind a bridge`;
    return [finding('scope-bus', pathSpot(entry), says)];
  }
  if (device === undefined) {
    const exchanged = it.path.map((step) => ({ device: step.function, function: step.device }));
    const other = scopeSourceId({ ...it, path: exchanged }, segment, functions);
    const swapped = other !== undefined && functionAt(functions, segment, other) !== undefined;
    const meant = entryText({ ...it, path: exchanged });
    return swapped
      ? [finding('scope-swapped', pathSpot(entry), `the ${entryText(it)} is not there, and the ${meant} is`)]
      : [finding('scope-absent', pathSpot(entry), `the ${entryText(it)} is not there`)];
  }
  if (device.physicalFunction !== undefined) {
    return [finding('virtual-function', pathSpot(entry), `the ${entryText(it)} is a virtual function`)];
  }
  const isBridge = device.bridge !== undefined;
  // A non-transparent bridge has the class of a bridge and the header of an endpoint: firmware lists it as either.
  if (isBridge === (it.type === PCI_SUB_HIERARCHY) || (!isBridge && device.baseClass === CLASS.BRIDGE)) return [];
  const says = `the ${entryText(it)} is ${isBridge ? 'a bridge' : 'an endpoint'}`;
  return [finding('scope-kind', entrySpot(entry, 'type', it.type), says)];
}

const isBehindBridge = (bus: number, segment: number, functions: readonly FunctionFacts[]): boolean =>
  functions.some(
    ({ bridge, segment: other = 0 }) =>
      other === segment && bridge !== undefined && bus >= bridge.secondaryBus && bus <= bridge.subordinateBus,
  );

/** §8.1, §8.4: regions against the memory map and against what devices do at hand-over. */
export const checkMemory: Check = (view) => [
  ...checkMemoryMap(view),
  ...checkLargeRegions(view),
  ...checkHandOver(view),
];

function checkMemoryMap({ regions, facts }: TableView): DmarFinding[] {
  const { reservedMemory } = facts;
  if (reservedMemory === undefined) return [];
  const sorted = [...reservedMemory].sort((a, b) => (a.base < b.base ? -1 : 1));
  return regions.flatMap(({ it, offset }) => {
    let next = it.baseAddress;
    for (const { base, limit } of sorted) if (base <= next && limit >= next) next = limit + 1n;
    if (next > it.limitAddress) return [];
    const says = `the region ${regionText(it)} is not reserved in the memory map from ${hex(next)} on`;
    return [finding('region-memory', spotOf(RMRR, offset, RMRR.baseAddress, it.baseAddress), says)];
  });
}

function checkLargeRegions({ entries, facts }: TableView): DmarFinding[] {
  return entries.flatMap((entry) => {
    const { it, of } = entry;
    if (of.kind !== 'RMRR') return [];
    const functions = facts.functions ?? [];
    const sourceId = scopeSourceId(it, of.segmentNumber, functions);
    const baseClass = sourceId === undefined ? undefined : functionAt(functions, of.segmentNumber, sourceId)?.baseClass;
    const bytes = of.limitAddress - of.baseAddress + 1n;
    if (baseClass === undefined || baseClass === CLASS.DISPLAY || bytes <= LARGE_REGION) return [];
    const says = `the ${entryText(it)} is no display and has a region of ${bytes >> 20n} MiB`;
    return [finding('region-large', entrySpot(entry, 'type', it.type), says)];
  });
}

function checkHandOver({ table, entries, facts }: TableView): DmarFinding[] {
  const functions = facts.functions ?? [];
  const withRegion = new Set(
    entries
      .filter(({ of }) => of.kind === 'RMRR')
      .map(({ it, of }) => `${of.segmentNumber} ${scopeSourceId(it, of.segmentNumber, functions)}`),
  );
  return functions.flatMap(({ segment = 0, sourceId, bridge, firmwareDma, busMaster }) => {
    const found: DmarFinding[] = [];
    const name = entryText({
      type: PCI_ENDPOINT,
      enumerationId: 0,
      startBusNumber: sourceId >>> 8,
      path: [{ device: (sourceId >>> 3) & 31, function: sourceId & 7 }],
    });
    const spot = { offset: HEADER_BYTES, field: 'DMAR: structures', value: sourceId };
    if (firmwareDma === true && !withRegion.has(`${segment} ${sourceId}`)) {
      found.push(finding('region-missing', spot, `the ${name} goes on accessing memory, and has no region`));
    }
    if (table.DMA_CTRL_PLATFORM_OPT_IN_FLAG === 1 && busMaster === true && bridge === undefined) {
      const flag = spotOf(DMAR, 0, DMAR.DMA_CTRL_PLATFORM_OPT_IN_FLAG, 1);
      found.push(finding('open-bus-master', flag, `the ${name} has Bus Master Enable at hand-over`));
    }
    return found;
  });
}
