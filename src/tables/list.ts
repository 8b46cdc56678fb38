import { type DmaRemapping, TTM } from '../dma-remapping/dma-remapping.ts';
import { devicesOf } from './devices.ts';
import { Domains } from './domains.ts';
import type {
  Bus,
  Device,
  Domain,
  Mapping,
  Pasid,
  PasidDomain,
  Problem,
  ScalableDevice,
  TableItem,
  Unreachable,
} from './items.ts';
import { type Budget, mappingsOf } from './mappings.ts';
import { walkScalableTables } from './scalable-list.ts';

export interface ListOptions {
  /** Only what belongs to this domain-id. */
  readonly domainId?: number;
  /** Only what belongs to this source-id. */
  readonly sourceId?: number;
  /** Only what belongs to this PASID; RID_PASID stands for requests without one. Nothing has it in legacy mode. */
  readonly pasid?: number;
  /**
   * How many entries may be looked at, one again for each access and privilege that has to be asked about; those of PASID
   * tables are counted apart. Default 4 Mi: 16 GiB in pages of 4 KiB.
   */
  readonly limit?: number;
}

/** Enough for the tables of a machine; for tables without end some seconds, and some ten where they are nested. */
export const DEFAULT_LIMIT = 4 * 2 ** 20;

/** Everything that a listing found. */
export interface Listing {
  readonly buses: readonly Bus[];
  readonly devices: readonly Device[];
  readonly domains: readonly DomainListing[];
  /** The two of scalable mode. */
  readonly scalableDevices: readonly ScalableDeviceListing[];
  readonly pasidDomains: readonly PasidDomainListing[];
  readonly problems: readonly Problem[];
  /** Set if the limit was met before the end. */
  readonly stoppedAfter?: number;
}

interface Mapped {
  readonly mappings: readonly Mapping[];
  readonly unreachable: readonly Unreachable[];
}

export interface DomainListing extends Domain, Mapped {}

export interface PasidDomainListing extends PasidDomain, Mapped {}

export interface ScalableDeviceListing extends ScalableDevice {
  readonly pasids: readonly Pasid[];
}

/** Why the tables of a unit cannot be listed by this version, as a sentence; undefined if they can. */
export function whyNotListed({ configuration, rootTable: { mode, ioPermissions } }: DmaRemapping): string | undefined {
  switch (mode) {
    case TTM.LEGACY:
      return ioPermissions ? 'RTADDR_REG.SSIRWE is 1 in legacy mode, so every request is blocked (RTA.1.4)' : undefined;
    case TTM.SCALABLE:
      return configuration.ECAP.SMTS === 1
        ? undefined
        : 'RTADDR_REG.TTM is 01b and ECAP_REG.SMTS is 0, so every request is blocked (RTA.1.3)';
    case TTM.ABORT_DMA:
      return 'the unit is in abort-dma mode (RTADDR_REG.TTM is 11b) and looks at no tables';
    default:
      return 'RTADDR_REG.TTM is 10b, which is reserved: the unit has no tables';
  }
}

/**
 * All that the root table of a unit leads to (§3.4): buses, devices, in scalable mode each with its PASIDs, and their
 * problems, then each domain followed by what it maps. Found as it is asked for. Throws a RangeError if {@link whyNotListed} has an answer.
 */
export function* walkTables(unit: DmaRemapping, options: ListOptions = {}): Generator<TableItem, void> {
  const why = whyNotListed(unit);
  if (why !== undefined) throw new RangeError(why);
  const { limit = DEFAULT_LIMIT, domainId, sourceId, pasid } = options;
  if (unit.rootTable.mode === TTM.SCALABLE) {
    yield* walkScalableTables(unit, options, limit);
    return;
  }
  const domains = new Domains();
  for (const item of devicesOf(unit)) {
    if (isWanted(item, options)) yield item;
    if (item.kind === 'device' && item.levels !== 0) domains.add(item);
  }
  const budget: Budget = { left: limit, whole: limit };
  for (const domain of domains.all) {
    if (pasid !== undefined || (domainId !== undefined && domain.domainId !== domainId)) continue;
    if (sourceId !== undefined && !domain.devices.includes(sourceId)) continue;
    yield domain;
    const stopped = yield* mappingsOf(unit, domain, budget);
    if (stopped) return;
  }
}

/** {@link walkTables} to its end, in one value. */
export function listTables(unit: DmaRemapping, options: ListOptions = {}): Listing {
  const buses: Bus[] = [];
  const devices: Device[] = [];
  const domains: (Domain & GrowingMapped)[] = [];
  const scalableDevices: (ScalableDevice & { pasids: Pasid[] })[] = [];
  const pasidDomains: (PasidDomain & GrowingMapped)[] = [];
  const problems: Problem[] = [];
  let mapped: GrowingMapped = { mappings: [], unreachable: [] };
  let stoppedAfter: number | undefined;
  for (const item of walkTables(unit, options)) {
    switch (item.kind) {
      case 'bus':
        buses.push(item);
        break;
      case 'device':
        devices.push(item);
        break;
      case 'scalable-device':
        scalableDevices.push({ ...item, pasids: [] });
        break;
      case 'pasid':
        scalableDevices.at(-1)!.pasids.push(item);
        break;
      case 'domain':
      case 'pasid-domain':
        mapped = { mappings: [], unreachable: [] };
        if (item.kind === 'domain') domains.push({ ...item, ...mapped });
        else pasidDomains.push({ ...item, ...mapped });
        break;
      case 'mapping':
        mapped.mappings.push(item);
        break;
      case 'unreachable':
        mapped.unreachable.push(item);
        break;
      case 'problem':
        problems.push(item);
        break;
      case 'stopped':
        stoppedAfter = item.entries;
        break;
    }
  }
  const found = { buses, devices, domains, scalableDevices, pasidDomains, problems };
  return stoppedAfter === undefined ? found : { ...found, stoppedAfter };
}

interface GrowingMapped {
  readonly mappings: Mapping[];
  readonly unreachable: Unreachable[];
}

function isWanted(item: Bus | Device | Problem, { domainId, sourceId, pasid }: ListOptions): boolean {
  if (pasid !== undefined) return false;
  if (domainId === undefined && sourceId === undefined) return true;
  if (item.kind === 'device') {
    return (domainId ?? item.domainId) === item.domainId && (sourceId ?? item.sourceId) === item.sourceId;
  }
  const bus = item.kind === 'bus' ? item.bus : item.of.kind === 'bus' ? item.of.bus : undefined;
  if (bus !== undefined) return sourceId !== undefined && sourceId >>> 8 === bus;
  return item.kind === 'problem' && item.of.kind === 'device' && item.of.sourceId === sourceId;
}
