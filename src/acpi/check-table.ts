import { hex } from '../bits/hex.ts';
import { type DmarFinding, finding, spotOf } from './finding.ts';
import { DMAR, STRUCTURE_HEAD, STRUCTURE_KINDS } from './structures.ts';
import type { Check, TableView } from './view.ts';

/** A page of 4 KiB: a width below this holds no address of a table. */
const PAGE_WIDTH = 12;

/** §8.1, §8.2: the header, and the structures as a list. */
export const checkTable: Check = (view) => [...checkWidth(view), ...checkFlags(view), ...checkList(view)];

function checkWidth({ table, facts }: TableView): DmarFinding[] {
  const { hostAddressWidth: width } = table;
  const spot = spotOf(DMAR, 0, DMAR.hostAddressWidth, width - 1);
  if (width < PAGE_WIDTH) {
    return [
      finding(
        'host-address-width',
        spot,
        `Host Address Width is ${hex(width - 1)}: ${width} bits are less than a page`,
      ),
    ];
  }
  const { physicalAddressWidth } = facts;
  if (physicalAddressWidth === undefined || width >= physicalAddressWidth) return [];
  const says = `Host Address Width is ${hex(width - 1)}: ${width} bits, and the processors have ${physicalAddressWidth}`;
  return [finding('host-address-width', spot, says, `set it to ${hex(physicalAddressWidth - 1)}`)];
}

function checkFlags({ table }: TableView): DmarFinding[] {
  if (table.X2APIC_OPT_OUT === 0 || table.INTR_REMAP === 1) return [];
  const says = 'X2APIC_OPT_OUT is 1 and INTR_REMAP 0: software does not look at it';
  return [finding('opt-out-without-remapping', spotOf(DMAR, 0, DMAR.X2APIC_OPT_OUT, 1), says)];
}

function checkList({ table, places, units }: TableView): DmarFinding[] {
  const found: DmarFinding[] = [];
  if (units.length === 0) {
    const spot = { offset: DMAR.width / 8, field: 'DMAR: structures', value: table.structures.length };
    found.push(finding('no-unit', spot, 'no structure is a DRHD: there is no remapping unit'));
  }
  let highest = 0;
  for (const [n, structure] of table.structures.entries()) {
    const type = structure.kind === 'other' ? structure.type : STRUCTURE_KINDS[structure.kind].type;
    if (type < highest) {
      const spot = spotOf(STRUCTURE_HEAD, places[n]!.offset, STRUCTURE_HEAD.type, type);
      found.push(finding('structure-order', spot, `type ${type} stands behind type ${highest}`));
    }
    highest = Math.max(highest, type);
  }
  return found;
}
