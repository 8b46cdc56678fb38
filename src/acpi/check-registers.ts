import { hex } from '../bits/hex.ts';
import { CAP_REG, ECAP_REG } from '../registers/capability.ts';
import type { UnitFacts } from './facts.ts';
import { type DmarFinding, finding, spotOf } from './finding.ts';
import { DMAR, DRHD } from './structures.ts';
import type { Drhd } from './table.ts';
import { segmentText } from './text.ts';
import type { Check, Placed, TableView } from './view.ts';

const ALL_ONES = (1n << 64n) - 1n;

/** A unit of the table with what its registers read. */
interface KnownUnit extends Placed<Drhd> {
  readonly CAP: Uint32Array;
  readonly ECAP: Uint32Array;
}

/** §8.1, §8.3, §8.5: the table against the capability registers of its units. */
export const checkRegisters: Check = (view) => {
  const read = view.facts.units ?? [];
  const found: DmarFinding[] = [];
  const known: KnownUnit[] = [];
  for (const unit of view.units) {
    const facts = read.find(({ registerBaseAddress }) => registerBaseAddress === unit.it.registerBaseAddress);
    if (facts === undefined) continue;
    const nothing = whyNothing(facts);
    if (nothing === undefined)
      known.push({ ...unit, CAP: wordsOf(facts.capabilities), ECAP: wordsOf(facts.extendedCapabilities) });
    else {
      const spot = spotOf(DRHD, unit.offset, DRHD.registerBaseAddress, unit.it.registerBaseAddress);
      found.push(
        finding('unit-unreadable', spot, `${nothing}: there is no unit at ${hex(unit.it.registerBaseAddress)}`),
      );
    }
  }
  return [
    ...found,
    ...known.flatMap((unit) => [...checkFlags(unit, view), ...checkWidths(unit, view)]),
    ...checkDeviceTlbs(known, view),
  ];
};

const wordsOf = (value: bigint): Uint32Array => Uint32Array.of(Number(value & 0xffff_ffffn), Number(value >> 32n));

function whyNothing({ capabilities, extendedCapabilities }: UnitFacts): string | undefined {
  if (capabilities === ALL_ONES || extendedCapabilities === ALL_ONES) return 'the registers read all ones';
  return capabilities === 0n && extendedCapabilities === 0n ? 'the registers read 0' : undefined;
}

function checkFlags({ it, ECAP }: KnownUnit, { table }: TableView): DmarFinding[] {
  const found: DmarFinding[] = [];
  const at = `the unit at ${hex(it.registerBaseAddress)}`;
  const remap = spotOf(DMAR, 0, DMAR.INTR_REMAP, table.INTR_REMAP);
  if (ECAP_REG.IRREQ(ECAP) === 1 && table.INTR_REMAP === 0) {
    found.push(finding('remapping-required', remap, `INTR_REMAP is 0, and ${at} has ECAP_REG.IRREQ`));
  }
  if (ECAP_REG.EIMER(ECAP) === 1 && table.X2APIC_OPT_OUT === 1) {
    const spot = spotOf(DMAR, 0, DMAR.X2APIC_OPT_OUT, 1);
    found.push(finding('extended-mode-required', spot, `X2APIC_OPT_OUT is 1, and ${at} has ECAP_REG.EIMER`));
  }
  if (ECAP_REG.IR(ECAP) === 0 && table.INTR_REMAP === 1) {
    found.push(
      finding('remapping-missing', remap, `INTR_REMAP is 1, and ${at} has no interrupt remapping (ECAP_REG.IR=0)`),
    );
  }
  return found;
}

function checkWidths({ it, offset, CAP, ECAP }: KnownUnit, { table }: TableView): DmarFinding[] {
  const found: DmarFinding[] = [];
  const at = `the unit at ${hex(it.registerBaseAddress)}`;
  const guest = CAP_REG.MGAW(CAP) + 1;
  if (guest < table.hostAddressWidth) {
    const spot = spotOf(DMAR, 0, DMAR.hostAddressWidth, table.hostAddressWidth - 1);
    const says = `the host address width is ${table.hostAddressWidth} bits, and ${at} takes ${guest} (CAP_REG.MGAW)`;
    found.push(finding('guest-address-width', spot, says));
  }
  // Offsets are in 16 bytes; IVA_REG and IOTLB_REG take 8 each.
  const faults = (CAP_REG.FRO(CAP) + CAP_REG.NFR(CAP) + 1) * 16;
  const end = Math.max(faults, ECAP_REG.IRO(ECAP) * 16 + 16);
  const bytes = 2 ** (12 + it.size);
  if (end > bytes) {
    const says = `${at} has registers up to ${hex(end)}, and Size ${it.size} is ${hex(bytes)} bytes`;
    found.push(finding('register-set-size', spotOf(DRHD, offset, DRHD.size, it.size), says));
  }
  return found;
}

/** §8.5: a segment of which all units are known, with Device-TLBs and without. */
function checkDeviceTlbs(known: readonly KnownUnit[], { units, ports, facts }: TableView): DmarFinding[] {
  const found: DmarFinding[] = [];
  for (const segment of new Set(known.map(({ it }) => it.segmentNumber))) {
    const here = known.filter(({ it }) => it.segmentNumber === segment);
    const withDeviceTlb = here.find(({ ECAP }) => ECAP_REG.DT(ECAP) === 1);
    const reported = ports.find(({ it }) => it.segmentNumber === segment);
    if (withDeviceTlb !== undefined && reported === undefined && hasPorts(segment, facts.functions)) {
      const { it, offset } = withDeviceTlb;
      const spot = spotOf(DRHD, offset, DRHD.registerBaseAddress, it.registerBaseAddress);
      const says = `the unit at ${hex(it.registerBaseAddress)} has Device-TLBs (ECAP_REG.DT), and ${segmentText(segment)} has no ATSR`;
      found.push(finding('ports-missing', spot, says));
    }
    const all = units.filter(({ it }) => it.segmentNumber === segment).length === here.length;
    if (withDeviceTlb === undefined && reported !== undefined && all) {
      const spot = spotOf({ title: 'ATSR' }, reported.offset, DRHD.segmentNumber, segment);
      found.push(
        finding('ports-without-device-tlb', spot, `no unit of ${segmentText(segment)} has Device-TLBs (ECAP_REG.DT=0)`),
      );
    }
  }
  return found;
}

/** Whether there is a port below which devices could use ATS; so it is taken to be where nobody told. */
const hasPorts = (segment: number, functions: TableView['facts']['functions']): boolean =>
  functions === undefined ||
  functions.some((it) => (it.segment ?? 0) === segment && it.bridge !== undefined && it.bridge.kind === 'pcie');
