import type { FunctionFacts } from '../acpi/facts.ts';

/**
 * The bridges above a function, the nearest first, §8.3.1: those that have its bus behind them. Each has the buses of what
 * is below it within its own, so that the number of a secondary bus says how deep it is.
 */
export function bridgesAbove(functions: readonly FunctionFacts[], segment: number, sourceId: number): FunctionFacts[] {
  const bus = sourceId >>> 8;
  const secondary = ({ bridge }: FunctionFacts) => bridge?.secondaryBus ?? 0;
  return functions
    .filter(({ bridge, segment: other = 0 }) => {
      return other === segment && bridge !== undefined && bus >= bridge.secondaryBus && bus <= bridge.subordinateBus;
    })
    .sort((a, b) => secondary(b) - secondary(a));
}
