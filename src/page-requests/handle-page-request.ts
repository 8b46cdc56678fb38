import { type Condition, columnOf } from '../conditions/condition.ts';
import { NO_PASID } from '../messages/dma-request.ts';
import type { PageRequestOutcome, ReportedFault } from '../messages/outcome.ts';
import { isStopMarker, type PageRequest } from '../messages/page-request.ts';
import { type PageGroupResponse, RESPONSE_CODE } from '../messages/platform-message.ts';
import type { Choices } from '../platform/choices.ts';
import type { Configuration } from '../platform/configuration.ts';
import type { PassedEntries } from './implicit-invalidation.ts';
import type { PageRequestQueue } from './page-request-queue.ts';

/** What handling a page request needs of the unit. */
export interface PageRequestUnit {
  readonly configuration: Configuration;
  readonly choices: Choices;
  /** GSTS_REG.TES. */
  readonly translationEnabled: boolean;
  readonly queue: PageRequestQueue;
  /** The entries up to that of the PASID: what they say, or the row that blocks and whether FPD silences it. */
  readonly pass: (request: PageRequest) => PassedEntries | BlockedByEntries;
  /** Records a fault. */
  readonly record: (condition: Condition, request: PageRequest) => ReportedFault;
  /** Invalidates what is cached for the page, §6.5.3.1. */
  readonly invalidate: (entries: PassedEntries, request: PageRequest) => void;
  readonly send: (response: PageGroupResponse) => void;
}

/** The row that blocks a page request, §7.1.3. */
export interface BlockedByEntries {
  readonly condition: Condition;
  /** FPD was 1 on the way. */
  readonly faultProcessingDisabled: boolean;
}

/** A page request that reaches the unit, §7.4.1: tables, PRO, room in the queue, and then it is written. */
export function handlePageRequest(unit: PageRequestUnit, request: PageRequest): PageRequestOutcome {
  const { queue, choices } = unit;
  if (!unit.translationEnabled) {
    const answers = request.last && choices.pageRequestWithoutTranslation === 'answered';
    return refused(unit, request, answers, RESPONSE_CODE.invalidRequest);
  }
  if (choices.pageRequestOrder === 'overflow' && queue.overflowed) return overflows(unit, request);
  const entries = unit.pass(request);
  if ('condition' in entries) return blocked(unit, request, entries);
  if (queue.overflowed) return overflows(unit, request);
  if (queue.full) {
    if (!isKnownMarker(unit, request) || choices.stopMarkerOverflow) queue.overflow();
    return overflows(unit, request);
  }
  unit.invalidate(entries, request);
  return { kind: 'queued', offset: queue.append(request) };
}

/** Table 30: Invalid Request for the last of a group, nothing for the others; a fault it is for all. */
function blocked(unit: PageRequestUnit, request: PageRequest, entries: BlockedByEntries): PageRequestOutcome {
  const answers = entries.condition.responses[columnOf(request.last ? 'PQr' : 'PQd')] === 'IR';
  const fault = faultOf(unit, request, entries);
  return refused(unit, request, answers, RESPONSE_CODE.invalidRequest, fault);
}

/** §7.2.1, and what is open of Stop Markers. */
function faultOf(
  unit: PageRequestUnit,
  request: PageRequest,
  { condition, faultProcessingDisabled }: BlockedByEntries,
): ReportedFault {
  if (isKnownMarker(unit, request) && unit.choices.stopMarkerFault === 'silent') return { condition, recorded: false };
  if (condition.qualified && faultProcessingDisabled) return { condition, recorded: false, notRecorded: 'fpd' };
  return unit.record(condition, request);
}

/** Table 31: Success to the last of a group, and the device asks again; nothing to the others. */
const overflows = (unit: PageRequestUnit, request: PageRequest): PageRequestOutcome =>
  refused(unit, request, request.last, RESPONSE_CODE.success);

/** It does not get into the queue: answered with what names its group, or dropped. */
function refused(
  unit: PageRequestUnit,
  request: PageRequest,
  answers: boolean,
  code: number,
  fault?: ReportedFault,
): PageRequestOutcome {
  const withFault = fault === undefined ? {} : { fault };
  if (!answers || isKnownMarker(unit, request)) return { kind: 'dropped', ...withFault };
  const { sourceId, group, pasid } = request;
  const target = pasid === NO_PASID ? {} : { pasid };
  unit.send({ kind: 'page-group-response', sourceId, group, code, ...target });
  return { kind: 'answered', code, ...withFault };
}

/** §11.4.3, SMS: a Stop Marker that cannot be queued is dropped. A unit without support takes it for any request. */
const isKnownMarker = ({ configuration }: PageRequestUnit, request: PageRequest): boolean =>
  configuration.ECAP.SMS === 1 && isStopMarker(request);
