import type { Words } from '../bits/field.ts';
import { ECMD_REG, ECRSP_REG } from '../registers/enhanced-command.ts';
import type { CapabilityValue } from '../registers/presence.ts';
import type { PerformanceCounters } from './counters.ts';

/** SC of ECRSP_REG, §11.4.14.3. */
export const STATUS = Object.freeze({ DONE: 0, UNDEFINED: 1, FAILED: 16 });

interface EnhancedCommand {
  /** The bit of ECCAP_REG_3 that offers it. */
  readonly offeredBy: string;
  perform(counters: PerformanceCounters, operand: number): boolean;
}

/** Tables 52 and 53, §11.4.14. */
const COMMANDS: Readonly<Record<number, EnhancedCommand>> = Object.freeze({
  240: { offeredBy: 'ECNTS', perform: (counters, operand) => counters.enable(operand) },
  241: { offeredBy: 'DCNTS', perform: (counters, operand) => counters.disable(operand) },
  242: { offeredBy: 'RCFGS', perform: always((counters) => counters.resetConfiguration()) },
  243: { offeredBy: 'RCNTS', perform: always((counters) => counters.resetValues()) },
  244: { offeredBy: 'FCNTS', perform: always((counters) => counters.setFrozen(true)) },
  245: { offeredBy: 'UFCNTS', perform: always((counters) => counters.setFrozen(false)) },
});

/** ECMD_REG.CMD was written, §11.4.14: the command is done when this returns, so that IP is 0 again. */
export function performEnhancedCommand(
  counters: PerformanceCounters,
  capability: CapabilityValue,
  command: Words,
  response: Words,
): void {
  response.fill(0);
  ECRSP_REG.SC.put(response, statusOf(counters, capability, command));
}

function statusOf(counters: PerformanceCounters, capability: CapabilityValue, command: Words): number {
  const found = COMMANDS[ECMD_REG.CMD(command)];
  if (found === undefined || capability(`ECCAP_REG_3.${found.offeredBy}`) === 0) return STATUS.UNDEFINED;
  return found.perform(counters, ECMD_REG.OA(command)) ? STATUS.DONE : STATUS.FAILED;
}

function always(perform: (counters: PerformanceCounters) => void): EnhancedCommand['perform'] {
  return (counters) => {
    perform(counters);
    return true;
  };
}
