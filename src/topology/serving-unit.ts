import type { FunctionFacts } from '../acpi/facts.ts';
import { functionAt, isPci, scopeSourceId } from '../acpi/scope-path.ts';
import { SCOPE_TYPE } from '../acpi/structures.ts';
import type { DeviceScopeEntry, DmarTable, Drhd } from '../acpi/table.ts';
import { checkInteger } from '../messages/dma-request.ts';
import { bridgesAbove } from './bridges.ts';
import { phantomFunctionIds } from './requester-ids.ts';

/** A device as requests name it. */
export interface DeviceName {
  /** 16 bits. Default 0. */
  readonly segment?: number;
  /** 16 bits. */
  readonly sourceId: number;
}

/** A remapping unit of a table. */
export interface ReportedUnit {
  /** Which structure of the table it is. */
  readonly index: number;
  readonly unit: Drhd;
}

/** Which unit serves a device, and why. */
export interface ServingUnit {
  /**
   * `listed`: a scope names the device; `sub-hierarchy`: a scope names a bridge above it, or the bridge that it is;
   * `include-pci-all`: nobody names it, and this unit has all that is left; `nothing`: none has; `unknown`: it depends on
   * bridges that are not among the functions.
   */
  readonly by: 'listed' | 'sub-hierarchy' | 'include-pci-all' | 'nothing' | 'unknown';
  /** Undefined with `nothing` and `unknown`. */
  readonly serves: ReportedUnit | undefined;
  /** The entry that names it, with `listed` and `sub-hierarchy`. */
  readonly entry: DeviceScopeEntry | undefined;
  /** The source-id that the entry comes to: of the device, or of the bridge. */
  readonly names: number | undefined;
  /** The function by which it was looked for. */
  readonly function: SoughtFunction;
  /** With `unknown`: the entries that may name the device, or a bridge above it. */
  readonly doubt: readonly DeviceScopeEntry[];
}

/** By which function a device is looked for, §8.3.2, §8.3.3. */
export interface SoughtFunction {
  readonly sourceId: number;
  /** What the device is to it; undefined: the same. */
  readonly because: 'virtual function' | 'ARI function' | 'phantom function' | undefined;
}

/** A scope entry of a unit, and the source-id that it comes to. */
interface Named {
  readonly serves: ReportedUnit;
  readonly entry: DeviceScopeEntry;
  readonly sourceId: number | undefined;
}

/**
 * The unit that remaps the requests of a PCI device, §8.3 to §8.3.4: by an entry for the device, then by the deepest bridge
 * above it that is listed, then by INCLUDE_PCI_ALL. `functions` are those of the platform, as far as they are known: paths
 * through bridges need the bridges. Throws a RangeError if a number is too large.
 */
export function servingUnit(
  table: Pick<DmarTable, 'structures'>,
  functions: readonly FunctionFacts[],
  { segment = 0, sourceId }: DeviceName,
): ServingUnit {
  checkInteger('segment', segment, 0, 0xffff);
  checkInteger('sourceId', sourceId, 0, 0xffff);
  const units = table.structures.flatMap((unit, index): ReportedUnit[] =>
    unit.kind === 'DRHD' && unit.segmentNumber === segment ? [{ index, unit }] : [],
  );
  const named = units.flatMap((serves) =>
    serves.unit.deviceScope.map(
      (entry): Named => ({ serves, entry, sourceId: scopeSourceId(entry, segment, functions) }),
    ),
  );
  const sought = soughtFunction(functions, segment, sourceId);
  const of = (by: ServingUnit['by'], found?: Partial<Named>, doubt: readonly DeviceScopeEntry[] = []): ServingUnit => ({
    by,
    serves: found?.serves,
    entry: found?.entry,
    names: found?.sourceId,
    function: sought,
    doubt,
  });

  const listed = named.find((it) => !isBridge(it) && it.sourceId === sought.sourceId);
  if (listed !== undefined) return of('listed', listed);

  const above = bridgesAbove(functions, segment, sought.sourceId).map((bridge) => bridge.sourceId);
  const doubt = isOnRootBus(named, above, sought.sourceId)
    ? []
    : named.filter((it) => isInDoubt(it, functions, segment, above)).map(({ entry }) => entry);
  if (doubt.length > 0) return of('unknown', undefined, doubt);
  for (const bridge of [sought.sourceId, ...above]) {
    const found = named.find((it) => isBridge(it) && it.sourceId === bridge);
    if (found !== undefined) return of('sub-hierarchy', found);
  }
  const rest = units.find(({ unit }) => unit.INCLUDE_PCI_ALL === 1);
  return rest === undefined ? of('nothing') : of('include-pci-all', { serves: rest });
}

const isBridge = ({ entry }: Named): boolean => entry.type === SCOPE_TYPE.PCI_SUB_HIERARCHY;

/** The function whose unit a device has, §8.3.2, §8.3.3; phantom functions are those of one device, §3.12.5. */
function soughtFunction(functions: readonly FunctionFacts[], segment: number, sourceId: number): SoughtFunction {
  const device = functionAt(functions, segment, sourceId);
  if (device?.physicalFunction !== undefined) {
    const physical = functionAt(functions, segment, device.physicalFunction) ?? { sourceId: device.physicalFunction };
    return { sourceId: traditional(physical), because: 'virtual function' };
  }
  if (device !== undefined && traditional(device) !== sourceId) {
    return { sourceId: traditional(device), because: 'ARI function' };
  }
  if (device !== undefined) return { sourceId, because: undefined };
  const owner = functions.find(
    (it) => (it.segment ?? 0) === segment && it.phantomBits && phantomFunctionIds(it).includes(sourceId),
  );
  return owner === undefined
    ? { sourceId, because: undefined }
    : { sourceId: owner.sourceId, because: 'phantom function' };
}

/** Of an ARI device, function 0 in place of those above 7: it is there whatever others are, and has the same unit. */
const traditional = ({ sourceId, ari }: FunctionFacts): number =>
  ari === true && (sourceId & 0xff) > 7 ? sourceId & 0xff00 : sourceId;

/** Whether no bridge can be above a device: its bus is 0, or one at which a path begins, and no known bridge has it. */
function isOnRootBus(named: readonly Named[], above: readonly number[], sourceId: number): boolean {
  const bus = sourceId >>> 8;
  if (above.length > 0) return false;
  return bus === 0 || named.some(({ entry }) => isPci(entry) && entry.startBusNumber === bus);
}

/**
 * Whether an entry may name a device, or a bridge above it, of which the functions do not say where it is or what it has
 * behind it. Where a bridge above the device is known, only paths through that one may.
 */
function isInDoubt(
  { entry, sourceId }: Named,
  functions: readonly FunctionFacts[],
  segment: number,
  above: readonly number[],
): boolean {
  if (!isPci(entry)) return false;
  const first = scopeSourceId({ ...entry, path: entry.path.slice(0, 1) }, segment, functions);
  if (first === undefined || (above.length > 0 && !above.includes(first))) return false;
  if (sourceId === undefined) return true;
  return entry.type === SCOPE_TYPE.PCI_SUB_HIERARCHY && functionAt(functions, segment, sourceId)?.bridge === undefined;
}
