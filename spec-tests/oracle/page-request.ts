import { bits } from './bits.ts';
import { type Capabilities, capabilitiesOf } from './capabilities.ts';
import type { FaultLog } from './fault-log.ts';
import { type Lookup, Stopped, stop } from './journey.ts';
import type { PageQueue } from './page-queue.ts';
import type { PageMemory, PageMessage, PageOpinion, PageRequest } from './page-types.ts';
import { pasidDirectoryEntry, pasidTableEntry } from './pasid-entry.ts';
import { scalableContextEntry, scalableRootEntry } from './scalable-context.ts';
import { table30 } from './table30.ts';
import type { Fault, Latched, UnitFacts } from './types.ts';

/** What a page request meets: the unit, what its queue and its fault registers hold, and who gets its messages. */
export interface PageWorld {
  readonly unit: UnitFacts;
  readonly latched: Pick<Latched, 'rtaddr' | 'tes'>;
  readonly memory: PageMemory;
  readonly queue: PageQueue;
  readonly log: FaultLog;
  send(message: PageMessage): void;
}

/** 7.4.1-R4, R5, R8: one page request, with all that it changes. */
export function pageOpinion(world: PageWorld, request: PageRequest): PageOpinion {
  const { unit, latched, memory, queue, log } = world;
  const { choices } = unit;
  const caps = capabilitiesOf(unit);
  const silent = caps.SMS && isStopMarker(request); // 7.4.1-R8
  if (!caps.PRS) return { outcome: 'dropped', logged: false }; // 7.4-G1
  if (!latched.tes) {
    if (choices.pageRequestWithoutTranslation === 'dropped') return { outcome: 'dropped', logged: false };
    return refused(world, request, silent, 1); // 7.4-G1
  }
  if (choices.pageRequestOrder === 'overflow' && queue.pro) return refused(world, request, silent, 0); // 7.4.1-G1
  const { fault, fpd } = judgeTables(world, caps, request);
  if (fault !== undefined) {
    let logged = !(fault.qualified && fpd); // 7.4.1-G6
    if (silent && choices.stopMarkerFault === 'silent') logged = false; // 7.4.1-G4
    if (logged) log.log(request, fault, unit);
    return { ...refused(world, request, silent, 1), fault, logged };
  }
  if (queue.pro) return refused(world, request, silent, 0);
  if (queue.full) {
    if (!silent || choices.stopMarkerOverflow) queue.overflow(); // 7.4.1-G4
    return refused(world, request, silent, 0);
  }
  return { outcome: 'queued', offset: queue.add(memory, request), logged: false };
}

/** 7.4.1-G4. */
function isStopMarker(request: PageRequest): boolean {
  return request.pasid !== undefined && !request.read && !request.write && request.last;
}

/** 7.4.1-R5, R6. */
function refused(world: PageWorld, request: PageRequest, silent: boolean, code: 0 | 1): PageOpinion {
  if (silent || !request.last) return { outcome: 'dropped', logged: false };
  const { source, group, pasid } = request;
  world.send({ kind: 'response', source, group, code, ...(pasid === undefined ? {} : { pasid }) });
  return { outcome: 'answered', code, logged: false };
}

/** 7.4.1-R7: everything up to the PASID-table entry; no paging table. */
function judgeTables(
  { unit, latched, memory }: PageWorld,
  caps: Capabilities,
  request: PageRequest,
): { fault?: Fault; fpd: boolean } {
  const lookup: Lookup = {
    caps,
    choices: unit.choices,
    latched,
    memory,
    request,
    requestClass: request.last ? 'PQr' : 'PQd',
    fpd: false,
  };
  try {
    rootTableConditions(lookup);
    const context = scalableContextEntry(lookup, scalableRootEntry(lookup));
    pasidTableEntry(lookup, context, pasidDirectoryEntry(lookup, context));
    return { fpd: lookup.fpd };
  } catch (problem) {
    if (!(problem instanceof Stopped)) throw problem;
    const { reason, qualified } = table30(problem.condition, lookup.requestClass);
    return { fault: { condition: problem.condition, reason, qualified }, fpd: lookup.fpd };
  }
}

/** The RTA rows; SSIRWE and ER mean nothing here (7.1.3-R7). */
function rootTableConditions({ caps, latched }: Lookup): void {
  const mode = bits(latched.rtaddr, 11, 10);
  if (mode === 3n && !caps.ADMS) stop('RTA.1.1');
  if (mode === 2n) stop('RTA.1.2');
  if (mode === 1n && !caps.SMTS) stop('RTA.1.3');
  if (mode === 0n) stop('RTA.3'); // 7.4-R1
  if (mode === 3n) stop('RTA.4');
}
