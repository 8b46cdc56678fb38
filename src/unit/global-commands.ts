import type { Words } from '../bits/field.ts';
import type { CacheInvalidation } from '../caches/caches.ts';
import type { RootTable } from '../dma-remapping/dma-remapping.ts';
import type { FaultRecording } from '../faults/fault-recording.ts';
import type { InterruptTable } from '../interrupt-remapping/interrupt-remapping.ts';
import type { Choices } from '../platform/choices.ts';
import type { Configuration } from '../platform/configuration.ts';
import type { Memory } from '../platform/memory.ts';
import { isBefore } from '../platform/revision.ts';
import { GCMD_REG, GSTS_REG, RTADDR_REG } from '../registers/global.ts';
import { IRTA_REG } from '../registers/interrupt-remapping.ts';
import type { UnitRegisters } from './unit-registers.ts';

/** What global commands change beside the registers. */
export interface Commanded {
  readonly registers: UnitRegisters;
  readonly configuration: Configuration;
  readonly choices: Choices;
  readonly invalidations: CacheInvalidation;
  readonly faults: FaultRecording;
  readonly memory: Memory;
  rootTable: RootTable;
  interruptTable: InterruptTable;
}

/** Before the first SRTP and SIRTP: what the registers hold after reset. */
export const NO_ROOT_TABLE: RootTable = Object.freeze({ page: 0, mode: 0, ioPermissions: false });
export const NO_INTERRUPT_TABLE: InterruptTable = Object.freeze({ page: 0, extended: false, entries: 2 });

/**
 * GCMD_REG was written, §11.4.4.1. Software changes one thing a write; of several this is the order. A status is final
 * when the write returns.
 */
export function performGlobalCommand(unit: Commanded): void {
  // What the unit lacks does not get through the write: its bits stay 0 here.
  const command = unit.registers.words('GCMD_REG');
  const status = unit.registers.words('GSTS_REG');
  if (GCMD_REG.SRTP(command) === 1) setRootTablePointer(unit, status);
  if (GCMD_REG.SIRTP(command) === 1) setInterruptRemapTablePointer(unit, status);
  // WBFS is 0 again at once. Without RWBF the bit does not get through the write.
  if (GCMD_REG.WBF(command) === 1) flushWriteBuffer(unit);
  GSTS_REG.CFIS.put(status, GCMD_REG.CFI(command));
  setQueuedInvalidation(unit, status, GCMD_REG.QIE(command));
  setInterruptRemapping(unit, status, GCMD_REG.IRE(command));
  setTranslation(unit, status, GCMD_REG.TE(command));
  if (GSTS_REG.TES(status) === 0 && GSTS_REG.IRES(status) === 0) unit.faults.restart();
}

/** WBF, §6.8. */
function flushWriteBuffer({ memory }: Commanded): void {
  memory.flushWriteBuffer?.();
  memory.settleWriteBuffer?.();
}

/** SRTP: root table, mode and SSIRWE take effect together. */
function setRootTablePointer(unit: Commanded, status: Words): void {
  const address = unit.registers.words('RTADDR_REG');
  unit.rootTable = {
    page: RTADDR_REG.RTA(address),
    mode: RTADDR_REG.TTM(address),
    ioPermissions: RTADDR_REG.SSIRWE(address) === 1,
  };
  if (unit.configuration.CAP.ESRTPS === 1) unit.invalidations.invalidateAll();
  GSTS_REG.RTPS.put(status, 1);
}

/** SIRTP: table, size and EIME take effect together. */
function setInterruptRemapTablePointer(unit: Commanded, status: Words): void {
  const address = unit.registers.words('IRTA_REG');
  unit.interruptTable = {
    page: IRTA_REG.IRTA(address),
    extended: IRTA_REG.EIME(address) === 1,
    entries: 2 ** (IRTA_REG.S(address) + 1),
  };
  if (unit.configuration.CAP.ESIRTPS === 1) unit.invalidations.invalidateAllInterrupts();
  GSTS_REG.IRTPS.put(status, 1);
}

/** QIE: turning the queue off takes the head back to 0. */
function setQueuedInvalidation(unit: Commanded, status: Words, wanted: number): void {
  if (wanted === 0 && GSTS_REG.QIES(status) === 1) unit.registers.words('IQH_REG').fill(0);
  GSTS_REG.QIES.put(status, wanted);
}

/** IRE: a unit that invalidates with SIRTP does so too when interrupt remapping is turned off. */
function setInterruptRemapping(unit: Commanded, status: Words, wanted: number): void {
  const turnsOff = wanted === 0 && GSTS_REG.IRES(status) === 1;
  if (turnsOff && unit.configuration.CAP.ESIRTPS === 1) unit.invalidations.invalidateAllInterrupts();
  GSTS_REG.IRES.put(status, wanted);
}

/** TE: with scalable mode in the unit, turning translation off empties what DMA remapping has cached, since revision 3.2. */
function setTranslation(unit: Commanded, status: Words, wanted: number): void {
  const turnsOff = wanted === 0 && GSTS_REG.TES(status) === 1;
  const empties = unit.configuration.ECAP.SMTS === 1 && !isBefore(unit.choices.specRevision, '3.2');
  if (turnsOff && empties) unit.invalidations.invalidateAll();
  GSTS_REG.TES.put(status, wanted);
}
