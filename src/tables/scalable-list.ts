import type { DmaRemapping } from '../dma-remapping/dma-remapping.ts';
import type { Pasid, PasidDomain, Problem, ScalableDevice, TableItem } from './items.ts';
import { PasidDomains } from './pasid-domains.ts';
import { pasidMappingsOf } from './pasid-mappings.ts';
import { scalableDevicesOf } from './scalable-devices.ts';

/** What belongs to all of these that are given. */
export interface Wanted {
  readonly domainId?: number;
  readonly sourceId?: number;
  readonly pasid?: number;
}

/** The items of {@link walkTables} in scalable mode, §3.4.3. PASIDs and mappings have a budget of `limit` entries each. */
export function* walkScalableTables(unit: DmaRemapping, wanted: Wanted, limit: number): Generator<TableItem, void> {
  const domains = new PasidDomains();
  let device: ScalableDevice | undefined;
  let isShown = false;
  for (const item of scalableDevicesOf(unit, { left: limit, whole: limit })) {
    switch (item.kind) {
      case 'scalable-device':
        device = item;
        // Of a domain or a PASID only the devices are wanted that have it.
        isShown = wanted.domainId === undefined && wanted.pasid === undefined && isOf(item.sourceId, wanted);
        if (isShown) yield item;
        break;
      case 'pasid':
        domains.add(item, device!.fields.PASIDDIRPTR);
        if (!isWantedPasid(item, wanted)) break;
        if (!isShown) yield device!;
        isShown = true;
        yield item;
        break;
      case 'bus':
        if (isOfBus(item.bus, wanted)) yield item;
        break;
      case 'problem':
        if (isWantedProblem(item, wanted)) yield item;
        break;
      case 'stopped':
        yield item;
        break;
    }
  }
  const budget = { left: limit, whole: limit };
  for (const domain of domains.all) {
    if (!isWantedDomain(domain, wanted)) continue;
    yield domain;
    if (yield* pasidMappingsOf(unit, domain, budget)) return;
  }
}

const isOf = (sourceId: number, wanted: Wanted): boolean => (wanted.sourceId ?? sourceId) === sourceId;

function isWantedPasid({ sourceId, pasid, domainId }: Pasid, wanted: Wanted): boolean {
  if (!isOf(sourceId, wanted) || (wanted.pasid ?? pasid) !== pasid) return false;
  return (wanted.domainId ?? domainId) === domainId;
}

function isWantedDomain({ domainId, users }: PasidDomain, wanted: Wanted): boolean {
  if ((wanted.domainId ?? domainId) !== domainId) return false;
  if (wanted.sourceId === undefined && wanted.pasid === undefined) return true;
  for (const { sourceId, pasid } of users) {
    if (isOf(sourceId, wanted) && (wanted.pasid ?? pasid) === pasid) return true;
  }
  return false;
}

/** As in legacy mode: where a device is asked for its bus counts. */
function isOfBus(bus: number, { domainId, sourceId, pasid }: Wanted): boolean {
  if (sourceId !== undefined) return sourceId >>> 8 === bus;
  return domainId === undefined && pasid === undefined;
}

function isWantedProblem({ of }: Problem, wanted: Wanted): boolean {
  switch (of.kind) {
    case 'bus':
      return isOfBus(of.bus, wanted);
    case 'device':
    case 'pasid': {
      const all = wanted.domainId === undefined && wanted.sourceId === undefined;
      if (!(all || wanted.sourceId !== undefined) || !isOf(of.sourceId, wanted)) return false;
      if (of.kind === 'device') return wanted.pasid === undefined || wanted.sourceId !== undefined;
      return wanted.pasid === undefined || (wanted.pasid >= of.pasid && wanted.pasid < of.pasid + of.count);
    }
    case 'domain':
      return true;
  }
}
