import { DEVICE_SCOPE, SCOPE_TYPE } from './structures.ts';
import type { DeviceScopeEntry } from './table.ts';

/** A segment in a few words, §8.3. */
export const segmentText = (segment: number): string => `segment ${segment.toString(16).padStart(4, '0')}`;

/** A path as people write it, §8.3.1: `00:1c.0`, and `00:1c.0/00.0` through a bridge. */
export function pathText({ startBusNumber, path }: Pick<DeviceScopeEntry, 'startBusNumber' | 'path'>): string {
  const digits = (value: number) => value.toString(16).padStart(2, '0');
  return `${digits(startBusNumber)}:${path.map((step) => `${digits(step.device)}.${step.function.toString(16)}`).join('/')}`;
}

/** A scope entry in a few words, §8.3.1. */
export function entryText(entry: DeviceScopeEntry): string {
  const name = DEVICE_SCOPE.type.encodings?.[entry.type] ?? `entry of type ${entry.type}`;
  const isNumbered = entry.type >= SCOPE_TYPE.IOAPIC && entry.type <= SCOPE_TYPE.ACPI_NAMESPACE_DEVICE;
  const id = isNumbered ? ` ${entry.enumerationId}` : '';
  return `${name}${id} at ${pathText(entry)}`;
}
