import type { FunctionFacts } from './facts.ts';
import { SCOPE_TYPE } from './structures.ts';
import type { DeviceScopeEntry, PathStep } from './table.ts';

/** The function of a segment with a source-id, §8.3.1; undefined if it is not among those. */
export function functionAt(
  functions: readonly FunctionFacts[],
  segment: number,
  sourceId: number,
): FunctionFacts | undefined {
  return functions.find((it) => (it.segment ?? 0) === segment && it.sourceId === sourceId);
}

/** Whether a path names its device by bus numbers of the moment, through bridges, §8.3.1. */
const isThroughBridges = ({ type, path }: DeviceScopeEntry): boolean =>
  path.length > 1 && type !== SCOPE_TYPE.MSI_CAPABLE_HPET && type !== SCOPE_TYPE.ACPI_NAMESPACE_DEVICE;

/**
 * The source-id that an entry names, §8.3.1: on from each bridge by its secondary bus. Undefined where a bridge on the
 * way is not among the functions, and where the path has no device that PCI could have.
 */
export function scopeSourceId(
  entry: DeviceScopeEntry,
  segment: number,
  functions: readonly FunctionFacts[],
): number | undefined {
  const [first, ...more] = entry.path;
  if (first === undefined || !entry.path.every(isPossible)) return undefined;
  let sourceId = idOf(entry.startBusNumber, first);
  if (!isThroughBridges(entry)) return sourceId;
  for (const step of more) {
    const bridge = functionAt(functions, segment, sourceId)?.bridge;
    if (bridge === undefined) return undefined;
    sourceId = idOf(bridge.secondaryBus, step);
  }
  return sourceId;
}

/** Whether an entry names a PCI device, §8.3.1: by its path from a root bus. */
export const isPci = ({ type }: Pick<DeviceScopeEntry, 'type'>): boolean =>
  type === SCOPE_TYPE.PCI_ENDPOINT || type === SCOPE_TYPE.PCI_SUB_HIERARCHY;

/** Whether PCI has a device and a function of these numbers. */
export const isPossible = (step: PathStep): boolean => step.device <= 31 && step.function <= 7;

const idOf = (bus: number, { device, function: number }: PathStep): number => (bus << 8) | (device << 3) | number;
