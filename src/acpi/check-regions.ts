import { hex } from '../bits/hex.ts';
import { entrySpot } from './check-scopes.ts';
import { type DmarFinding, finding, spotOf } from './finding.ts';
import { isPci } from './scope-path.ts';
import { RMRR, SCOPE_TYPE } from './structures.ts';
import type { DeviceScopeEntry, Drhd, Rmrr } from './table.ts';
import { entryText, pathText, segmentText } from './text.ts';
import type { Check, Placed, TableView } from './view.ts';

const PAGE_BYTES = 4096n;

/** §8.4: the regions of memory that devices use after boot. */
export const checkRegions: Check = (view) => [
  ...view.regions.flatMap((region) => checkBounds(region, view.table.hostAddressWidth)),
  ...checkOverlaps(view.regions),
  ...view.regions.flatMap(checkDevices),
  ...checkCovered(view),
];

/** A region as people write it, §8.4. */
export const regionText = ({ baseAddress, limitAddress }: Rmrr): string => `${hex(baseAddress)}-${hex(limitAddress)}`;

function checkBounds({ it, offset }: Placed<Rmrr>, hostAddressWidth: number): DmarFinding[] {
  const { baseAddress: base, limitAddress: limit } = it;
  const baseSpot = spotOf(RMRR, offset, RMRR.baseAddress, base);
  const limitSpot = spotOf(RMRR, offset, RMRR.limitAddress, limit);
  if (limit <= base) {
    return [finding('region-order', limitSpot, `the limit ${hex(limit)} is not above the base ${hex(base)}`)];
  }
  const found: DmarFinding[] = [];
  if (base % PAGE_BYTES !== 0n) {
    const says = `the base ${hex(base)} is no multiple of 4 KiB`;
    found.push(finding('region-alignment', baseSpot, says));
  }
  if ((limit + 1n) % PAGE_BYTES !== 0n) {
    const hint = limit % PAGE_BYTES === 0n ? ': a limit is the address of the last byte, not of the one behind it' : '';
    found.push(finding('region-alignment', limitSpot, `the limit ${hex(limit)} is not the last byte of a page${hint}`));
  }
  if (limit >> BigInt(hostAddressWidth) !== 0n) {
    const says = `the limit ${hex(limit)} is beyond the host address width of ${hostAddressWidth} bits`;
    found.push(finding('region-beyond-width', limitSpot, says));
  }
  return found;
}

function checkOverlaps(regions: readonly Placed<Rmrr>[]): DmarFinding[] {
  return regions.flatMap(({ it, offset }, n) => {
    const other = regions
      .slice(0, n)
      .find(({ it: before }) => it.baseAddress <= before.limitAddress && before.baseAddress <= it.limitAddress);
    if (other === undefined) return [];
    const says = `the region ${regionText(it)} overlaps ${regionText(other.it)} of the RMRR at offset ${other.offset}`;
    return [finding('region-overlap', spotOf(RMRR, offset, RMRR.baseAddress, it.baseAddress), says)];
  });
}

function checkDevices({ it, offset }: Placed<Rmrr>): DmarFinding[] {
  if (it.deviceScope.length > 0) return [];
  const spot = spotOf(RMRR, offset, RMRR.length, RMRR.width / 8);
  return [finding('region-without-device', spot, `no device is listed for the region ${regionText(it)}`)];
}

/** Goes by the paths alone, which hold whatever the bus numbers are. */
function checkCovered({ units, entries }: TableView): DmarFinding[] {
  return entries.flatMap((entry) => {
    const { it, of } = entry;
    if (of.kind !== 'RMRR' || !isPci(it)) return [];
    const segment = units.filter((unit) => unit.it.segmentNumber === of.segmentNumber);
    // Without any unit another rule says so.
    if (segment.length === 0 || segment.some((unit) => covers(unit.it, it))) return [];
    const says = `the ${entryText(it)} of ${segmentText(of.segmentNumber)} has a region, and no unit has it in its scope`;
    return [finding('region-device-without-unit', entrySpot(entry, 'type', it.type), says)];
  });
}

/** Whether a unit has the device of an entry in its scope: all that is left, itself, or a bridge on the way to it. */
function covers(unit: Drhd, entry: DeviceScopeEntry): boolean {
  if (unit.INCLUDE_PCI_ALL === 1) return true;
  const path = pathText(entry);
  return unit.deviceScope.some((listed) => {
    if (!isPci(listed)) return false;
    const bridge = pathText(listed);
    return path === bridge || (listed.type === SCOPE_TYPE.PCI_SUB_HIERARCHY && path.startsWith(`${bridge}/`));
  });
}
