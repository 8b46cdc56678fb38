import { type DmaRemapping, TTM } from '../dma-remapping/dma-remapping.ts';
import { devicesOf } from './devices.ts';
import { Domains } from './domains.ts';
import type { Bus, Device, Domain, Mapping, Problem, TableItem, Unreachable } from './items.ts';
import { type Budget, mappingsOf } from './mappings.ts';

export interface ListOptions {
  /** Only what belongs to this domain-id. */
  readonly domainId?: number;
  /** Only what belongs to this source-id. */
  readonly sourceId?: number;
  /** How many entries may be looked at. Default 4 Mi: 16 GiB in pages of 4 KiB. */
  readonly limit?: number;
}

/** Enough for the tables of a machine, and a few seconds at most for tables without end. */
export const DEFAULT_LIMIT = 4 * 2 ** 20;

/** Everything that a listing found. */
export interface Listing {
  readonly buses: readonly Bus[];
  readonly devices: readonly Device[];
  readonly domains: readonly DomainListing[];
  readonly problems: readonly Problem[];
  /** Set if the limit was met before the end. */
  readonly stoppedAfter?: number;
}

export interface DomainListing extends Domain {
  readonly mappings: readonly Mapping[];
  readonly unreachable: readonly Unreachable[];
}

/** Why the tables of a unit cannot be listed by this version, as a sentence; undefined if they can. */
export function whyNotListed({ rootTable: { mode, ioPermissions } }: DmaRemapping): string | undefined {
  switch (mode) {
    case TTM.LEGACY:
      return ioPermissions ? 'RTADDR_REG.SSIRWE is 1 in legacy mode, so every request is blocked (RTA.1.4)' : undefined;
    case TTM.SCALABLE:
      return 'the unit is in scalable mode (RTADDR_REG.TTM is 01b); this version lists the tables of legacy mode';
    case TTM.ABORT_DMA:
      return 'the unit is in abort-dma mode (RTADDR_REG.TTM is 11b) and looks at no tables';
    default:
      return 'RTADDR_REG.TTM is 10b, which is reserved: the unit has no tables';
  }
}

/**
 * All that the root table of a unit leads to, legacy mode (§3.4.2): buses, devices and their problems, then each domain
 * followed by what it maps. Found as it is asked for. Throws a RangeError if {@link whyNotListed} has an answer.
 */
export function* walkTables(unit: DmaRemapping, options: ListOptions = {}): Generator<TableItem, void> {
  const why = whyNotListed(unit);
  if (why !== undefined) throw new RangeError(why);
  const { limit = DEFAULT_LIMIT, domainId, sourceId } = options;
  const domains = new Domains();
  for (const item of devicesOf(unit)) {
    if (isWanted(item, options)) yield item;
    if (item.kind === 'device' && item.levels !== 0) domains.add(item);
  }
  const budget: Budget = { left: limit, whole: limit };
  for (const domain of domains.all) {
    if (domainId !== undefined && domain.domainId !== domainId) continue;
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
  const domains: (Domain & { mappings: Mapping[]; unreachable: Unreachable[] })[] = [];
  const problems: Problem[] = [];
  let stoppedAfter: number | undefined;
  for (const item of walkTables(unit, options)) {
    if (item.kind === 'bus') buses.push(item);
    else if (item.kind === 'device') devices.push(item);
    else if (item.kind === 'domain') domains.push({ ...item, mappings: [], unreachable: [] });
    else if (item.kind === 'mapping') domains.at(-1)!.mappings.push(item);
    else if (item.kind === 'unreachable') domains.at(-1)!.unreachable.push(item);
    else if (item.kind === 'problem') problems.push(item);
    else stoppedAfter = item.entries;
  }
  return { buses, devices, domains, problems, ...(stoppedAfter === undefined ? {} : { stoppedAfter }) };
}

function isWanted(item: Bus | Device | Problem, { domainId, sourceId }: ListOptions): boolean {
  if (domainId === undefined && sourceId === undefined) return true;
  if (item.kind === 'device') {
    return (domainId ?? item.domainId) === item.domainId && (sourceId ?? item.sourceId) === item.sourceId;
  }
  const bus = item.kind === 'bus' ? item.bus : item.of.kind === 'bus' ? item.of.bus : undefined;
  if (bus !== undefined) return sourceId !== undefined && sourceId >>> 8 === bus;
  return item.kind === 'problem' && item.of.kind === 'device' && item.of.sourceId === sourceId;
}
