import type { RegisterDeclaration } from '../bits/register.ts';
import { EVENT, eventAt, type PerformanceEvent } from '../registers/performance-events.ts';
import type { CapabilityValue } from '../registers/presence.ts';
import { CAPABILITY_REGISTER_NAMES, capabilityRegister } from './capability-registers.ts';

type Registers = Readonly<Record<string, bigint>>;
type Claim = (holds: boolean, otherwise: string) => void;

/** Bytes of registers that a unit may have here: what the offset registers place lies below. */
const MOST_BYTES = 2 ** 22;
/** §10.7, §11.4.13.2: EGI has four bits, and the document speaks of 15 groups. */
const MOST_GROUPS = 15;

/** Events that the model has no way to see: it has no clock, and nobody waits in it. */
export const NOT_COUNTED: ReadonlySet<PerformanceEvent> = new Set([
  EVENT.IOMMU_CLOCKS,
  EVENT.PW_OCCUPANCY,
  EVENT.ATS_BLOCKED,
  EVENT.TOTAL_OCCUPANCY,
  EVENT.MEM_OCCUPANCY,
  EVENT.IOMMU_MEM_BLOCKED,
]);

/** Everything that keeps these registers from being a unit's, a sentence each; `capability` knows all of its fields. */
export function contradictionsOfRegisters(registers: Registers, capability: CapabilityValue): readonly string[] {
  const found: string[] = [];
  const claim: Claim = (holds, otherwise) => {
    if (!holds) found.push(otherwise);
  };
  for (const [name, value] of Object.entries(registers)) checkValue(name, value, capability, claim);
  if (found.length > 0) return found;
  claim(
    capability('ECAP_REG.PASID') !== 0 || (capability('VCCAP_REG.PAS') === 0 && capability('VCCAP_REG.FPS') === 0),
    'VCCAP_REG.PAS and FPS must be 0 while ECAP_REG.PASID is 0',
  );
  if (Object.hasOwn(registers, 'PERFCAP_REG') || capability('PERFCAP_REG.NCNTR') > 0) {
    checkCounters(registers, capability, claim);
  }
  return found;
}

/** A register by itself: there is one of that name in this unit, and its reserved bits are 0. */
function checkValue(name: string, value: bigint, capability: CapabilityValue, claim: Claim): void {
  const register: RegisterDeclaration | undefined = capabilityRegister(name);
  if (register === undefined) {
    claim(false, `no unit is told a register ${JSON.stringify(name).slice(0, 60)}: ${CAPABILITY_REGISTER_NAMES}`);
    return;
  }
  const { width } = register;
  const fits = typeof value === 'bigint' && value >= 0n && value >> BigInt(width) === 0n;
  claim(fits, `${name} is ${width} bits wide`);
  if (!fits || value === 0n) return;
  claim(!setsReserved(register, value), `${name} has reserved bits set`);
  const lacking = register.requires?.split(' and ').find((capable) => capability(capable) === 0);
  claim(lacking === undefined, `${name} must be 0 while ${lacking} is 0`);
  const [, c, e] = /\[(\d+),?(\d*)\]/.exec(name) ?? [];
  const count = register.title === 'PERFEVNTCAP_REG' ? 'EGCNT' : 'NCNTR';
  if (c !== undefined) checkIndex(name, Number(c), `PERFCAP_REG.${count}`, capability, claim);
  if (e) checkIndex(name, Number(e), `PERFCNTRCAP_REG[${c}].EGCNT`, capability, claim);
}

function checkIndex(name: string, index: number, count: string, capability: CapabilityValue, claim: Claim): void {
  const there = capability(count);
  claim(index < there, `${name} is not there: ${count} is ${there}`);
}

/** Bits that read 0. Those that the document prints with another value may be given with it. */
function setsReserved({ reserved }: RegisterDeclaration, value: bigint): boolean {
  return reserved.some(({ range: [high, low], reset = 0 }) => {
    const bits = (value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
    return bits !== 0n && (reset === 'x' || bits !== BigInt(reset));
  });
}

/** §10.1, §11.4.13.2: counters, groups, and where their registers are. */
function checkCounters(registers: Registers, capability: CapabilityValue, claim: Claim): void {
  const counters = capability('PERFCAP_REG.NCNTR');
  const stride = 2 ** (capability('PERFCAP_REG.CS') + 10);
  const groups = capability('PERFCAP_REG.EGCNT');
  const words = Math.ceil(counters / 64);
  claim(counters > 0, 'PERFCAP_REG.NCNTR must not be 0 while ECAP_REG.PMS is 1');
  claim(groups <= MOST_GROUPS, `PERFCAP_REG.EGCNT is at most ${MOST_GROUPS}, got ${groups}`);
  checkWidth('PERFCAP_REG', capability, claim);
  for (const [name, alignment, bytes] of [
    ['PERFCFGOFF_REG.CFGO', 0x100, 0x100 * counters],
    ['PERFFRZOFF_REG.FZO', 8, 8 * words],
    ['PERFOVFOFF_REG.OFO', 8, 8 * words],
    ['PERFCNTROFF_REG.CNTO', stride, stride * counters],
  ] as const) {
    const offset = capability(name);
    claim(offset !== 0, `${name} must place the registers of ${counters} counters, got 0`);
    claim(offset % alignment === 0, `${name} is a multiple of ${hex(alignment)}, got ${hex(offset)}`);
    claim(offset + bytes <= MOST_BYTES, `${name} places registers beyond the first ${hex(MOST_BYTES)} bytes`);
  }
  for (const name of Object.keys(registers)) {
    const [, title, index = ''] = /^(\w+)\[(.*)\]$/.exec(name) ?? [];
    if (title === 'PERFEVNTCAP_REG') checkEvents(name, Number(index), capability, claim);
    if (title === 'PERFCNTREVCAP_REG') checkEvents(name, capability(`${name}.EGI`), capability, claim);
    if (title === 'PERFCNTRCAP_REG' && capability(`${name}.PCC`) === 1) checkWidth(name, capability, claim);
  }
}

function checkWidth(name: string, capability: CapabilityValue, claim: Claim): void {
  const width = capability(`${name}.CW`);
  claim(width >= 1 && width <= 64, `${name}.CW is 1 to 64, got ${width}`);
}

/** §10.7: which events there are is the same in every unit. */
function checkEvents(name: string, group: number, capability: CapabilityValue, claim: Claim): void {
  const ES = capability(`${name}.ES`);
  for (let bit = 0; bit < 28; bit++) {
    if (((ES >>> bit) & 1) === 0) continue;
    const event = eventAt(group, bit);
    claim(event !== undefined, `${name}.ES has bit ${bit}, and group ${group} no such event`);
    if (event !== undefined)
      claim(!NOT_COUNTED.has(event), `${name}.ES offers ${event.mnemonic}, which the model cannot count`);
  }
}

const hex = (value: number): string => `0x${value.toString(16)}`;
