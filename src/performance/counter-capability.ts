import type { CapabilityValue } from '../registers/presence.ts';

/** What one counter can do, §10.1. */
export interface CounterCapability {
  /** Bits. */
  readonly width: number;
  /** It may raise the performance monitoring event when it overflows. */
  readonly interrupts: boolean;
  /** It may freeze all counters when it overflows. */
  readonly freezes: boolean;
  /** The events that it can count in a group, as bits of PERFCNTRCFG_REG.ES. */
  eventsOf(group: number): number;
}

/** What counter `c` can do, §10.1: as all of them in PERFCAP_REG, or as it says itself in PERFCNTRCAP_REG. */
export function counterCapability(capability: CapabilityValue, c: number): CounterCapability {
  const own = `PERFCNTRCAP_REG[${c}]`;
  const register = capability(`${own}.PCC`) === 1 ? own : 'PERFCAP_REG';
  return {
    width: capability(`${register}.CW`),
    interrupts: capability(`${register}.IOS`) === 1,
    freezes: capability(`${register}.GFS`) === 1,
    eventsOf: register === own ? ownEvents(capability, c) : (group) => capability(`PERFEVNTCAP_REG[${group}].ES`),
  };
}

/** §11.4.13.22: each register of the counter names a group and the events of it. */
function ownEvents(capability: CapabilityValue, c: number): (group: number) => number {
  const count = capability(`PERFCNTRCAP_REG[${c}].EGCNT`);
  const registers = Array.from({ length: count }, (_, e) => `PERFCNTREVCAP_REG[${c},${e}]`);
  return (group) =>
    registers
      .filter((name) => capability(`${name}.EGI`) === group)
      .reduce((events, name) => events | capability(`${name}.ES`), 0);
}
