import type { EventRegisters } from '../events/event-registers.ts';
import type { FaultRecording } from '../faults/fault-recording.ts';
import type { PageRequestQueue } from '../page-requests/page-request-queue.ts';
import type { PerformanceCounters } from '../performance/counters.ts';
import type { MemoryTypeRanges } from './memory-type-ranges.ts';
import type { ProtectedMemory } from './protected-memory.ts';
import type { QueuedInvalidation } from './queued-invalidation.ts';
import type { UnitRegisters } from './unit-registers.ts';
import type { VirtualCommands } from './virtual-commands.ts';

/** What is told when software has written a register. */
interface Told extends Pick<QueuedInvalidation, 'queue' | 'completion'> {
  /** GCMD_REG, CCMD_REG, IOTLB_REG and ECMD_REG. */
  readonly command: () => void;
  readonly contextCommand: () => void;
  readonly iotlbCommand: () => void;
  readonly enhancedCommand: () => void;
  readonly faults: FaultRecording;
  readonly pageRequests: PageRequestQueue | undefined;
  readonly protectedMemory: ProtectedMemory;
  readonly memoryTypes: MemoryTypeRanges;
  readonly counters: PerformanceCounters;
  readonly virtualCommands: VirtualCommands;
  /** By the name of the register with IM. */
  readonly events: Readonly<Record<string, EventRegisters>>;
}

/** Its argument is 32 bits. */
export type WriteEffect = (before: number) => void;

/**
 * What a write to the dword at a byte offset causes, beyond what the attributes say, §11.4; it is told what the dword read
 * as before. A register that the unit lacks has no effect: another one may stand in its place.
 */
export function effectsOfWrites(registers: UnitRegisters, told: Told): ReadonlyMap<number, WriteEffect> {
  const { faults, queue, completion, pageRequests, counters } = told;
  const effects = new Map<number, WriteEffect>();
  const on = (name: string, byte: number, effect: WriteEffect) => {
    if (registers.has(name)) effects.set(registers.offsetOf(name) + byte, effect);
  };
  on('GCMD_REG', 0, told.command);
  on('FSTS_REG', 0, () => {
    faults.statusWritten();
    queue.run();
  });
  on('IQT_REG', 0, () => queue.run());
  on('IQA_REG', 0, () => queue.addressWritten());
  on('ICS_REG', 0, () => completion.statusWritten());
  on('PRS_REG', 0, (before) => pageRequests?.statusWritten(before));
  on('PECTL_REG', 0, () => pageRequests?.controlWritten());
  on('PMEN_REG', 0, () => told.protectedMemory.commandWritten());
  // §11.2: these commands start with the write of their high dword, ECMD_REG and VCMD_REG with the low one.
  on('CCMD_REG', 4, told.contextCommand);
  on('IOTLB_REG', 4, told.iotlbCommand);
  on('ECMD_REG', 0, told.enhancedCommand);
  on('VCMD_REG', 0, () => told.virtualCommands.perform(registers.words('VCMD_REG'), registers.words('VCRSP_REG')));
  on('PERFINTRSTS_REG', 0, () => counters.statusWritten());
  for (const [control, event] of Object.entries(told.events)) on(control, 0, () => event.sendIfUnmasked());
  for (const { name } of registers.placed) {
    if (name.startsWith('FRCD_REG')) on(name, 12, () => faults.statusWritten());
    if (!name.startsWith('MTRR')) continue;
    for (const byte of [0, 4]) on(name, byte, () => told.memoryTypes.written());
  }
  return effects;
}
