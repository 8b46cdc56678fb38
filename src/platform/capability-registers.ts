import { ECCAP_REG_3 } from '../registers/enhanced-command.ts';
import { MTRRCAP_REG } from '../registers/memory-type-range.ts';
import {
  PERFCAP_REG,
  PERFCFGOFF_REG,
  PERFCNTRCAP_REG,
  PERFCNTREVCAP_REG,
  PERFCNTROFF_REG,
  PERFEVNTCAP_REG,
  PERFFRZOFF_REG,
  PERFOVFOFF_REG,
} from '../registers/performance.ts';
import { VCCAP_REG } from '../registers/virtual-command.ts';
import { wordsOf } from './unit-parameters.ts';

/** The registers beside CAP_REG and ECAP_REG that tell what a unit has, §11.4: whoever describes the unit gives them. */
const CAPABILITY_REGISTERS = [
  MTRRCAP_REG,
  PERFCAP_REG,
  PERFCFGOFF_REG,
  PERFFRZOFF_REG,
  PERFOVFOFF_REG,
  PERFCNTROFF_REG,
  PERFEVNTCAP_REG,
  PERFCNTRCAP_REG,
  PERFCNTREVCAP_REG,
  ECCAP_REG_3,
  VCCAP_REG,
] as const;

const BY_TITLE = new Map(CAPABILITY_REGISTERS.map((register) => [register.title, register]));

/** Those that a unit has several of, by what stands in the brackets: `PERFEVNTCAP_REG[2]`, `PERFCNTREVCAP_REG[0,1]`. */
const INDEXES: ReadonlyMap<string, RegExp> = new Map([
  ['PERFEVNTCAP_REG', /^\[(?:0|[1-9]\d?)\]$/],
  ['PERFCNTRCAP_REG', /^\[(?:0|[1-9]\d{0,4})\]$/],
  ['PERFCNTREVCAP_REG', /^\[(?:0|[1-9]\d{0,4}),(?:\d|1[0-5])\]$/],
]);

/** The register that a name means; undefined if a description of a unit has no place for it. */
export function capabilityRegister(name: string): (typeof CAPABILITY_REGISTERS)[number] | undefined {
  const title = name.replace(/\[.*$/, '');
  const index = name.slice(title.length);
  const form = INDEXES.get(title);
  return (form === undefined ? index === '' : form.test(index)) ? BY_TITLE.get(title) : undefined;
}

/** The names that {@link capabilityRegister} knows, for a sentence. */
export const CAPABILITY_REGISTER_NAMES = CAPABILITY_REGISTERS.map(({ title }) => {
  if (title === 'PERFCNTREVCAP_REG') return `${title}[c,e]`;
  return INDEXES.has(title) ? `${title}[n]` : title;
}).join(', ');

/** A field of one of them, `PERFCNTRCAP_REG[2].CW`, by what the unit's description gives: 0 if it gives nothing. */
export function fieldOfCapabilityRegister(registers: Readonly<Record<string, bigint>>, name: string): number {
  const [registerName = '', fieldName = ''] = name.split('.');
  const value = Object.hasOwn(registers, registerName) ? registers[registerName]! : 0n;
  if (value === 0n) return 0;
  const fields: Readonly<Record<string, (words: Uint32Array) => number | bigint>> =
    capabilityRegister(registerName)?.fields ?? {};
  return Number(fields[fieldName]?.(wordsOf(value)) ?? 0);
}
