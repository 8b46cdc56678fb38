import { addressOf } from '../bits/page-number.ts';
import { wordsText } from '../bits/words-text.ts';
import type { Image } from '../images/image.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { PasidTableEntry } from '../structures/pasid-table-entry.ts';
import type { Device, Mapping, Pasid, Problem, Stages, Unreachable } from '../tables/items.ts';
import {
  type DomainListing,
  type ListOptions,
  listTables,
  type PasidDomainListing,
  type ScalableDeviceListing,
} from '../tables/list.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { choicesTaken } from './image-options.ts';
import { PAGE_BYTES, permissionText } from './text.ts';
import { unitFacts } from './unit-text.ts';

/** A listing for programs: addresses in hexadecimal, sizes in bytes. JSON leaves out what is undefined. */
export function listingFacts(image: Image, unit: RemappingUnit, options: ListOptions) {
  const choices = choicesTaken(image, unit);
  const listing = listTables(unit, options);
  return {
    image: {
      path: image.path,
      name: image.name,
      description: image.description,
      choices: Object.keys(choices).length === 0 ? undefined : choices,
    },
    unit: unitFacts(unit),
    buses: listing.buses.map(({ bus, half, table }) => ({ bus, half, contextTable: addressOf(table) })),
    devices: [...listing.devices.map(deviceFacts), ...listing.scalableDevices.map(scalableDeviceFacts)],
    domains: [...listing.domains.map(domainFacts), ...listing.pasidDomains.map(pasidDomainFacts)],
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
    unreachable: unreachable.map(unreachableFacts),
  };
}

function scalableDeviceFacts({ sourceId, fields, pasids }: ScalableDeviceListing) {
  const { P: _, PASIDDIRPTR, ...rest } = fields;
  const entry = { source: formatSourceId(sourceId), sourceId, ...rest, PASIDDIRPTR: addressOf(PASIDDIRPTR) };
  return { ...entry, pasids: pasids.map(pasidFacts) };
}

function pasidFacts({ pasid, withoutPasid, stages, words }: Pasid) {
  const { FPD, PGTT, DID, AW, FSPM, SSADE, PWSNP, PGSNP, CD, EMTE, SRE, WPE, EAFE } = PasidTableEntry.unpack(words);
  const first = stages.firstStage === undefined ? {} : { FSPM, SRE, WPE, EAFE };
  const second = stages.secondStage === undefined ? {} : { AW, SSADE, EMTE };
  return { pasid, withoutPasid, PGTT, DID, FPD, ...first, ...second, PWSNP, PGSNP, CD, ...stagesFacts(stages) };
}

function stagesFacts({ firstStage, secondStage }: Stages) {
  return {
    firstStage: firstStage && { FSPTPTR: addressOf(firstStage.table), levels: firstStage.levels },
    secondStage: secondStage && { SSPTPTR: addressOf(secondStage.table), levels: secondStage.levels },
  };
}

function pasidDomainFacts({ domainId, stages, users, ambiguous, mappings, unreachable }: PasidDomainListing) {
  return {
    domainId,
    PGTT: stages.type,
    ...stagesFacts(stages),
    users: [...users].map(({ sourceId, pasid, withoutPasid }) => ({
      source: formatSourceId(sourceId),
      pasid,
      withoutPasid,
    })),
    ambiguous,
    mappings: mappings.map(mappingFacts),
    unreachable: unreachable.map(unreachableFacts),
  };
}

const unreachableFacts = ({ input, pages, supervisorOnly }: Unreachable) => ({
  input: addressOf(input),
  bytes: pages * PAGE_BYTES,
  supervisorOnly,
});

function mappingFacts({ input, guest, output, pages, permission, supervisor, snooped, leaves }: Mapping) {
  return {
    input: addressOf(input),
    guest: guest === undefined ? undefined : addressOf(guest),
    output: addressOf(output),
    bytes: pages * PAGE_BYTES,
    access: permissionText(permission),
    supervisorAccess: supervisor === undefined ? undefined : permissionText(supervisor),
    snooped,
    leaves,
  };
}

function problemFacts({ condition, format, page, offset, words, entries, writesOnly, of }: Problem) {
  const { code, reason, meaning } = condition;
  const place = {
    code,
    reason,
    meaning,
    structure: format.title,
    address: addressOf(page, offset),
    entries,
    writesOnly,
  };
  return { ...place, value: words === undefined ? undefined : wordsText(words), of: ownerFacts(of) };
}

function ownerFacts(of: Problem['of']) {
  switch (of.kind) {
    case 'bus':
      return { bus: of.bus, half: of.half };
    case 'device':
      return { source: formatSourceId(of.sourceId) };
    case 'pasid':
      return { source: formatSourceId(of.sourceId), pasid: of.pasid, count: of.count };
    case 'domain':
      return { domainId: of.domainId, input: addressOf(of.input), bytes: of.pages * PAGE_BYTES };
  }
}
