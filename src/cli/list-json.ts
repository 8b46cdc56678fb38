import { addressOf } from '../bits/page-number.ts';
import type { Image } from '../images/image.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { Device, Mapping, Problem } from '../tables/items.ts';
import { type DomainListing, type ListOptions, listTables } from '../tables/list.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { PAGE_BYTES, permissionText, wordsText } from './text.ts';
import { unitFacts } from './unit-text.ts';

/** A listing for programs: addresses in hexadecimal, sizes in bytes. */
export function listingFacts(image: Image, unit: RemappingUnit, options: ListOptions) {
  const listing = listTables(unit, options);
  return {
    image: { path: image.path, name: image.name, description: image.description },
    unit: unitFacts(unit),
    buses: listing.buses.map(({ bus, table }) => ({ bus, contextTable: addressOf(table) })),
    devices: listing.devices.map(deviceFacts),
    domains: listing.domains.map(domainFacts),
    problems: listing.problems.map(problemFacts),
    stoppedAfter: listing.stoppedAfter,
  };
}

function deviceFacts({ sourceId, type, addressWidth, domainId, table, levels }: Device) {
  const entry = { source: formatSourceId(sourceId), sourceId, TT: type, AW: addressWidth, DID: domainId };
  return levels === 0 ? entry : { ...entry, levels, SSPTPTR: addressOf(table) };
}

function domainFacts({ domainId, table, levels, devices, ambiguous, mappings, unreachable }: DomainListing) {
  return {
    domainId,
    SSPTPTR: addressOf(table),
    levels,
    devices: devices.map(formatSourceId),
    ambiguous,
    mappings: mappings.map(mappingFacts),
    unreachable: unreachable.map(({ input, pages }) => ({ input: addressOf(input), bytes: pages * PAGE_BYTES })),
  };
}

function mappingFacts({ input, output, pages, permission, snooped, leaves }: Mapping) {
  return {
    input: addressOf(input),
    output: addressOf(output),
    bytes: pages * PAGE_BYTES,
    access: permissionText(permission),
    snooped,
    leaves,
  };
}

function problemFacts({ condition, format, page, offset, words, entries, of }: Problem) {
  const { code, reason, meaning } = condition;
  const place = { code, reason, meaning, structure: format.title, address: addressOf(page, offset), entries };
  return { ...place, value: words === undefined ? undefined : wordsText(words), of: ownerFacts(of) };
}

function ownerFacts(of: Problem['of']) {
  switch (of.kind) {
    case 'bus':
      return { bus: of.bus };
    case 'device':
      return { source: formatSourceId(of.sourceId) };
    case 'domain':
      return { domainId: of.domainId, input: addressOf(of.input), bytes: of.pages * PAGE_BYTES };
  }
}
