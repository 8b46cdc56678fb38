import type { ObservedAnswer, ObservedInterrupt } from '../../src/index.ts';
import { Judge } from '../../src/index.ts';
import { observedInterruptOf } from '../../src/oracle/observed-replies.ts';
import { OBSERVED_INTERRUPT } from '../../src/oracle/parameters.ts';
import { interruptReply, pageRequestReply } from '../../src/oracle/replies.ts';
import { readAs } from '../../src/oracle/values.ts';
import { differenceOf } from '../../src/vectors/compare.ts';
import { run } from '../../src/vectors/run.ts';
import type { ExpectedMembers, InterruptStep, RequestStep, VectorRun } from '../../src/vectors/types.ts';
import { interruptRequestOf, modelTarget, pageRequestOf, replyOf, requestOf } from '../harness/model-target.ts';

/** What a judge says of one request of a vector, of memory or an interrupt, beside what the vector expects. */
export interface JudgedRequest {
  readonly expectations: readonly ExpectedMembers[];
  /** Every allowed answer, as the protocol replies it. */
  readonly allowed: readonly ExpectedMembers[];
  /** By expectation: whether the judge permits the answer that it describes. */
  readonly permits: readonly boolean[];
}

/** The requests of one run of a vector, each judged before a unit without caches answers it. */
export async function judgedRequests(one: VectorRun): Promise<readonly JudgedRequest[]> {
  const steps = [...(one.group.steps ?? []), ...one.case.steps].filter(
    (step): step is RequestStep | InterruptStep => 'request' in step || 'interrupt' in step,
  );
  const judged: JudgedRequest[] = [];
  const target = modelTarget();
  const { start, dma, interrupt } = target;
  let judge: Judge | undefined;
  target.start = (unit, choices) => {
    start(unit, choices);
    judge = new Judge(target.unit);
  };
  target.dma = (parameters) => {
    const request = requestOf(parameters);
    const expectations = expectationsOf(steps[judged.length]!);
    const allowed = judge!.allowed(request).answers.map(({ outcome }) => replyOf(outcome));
    const permits = expectations.map((expected) => judge!.judge(request, observedFrom(expected)).permitted);
    judged.push({ expectations, allowed, permits });
    return dma(parameters);
  };
  target.interrupt = (parameters) => {
    const request = interruptRequestOf(parameters);
    const expectations = expectationsOf(steps[judged.length]!);
    const allowed = judge!.allowedInterrupts(request).answers.map(({ outcome }) => interruptReply(outcome));
    const permits = expectations.map((one) => judge!.judgeInterrupt(request, interruptObservedFrom(one)).permitted);
    judged.push({ expectations, allowed, permits });
    return interrupt(parameters);
  };
  target.pageRequest = (parameters) => {
    const request = pageRequestOf(parameters);
    return pageRequestReply(judge!.pageRequest(request), request.group);
  };
  await run(target, one);
  return judged;
}

/** Whether an answer is what a vector expects; whether a fault is recorded is the unit's own matter. */
export function matches(expected: ExpectedMembers, reply: ExpectedMembers): boolean {
  const { fault } = expected;
  const unrecorded =
    fault === null || fault === undefined
      ? expected
      : { ...expected, fault: { ...(fault as ExpectedMembers), recorded: undefined, notRecorded: undefined } };
  return differenceOf(withoutUndefined(unrecorded), reply) === undefined;
}

function withoutUndefined(expected: ExpectedMembers): ExpectedMembers {
  return JSON.parse(JSON.stringify(expected)) as ExpectedMembers;
}

function expectationsOf({ expect }: RequestStep | InterruptStep): readonly ExpectedMembers[] {
  return 'oneOf' in expect && Array.isArray(expect.oneOf) ? expect.oneOf : [expect];
}

/** An expectation as somebody saw it, who looked at the members that are given. */
function observedFrom(expected: ExpectedMembers): ObservedAnswer {
  const { outcome, address, pageSize, size, read, write, snoop, memoryType, fault } = expected as {
    outcome: ObservedAnswer['outcome'];
    address?: string;
    pageSize?: number;
    size?: number;
    read?: boolean;
    write?: boolean;
    snoop?: boolean;
    memoryType?: string;
    fault?: { readonly condition?: string; readonly reason?: string } | null;
  };
  const seen = { address: address === undefined ? undefined : BigInt(address), size: pageSize ?? size, read, write };
  const reason = fault?.reason === undefined ? undefined : Number(fault.reason);
  const all = { ...seen, snooped: snoop, memoryType, condition: fault?.condition, reason };
  return { outcome, ...(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as object) };
}

/** The same of an interrupt request. */
function interruptObservedFrom(expected: ExpectedMembers): ObservedInterrupt {
  const { fault: _, ...members } = withoutUndefined(expected) as { readonly fault?: unknown };
  const { fault } = expected as { readonly fault?: ExpectedMembers | null };
  const seen = fault === undefined || fault === null ? {} : { fault: pick(fault, ['condition', 'reason']) };
  return observedInterruptOf(readAs(OBSERVED_INTERRUPT, { ...members, ...seen }, 'observed'));
}

const pick = (from: ExpectedMembers, names: readonly string[]): ExpectedMembers =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
