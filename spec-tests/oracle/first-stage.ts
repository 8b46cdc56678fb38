import { bits } from './bits.ts';
import { type Journey, stop } from './journey.ts';
import type { PasidEntry } from './pasid-entry.ts';
import { inputLimit, type SecondStage, type SecondStageResult, walkSecondStage } from './second-stage.ts';

/** One first-stage entry that was used. */
export interface FirstStageStep {
  /** Host physical address of the entry. */
  readonly address: bigint;
  /** 3.8-R1: how its page was reached when nested. */
  readonly page?: SecondStageResult;
}

export interface FirstStageResult {
  /** Host physical, or guest physical when nested. */
  readonly address: bigint;
  readonly size: bigint;
  /** 3.6.1-R1: RW* and US*. */
  readonly writable: boolean;
  readonly user: boolean;
  readonly leaf: bigint;
  readonly steps: readonly FirstStageStep[];
}

/** 3.8-R1: the second stage of the same PASID-table entry. */
export function secondStageOf(journey: Journey, entry: PasidEntry): SecondStage {
  return {
    pointer: entry.secondStagePointer,
    width: entry.width,
    ssirwe: journey.caps.SSIRWS && bits(journey.latched.rtaddr, 7) === 1n, // 3.7-R6, 11.4.5-R2
    codes: { firstFetch: 'SSS.4', lowerFetch: 'SSS.1', reserved: 'SSS.3', absent: 'SSS.2' },
  };
}

/** 3.6-R2 to R9, nested 3.8. */
export function walkFirstStage(journey: Journey, entry: PasidEntry, supervisor: boolean): FirstStageResult {
  const { caps, choices, memory, request } = journey;
  const nested = entry.pgtt === 3;
  const input = request.address;
  const levels = entry.firstStageLevels;
  judgeCanonical(input, 9 * levels + 12);
  let table = entry.firstStagePointer;
  let writable = true;
  let user = true;
  const steps: FirstStageStep[] = [];
  for (let level = levels; ; level -= 1) {
    const top = level === levels;
    const where = table + bits(input, 9 * level + 11, 9 * level + 3) * 8n; // 3.6-R4
    const step = nested ? reachTable(journey, entry, where, top) : { address: where };
    const value = memory.read(step.address);
    if (value === undefined) stop(top ? 'SFS.4' : 'SFS.1'); // 3.6-R6
    if (bits(value, 0) === 0n) stop('SFS.2');
    const leaf = level === 1 || ((level === 2 || level === 3) && bits(value, 7) === 1n);
    if (hasReserved(journey, value, level, leaf)) stop('SFS.3');
    const offsetBits = leaf ? 9 * level + 3 : 12;
    const target = bits(value, caps.HAW - 1, offsetBits) << BigInt(offsetBits);
    if (nested && target >= inputLimit(journey, entry.width)) stop('SFS.5'); // 3.8-R6
    steps.push(step);
    writable &&= bits(value, 1) === 1n;
    user &&= bits(value, 2) === 1n;
    if (choices.rightsBeforeWalkEnd) judgeFirstStageRights(journey, entry, supervisor, writable, user); // 3.6.1-G1
    if (leaf) {
      const size = 1n << BigInt(offsetBits);
      return { address: target + (input % size), size, writable, user, leaf: value, steps };
    }
    table = target;
  }
}

/** 3.6-R2: bits 63:N equal bit N-1. */
export function judgeCanonical(address: bigint, n: number): void {
  const upper = bits(address, 63, n - 1);
  const allOnes = (1n << BigInt(65 - n)) - 1n;
  if (upper !== 0n && upper !== allOnes) stop('SGN.1');
}

/** 3.8.1-R2: reading a first-stage table through the second stage. */
function reachTable(journey: Journey, entry: PasidEntry, guest: bigint, top: boolean): FirstStageStep {
  const page = walkSecondStage(journey, secondStageOf(journey, entry), guest); // 3.8.1-R5
  const blocked = top ? 'SFS.6' : 'SFS.7';
  if (!page.read) stop(blocked);
  if (entry.ssade && !page.write) stop(journey.choices.nestedTableRead === 'SFS.8' ? 'SFS.8' : blocked); // 3.8.1-G1
  return { address: page.address, page };
}

/** 3.6-R7, 9.7-R2. */
export function hasReserved(journey: Journey, value: bigint, level: number, leaf: boolean): boolean {
  const { caps } = journey;
  if (bits(value, 51, caps.HAW) !== 0n) return true;
  if (level >= 4 && bits(value, 7) === 1n) return true;
  if (level === 3 && bits(value, 7) === 1n && !caps.FS1GP) return true;
  if (leaf && level === 3 && bits(value, 29, 13) !== 0n) return true;
  if (leaf && level === 2 && bits(value, 20, 13) !== 0n) return true;
  return false;
}

/** 3.6.1-R1: may this requester write, as far as the first stage goes. */
export function firstStageAllowsWrite(entry: PasidEntry, supervisor: boolean, writable: boolean, user: boolean) {
  if (supervisor) return writable || !entry.wpe;
  return writable && user;
}

/** 3.6.1-R4. A translation request keeps what it may (4.2.3-R5), so only U/S stops it. */
export function judgeFirstStageRights(
  journey: Journey,
  entry: PasidEntry,
  supervisor: boolean,
  writable: boolean,
  user: boolean,
): void {
  const { request } = journey;
  if (!supervisor && !user) stop('SGN.2');
  if (request.type === 'translation' || request.access === 'read') return;
  if (!firstStageAllowsWrite(entry, supervisor, writable, user)) stop('SGN.6');
}
