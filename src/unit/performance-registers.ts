import type { EventRegisters } from '../events/event-registers.ts';
import { type CounterWords, PerformanceCounters } from '../performance/counters.ts';
import type { Choices } from '../platform/choices.ts';
import type { Configuration } from '../platform/configuration.ts';
import type { FilterName } from '../registers/performance-events.ts';
import type { UnitRegisters } from './unit-registers.ts';

const FILTER_NAMES: readonly FilterName[] = ['RID', 'DID', 'PASID', 'AT', 'PTL'];

/** The counters of a unit with their registers, §11.4.13; none in a unit that has none. */
export function performanceCounters(
  registers: UnitRegisters,
  event: EventRegisters,
  configuration: Configuration,
  choices: Choices,
): PerformanceCounters {
  const { capability, ECAP } = configuration;
  const count = ECAP.PMS === 1 ? capability('PERFCAP_REG.NCNTR') : 0;
  const bits = 64 * Math.ceil(count / 64);
  const counters = Array.from({ length: count }, (_, c) => counterWords(registers, c, capability('PERFCAP_REG.CWE')));
  return new PerformanceCounters(
    {
      counters,
      freezeStatus: registers.file.words(capability('PERFFRZOFF_REG.FZO'), bits),
      overflowStatus: registers.file.words(capability('PERFOVFOFF_REG.OFO'), bits),
      interruptStatus: registers.words('PERFINTRSTS_REG'),
    },
    event,
    configuration,
    choices,
  );
}

/** Table 51, §11.4.13: the configuration and the filters are locked, and the value unless CWE=1. */
function counterWords(registers: UnitRegisters, c: number, CWE: number): CounterWords {
  const filters = FILTER_NAMES.map((name) => [name, `PERFCNTR_${name}FLTR_REG[${c}]`] as const).filter(([, register]) =>
    registers.has(register),
  );
  const locked = [`PERFCNTRCFG_REG[${c}]`, ...filters.map(([, register]) => register)];
  if (CWE === 0) locked.push(`PERFCNTR_REG[${c}]`);
  return {
    configuration: registers.words(`PERFCNTRCFG_REG[${c}]`),
    filters: Object.fromEntries(filters.map(([name, register]) => [name, registers.words(register)])),
    value: registers.words(`PERFCNTR_REG[${c}]`),
    lock: (lock) => {
      for (const name of locked) registers.lock(name, lock);
    },
  };
}
