import type { RootTable } from '../dma-remapping/dma-remapping.ts';
import { invalidateContextCache, invalidateIotlb, type RegisterInvalidation } from '../invalidation/register-based.ts';
import { GSTS_REG } from '../registers/global.ts';
import { CCMD_REG, IOTLB_REG } from '../registers/invalidation.ts';
import type { UnitRegisters } from './unit-registers.ts';

/** What the commands of §6.5.1 need of a unit. */
interface CommandedByRegister extends Omit<RegisterInvalidation, 'mode' | 'queued'> {
  readonly registers: UnitRegisters;
  readonly rootTable: RootTable;
}

/** CCMD_REG was written, §11.4.6.1. */
export function performContextCommand(unit: CommandedByRegister): void {
  const command = unit.registers.words('CCMD_REG');
  if (CCMD_REG.ICC(command) === 1) invalidateContextCache(invalidationOf(unit), command);
}

/** IOTLB_REG was written, §11.4.6.3. */
export function performIotlbCommand(unit: CommandedByRegister): void {
  const command = unit.registers.words('IOTLB_REG');
  if (IOTLB_REG.IVT(command) === 1) invalidateIotlb(invalidationOf(unit), command, unit.registers.words('IVA_REG'));
}

function invalidationOf(unit: CommandedByRegister): RegisterInvalidation {
  const { invalidations, memory, configuration, choices, rootTable, registers } = unit;
  const queued = GSTS_REG.QIES(registers.words('GSTS_REG')) === 1;
  return { invalidations, memory, configuration, choices, mode: rootTable.mode, queued };
}
