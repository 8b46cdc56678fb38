import { bits } from './bits.ts';
import { interruptRangeCompletion, rangeAround, translationCompletion, wantsWrite } from './completion.ts';
import {
  type FirstStageResult,
  firstStageAllowsWrite,
  judgeFirstStageRights,
  secondStageOf,
  walkFirstStage,
} from './first-stage.ts';
import { setFlags } from './flags.ts';
import { judgeHostPermission } from './host-permission.ts';
import { touchesInterruptRange } from './interrupt-range.ts';
import { type Answer, type Journey, stop } from './journey.ts';
import { finalMemoryType } from './memory-type.ts';
import { type PasidEntry, pasidDirectoryEntry, pasidTableEntry } from './pasid-entry.ts';
import { type ScalableContext, scalableContextEntry, scalableRootEntry } from './scalable-context.ts';
import { inputLimit, type SecondStageResult, walkSecondStage } from './second-stage.ts';

/** Scalable mode, TTM=01b (3.4.3). */
export function judgeScalable(journey: Journey): Answer {
  const { caps, request, requestClass } = journey;
  const context = scalableContextEntry(journey, scalableRootEntry(journey));
  if (request.type === 'translated') return translated(journey, context);
  if (requestClass === 'TRn' && touchesInterruptRange(request.address, 1n)) return interruptRangeCompletion(journey); // 4.2.3-G8
  const entry = pasidTableEntry(journey, context, pasidDirectoryEntry(journey, context));
  const withExecute = request.pasid !== undefined && request.execute === true;
  if (withExecute && caps.MAJOR <= 7 && !caps.ERS) stop('SPT.5'); // 3.1-R3
  if (context.supervisor && !entry.sre) stop('SPT.6'); // 3.6.1-R2, 9.6-R7
  if (entry.pgtt === 4) return passThrough(journey, entry);
  return throughStages(journey, entry, context.supervisor);
}

/** 4.2.5-R3 to R6, in the order of 4.2.5-G1. */
function translated(journey: Journey, context: ScalableContext): Answer {
  const { address } = journey.request;
  if (address >= 1n << BigInt(journey.caps.HAW)) stop('SGN.4.1');
  if (touchesInterruptRange(address, 1n)) stop('SGN.8.3');
  if (context.hpte)
    judgeHostPermission(journey, pasidTableEntry(journey, context, pasidDirectoryEntry(journey, context)));
  return { outcome: 'completed', address, memoryType: 'WB' };
}

/** 3.9. */
function passThrough(journey: Journey, entry: PasidEntry): Answer {
  const { caps, request } = journey;
  const { address } = request;
  if (address >= 1n << BigInt(caps.HAW)) stop('SGN.4.2'); // 3.9-R2
  if (request.type === 'translation') {
    if (touchesInterruptRange(address, 1n)) stop('SGN.8.2'); // 3.15-G2
    const rights = { read: true, write: wantsWrite(journey) };
    return translationCompletion(journey, rangeAround(address, passThroughRegion(journey)), rights, entry.pgsnp);
  }
  if (touchesInterruptRange(address, 1n)) stop('SGN.8.1'); // 3.15-R8
  return {
    outcome: 'completed',
    address,
    snoop: request.noSnoop !== true || entry.pgsnp, // 3.10-R5
    memoryType: finalMemoryType(journey, entry, undefined, undefined, address),
  };
}

/** 4.2.3-R13, M1. */
function passThroughRegion(journey: Journey): bigint {
  const { caps, choices } = journey;
  if (choices.passThroughRegion !== undefined) return BigInt(choices.passThroughRegion);
  if (caps.SSLPS_1G || caps.FS1GP) return 1n << 30n;
  if (caps.SSLPS_2M || caps.FSTS) return 1n << 21n; // 3.6-R5
  return 4096n;
}

/** PGTT 001b (3.6), 010b (3.7) and 011b (3.8). */
function throughStages(journey: Journey, entry: PasidEntry, supervisor: boolean): Answer {
  const { request } = journey;
  if (entry.pgtt === 2 && request.address >= inputLimit(journey, entry.width)) stop('SGN.5'); // 3.7-R2
  const first = entry.pgtt === 2 ? undefined : walkFirstStage(journey, entry, supervisor);
  const middle = first === undefined ? request.address : first.address;
  const second = entry.pgtt === 1 ? undefined : walkSecondStage(journey, secondStageOf(journey, entry), middle);
  const address = second === undefined ? middle : second.address;
  const size = smaller(first?.size, second?.size); // 4.2.3-G5
  if (first !== undefined) judgeFirstStageRights(journey, entry, supervisor, first.writable, first.user);
  const rights = rightsOf(entry, supervisor, first, second);
  const snooped = entry.pgsnp || (second !== undefined && bits(second.leaf, 11) === 1n);

  if (request.type === 'translation') {
    const granted = { read: rights.read, write: rights.write && wantsWrite(journey) }; // 4.2.3-R6, R7
    if (!granted.read && !granted.write) stop(wantsWrite(journey) ? 'SGN.6' : 'SGN.7'); // 4.2.3-G4
    const range = rangeAround(address, size);
    if (touchesInterruptRange(range.base, range.size)) stop('SGN.8.2'); // 3.15-R6
    setFlags(journey, entry, first?.steps ?? [], second, granted.write); // 4.2.3.1-R3, G1
    return translationCompletion(journey, range, granted, snooped); // 4.2.3-R11
  }
  judgeUntranslated(journey, rights, second?.write === true);
  if (touchesInterruptRange(address, 1n)) stop('SGN.8.1'); // 3.15-R6
  setFlags(journey, entry, first?.steps ?? [], second, request.access !== 'read');
  return {
    outcome: 'completed',
    address,
    pageSize: Number(size),
    ...rights,
    snoop: request.noSnoop !== true || snooped, // 3.10-R5
    memoryType: finalMemoryType(journey, entry, first, second, address),
    throughTables: true,
  };
}

function smaller(first: bigint | undefined, second: bigint | undefined): bigint {
  if (first === undefined) return second ?? 4096n;
  if (second === undefined) return first;
  return first < second ? first : second;
}

/** 3.6.1-R1, 3.7.1-R1, 3.8.1-R4: what this requester may do. */
function rightsOf(
  entry: PasidEntry,
  supervisor: boolean,
  first: FirstStageResult | undefined,
  second: SecondStageResult | undefined,
): { read: boolean; write: boolean } {
  let read = true;
  let write = true;
  if (first !== undefined) {
    read = supervisor || first.user;
    write = firstStageAllowsWrite(entry, supervisor, first.writable, first.user);
  }
  if (second !== undefined) {
    read &&= second.read;
    write &&= second.write;
  }
  return { read, write };
}

/** 3.7.1-R2, 3.8.1-R4: missing write before missing read. */
function judgeUntranslated(journey: Journey, rights: { read: boolean; write: boolean }, secondWrite: boolean): void {
  const { caps, request } = journey;
  if (request.access !== 'read' && !rights.write) stop('SGN.6');
  const exempt = request.access === 'read' && request.zeroLength === true && caps.ZLR && secondWrite; // 3.14-R3
  if (request.access !== 'write' && !rights.read && !exempt) stop('SGN.7');
}
