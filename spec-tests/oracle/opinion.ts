import { bits } from './bits.ts';
import { zeroCompletion } from './completion.ts';
import { judgeInterruptRange } from './interrupt-range.ts';
import { type Answer, begin, type Journey, Stopped, stop } from './journey.ts';
import { judgeLegacy } from './legacy.ts';
import { hitsProtectedMemory } from './protected-memory.ts';
import { judgeScalable } from './scalable.ts';
import { table30 } from './table30.ts';
import type { Fault, Latched, MemoryReader, Opinion, Request, UnitFacts } from './types.ts';

/** What the digest says becomes of one request that does not cross a 4 KiB page. */
export function opinion(unit: UnitFacts, latched: Latched, memory: MemoryReader, request: Request): Opinion {
  const journey = begin(unit, latched, memory, latched.tes ? request : withoutPasid(request));
  const answer = judge(journey);
  if (answer.outcome === 'completed' && hitsProtectedMemory(journey, answer))
    return { outcome: 'UR', fpd: journey.fpd, logged: false }; // 11.4.8.1-R4, G1
  const { throughTables: _throughTables, noAccess: _noAccess, ...rest } = answer;
  return { ...rest, fpd: journey.fpd, logged: isLogged(answer, journey.fpd) };
}

/** 3.1-R2: TES=0 ignores the prefix. */
function withoutPasid(request: Request): Request {
  const { pasid: _pasid, privileged: _privileged, execute: _execute, ...rest } = request;
  return rest;
}

/** 7.1.3-R8. */
function isLogged(answer: Answer, fpd: boolean): boolean {
  if (answer.fault === undefined) return false;
  if (answer.fault.qualified && fpd) return false;
  return answer.outcome === 'UR' || answer.outcome === 'CA' || answer.fault.condition === 'SFS.10';
}

function judge(journey: Journey): Answer {
  try {
    return judgeInOrder(journey);
  } catch (problem) {
    if (!(problem instanceof Stopped)) throw problem;
    return stopped(journey, problem);
  }
}

/** 7.1.3: the answer to a condition. */
function stopped(journey: Journey, problem: Stopped): Answer {
  const row = table30(problem.condition, journey.requestClass);
  const fault: Fault = { condition: problem.condition, reason: row.reason, qualified: row.qualified };
  if (problem.instead === 'UR' || row.cell === 'UR') return { outcome: 'UR', fault };
  if (row.cell === 'CA') return { outcome: 'CA', fault };
  return { ...zeroCompletion(journey), fault }; // S0, and SE with nothing left
}

function judgeInOrder(journey: Journey): Answer {
  const { caps, latched, request, requestClass } = journey;
  if (!latched.tes && request.type !== 'untranslated') return { outcome: 'UR' }; // 4.2.1-R3, 4.2.1-G2
  if (requestClass === 'Un') {
    const verdict = judgeInterruptRange(journey); // 3.15
    if (verdict === 'interrupt') return { outcome: 'interrupt' };
    if (verdict === 'zero-length') return { outcome: 'completed', address: request.address, noAccess: true };
    if (verdict === 'illegal') return { outcome: 'UR', fault: { condition: '29h', reason: 0x29, qualified: false } };
  }
  if (!latched.tes) return { outcome: 'completed', address: request.address }; // 3.1-R2
  if (requestClass === 'TDp' && !caps.PTRS) return { outcome: 'UR' }; // 4.2.1-G1, 4.2.5-R2
  const mode = rootTableConditions(journey);
  return mode === 'legacy' ? judgeLegacy(journey) : judgeScalable(journey);
}

/** The RTA rows of Table 30. */
function rootTableConditions(journey: Journey): 'legacy' | 'scalable' {
  const { caps, latched, request } = journey;
  const mode = bits(latched.rtaddr, 11, 10);
  const withPasid = request.pasid !== undefined;
  if (mode === 3n && !caps.ADMS) stop('RTA.1.1'); // 3.4.4-R2
  if (mode === 2n) stop('RTA.1.2'); // 3.5-R4
  if (mode === 1n && !caps.SMTS) stop('RTA.1.3');
  if (mode === 3n) stop('RTA.4'); // 3.4.4-R1
  if (mode === 0n && withPasid) stop('RTA.2'); // 3.1-R4, 7.1.3-R7
  if (mode === 0n && caps.SSIRWS && bits(latched.rtaddr, 7) === 1n) stop('RTA.1.4'); // 11.4.5-R2
  if (withPasid && request.execute === true && caps.MAJOR >= 8) stop('RTA.5'); // 3.1-R3
  return mode === 0n ? 'legacy' : 'scalable';
}
