import { hex } from '../bits/hex.ts';
import { type DmarFinding, finding, spotOf } from './finding.ts';
import { DRHD } from './structures.ts';
import type { Drhd } from './table.ts';
import { segmentText } from './text.ts';
import type { Check, Placed, TableView } from './view.ts';

const ALL_ONES = (1n << 64n) - 1n;

/** Bytes of a unit's registers, §8.3. */
const bytesOfRegisters = ({ size }: Drhd): bigint => 1n << BigInt(12 + size);

/** §8.3: the remapping units. */
export const checkUnits: Check = (view) => [
  ...view.units.flatMap(checkBase),
  ...checkOverlaps(view.units),
  ...checkIncludeAll(view.units),
  ...checkScopes(view.units),
  ...checkSegments(view),
];

function checkBase({ it: unit, offset }: Placed<Drhd>): DmarFinding[] {
  const { registerBaseAddress: base } = unit;
  const spot = spotOf(DRHD, offset, DRHD.registerBaseAddress, base);
  if (base === 0n || base === ALL_ONES) {
    return [finding('register-base', spot, `Register Base Address is ${hex(base)}: no unit is there`)];
  }
  const bytes = bytesOfRegisters(unit);
  if (base % bytes === 0n) return [];
  const says = `Register Base Address ${hex(base)} is no multiple of ${hex(bytes)} (Size ${unit.size})`;
  return [finding('register-alignment', spot, says)];
}

function checkOverlaps(units: readonly Placed<Drhd>[]): DmarFinding[] {
  return units.flatMap(({ it, offset }, n) => {
    const base = it.registerBaseAddress;
    const other = units.slice(0, n).find(({ it: before }) => {
      const first = before.registerBaseAddress;
      return base < first + bytesOfRegisters(before) && first < base + bytesOfRegisters(it);
    });
    if (other === undefined) return [];
    const spot = spotOf(DRHD, offset, DRHD.registerBaseAddress, base);
    const says = `the registers at ${hex(base)} overlap those at ${hex(other.it.registerBaseAddress)} of the DRHD at offset ${other.offset}`;
    return [finding('register-overlap', spot, says)];
  });
}

function checkIncludeAll(units: readonly Placed<Drhd>[]): DmarFinding[] {
  return units.flatMap(({ it, offset }, n) => {
    if (it.INCLUDE_PCI_ALL === 0) return [];
    const spot = spotOf(DRHD, offset, DRHD.INCLUDE_PCI_ALL, 1);
    const later = units.slice(n + 1).filter(({ it: other }) => other.segmentNumber === it.segmentNumber);
    const again = later.find(({ it: other }) => other.INCLUDE_PCI_ALL === 1);
    const segment = segmentText(it.segmentNumber);
    if (again !== undefined) {
      const says = `INCLUDE_PCI_ALL is 1 here and in the DRHD at offset ${again.offset}, both of ${segment}`;
      return [finding('include-all-twice', spot, says)];
    }
    if (later.length === 0) return [];
    const says = `INCLUDE_PCI_ALL is 1, and the DRHD at offset ${later[0]!.offset} of ${segment} comes after it`;
    return [finding('include-all-last', spot, says)];
  });
}

function checkScopes(units: readonly Placed<Drhd>[]): DmarFinding[] {
  return units.flatMap(({ it, offset }) => {
    if (it.INCLUDE_PCI_ALL === 1 || it.deviceScope.length > 0) return [];
    const spot = spotOf(DRHD, offset, DRHD.length, DRHD.width / 8);
    return [
      finding(
        'empty-unit',
        spot,
        'INCLUDE_PCI_ALL is 0, and no device is listed: nothing is in the scope of this unit',
      ),
    ];
  });
}

/** Segments that only other structures, or the functions of the platform, have. */
function checkSegments({ table, places, units, facts }: TableView): DmarFinding[] {
  const known = new Set(units.map(({ it }) => it.segmentNumber));
  const found: DmarFinding[] = [];
  for (const [n, structure] of table.structures.entries()) {
    if (!('deviceScope' in structure) || known.has(structure.segmentNumber)) continue;
    known.add(structure.segmentNumber);
    const spot = spotOf({ title: structure.kind }, places[n]!.offset, DRHD.segmentNumber, structure.segmentNumber);
    const says = `${segmentText(structure.segmentNumber)} has a ${structure.kind} and no DRHD`;
    found.push(finding('segment-without-unit', spot, says));
  }
  for (const { segment = 0 } of facts.functions ?? []) {
    if (known.has(segment)) continue;
    known.add(segment);
    const spot = { offset: 48, field: 'DMAR: structures', value: units.length };
    found.push(finding('segment-without-unit', spot, `${segmentText(segment)} has devices and no DRHD`));
  }
  return found;
}
