import { registerValue } from '../bits/register-value.ts';
import { TTM } from '../dma-remapping/dma-remapping.ts';
import { configure } from '../platform/configuration.ts';
import type { Memory } from '../platform/memory.ts';
import { SparseMemory } from '../platform/sparse-memory.ts';
import type { UnitParameters } from '../platform/unit-parameters.ts';
import { GCMD_REG, RTADDR_REG } from '../registers/global.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { type Allocator, allocatorBeside } from './allocator.ts';
import type { TablesDescription } from './description.ts';
import { buildLegacyDevices, buildScalableDevices } from './devices.ts';
import { type BuiltDomain, buildDomain } from './domains.ts';
import { buildInterrupts } from './interrupts.ts';
import { TableMemory } from './table-memory.ts';

/** Where tables are built. */
export interface BuildOptions {
  /** Default: a new one. */
  readonly memory?: Memory;
  /** Default: pages from 1000h on that no mapping leads to. */
  readonly allocator?: Allocator;
}

/** Tables in memory, and what registers have to hold. */
export interface BuiltTables {
  readonly memory: Memory;
  /** RTADDR_REG. */
  readonly rootTable: bigint;
  /** IRTA_REG; missing if no interrupts were described. */
  readonly interruptTable?: bigint;
}

/**
 * Builds the tables that a description asks for, in the formats that a unit like this has (chapter 9). Throws a
 * RangeError that says what of the description no such unit can do.
 */
export function buildTables(
  unit: UnitParameters,
  description: TablesDescription,
  { memory = new SparseMemory(), allocator }: BuildOptions = {},
): BuiltTables {
  const configuration = configure(unit);
  const { mode = 'legacy', domains = [], devices = [], interrupts } = description;
  const tables = new TableMemory(memory, allocator ?? allocatorBeside(configuration, description));
  if (mode === 'scalable' && configuration.ECAP.SMTS === 0) throw new RangeError('scalable mode needs ECAP_REG.SMTS');
  const built = new Map<number, BuiltDomain>();
  for (const domain of domains) {
    if (built.has(domain.id)) throw new RangeError(`domain ${domain.id} is described twice`);
    built.set(domain.id, buildDomain(configuration, domain, tables));
  }
  const build = mode === 'scalable' ? buildScalableDevices : buildLegacyDevices;
  const root = build(configuration, devices, built, tables);
  const rootTable = registerValue(RTADDR_REG, { RTA: root, TTM: mode === 'scalable' ? TTM.SCALABLE : TTM.LEGACY });
  if (interrupts === undefined) return { memory, rootTable };
  return { memory, rootTable, interruptTable: buildInterrupts(configuration, interrupts, tables) };
}

/** Gives a unit its tables and turns translation on, and interrupt remapping if there is a table for it, §11.4.4.1. */
export function turnOn(unit: RemappingUnit, { rootTable, interruptTable }: Omit<BuiltTables, 'memory'>): void {
  const command = (fields: Readonly<Record<string, number>>) =>
    unit.writeRegister(unit.registers.offsetOf('GCMD_REG'), 32, registerValue(GCMD_REG, fields));
  unit.writeRegister(unit.registers.offsetOf('RTADDR_REG'), 64, rootTable);
  command({ SRTP: 1 });
  command({ TE: 1 });
  if (interruptTable === undefined) return;
  unit.writeRegister(unit.registers.offsetOf('IRTA_REG'), 64, interruptTable);
  command({ TE: 1, SIRTP: 1 });
  command({ TE: 1, IRE: 1 });
}
