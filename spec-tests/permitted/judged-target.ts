import type { AllowedAnswer, DmaRequest, ObservedAnswer } from '../../src/index.ts';
import { Judge } from '../../src/index.ts';
import { differenceOf } from '../../src/vectors/compare.ts';
import { run } from '../../src/vectors/run.ts';
import type { ExpectedMembers, RequestStep, VectorRun } from '../../src/vectors/types.ts';
import { modelTarget, replyOf, requestOf } from '../harness/model-target.ts';

/** What a judge says of one request of a vector, beside what the vector expects. */
export interface JudgedRequest {
  readonly step: RequestStep;
  readonly request: DmaRequest;
  readonly expectations: readonly ExpectedMembers[];
  readonly allowed: readonly AllowedAnswer[];
  /** By expectation: whether the judge permits the answer that it describes. */
  readonly permits: readonly boolean[];
}

/** The requests of one run of a vector, each judged before a unit without caches answers it. */
export async function judgedRequests(one: VectorRun): Promise<readonly JudgedRequest[]> {
  const steps = [...(one.group.steps ?? []), ...one.case.steps].filter((step) => 'request' in step);
  const judged: JudgedRequest[] = [];
  const target = modelTarget();
  const { start, dma } = target;
  let judge: Judge | undefined;
  target.start = (unit, choices) => {
    start(unit, choices);
    judge = new Judge(target.unit);
  };
  target.dma = (parameters) => {
    const step = steps[judged.length]!;
    const request = requestOf(parameters);
    const expectations = expectationsOf(step);
    const allowed = judge!.allowed(request).answers;
    const permits = expectations.map((expected) => judge!.judge(request, observedFrom(expected)).permitted);
    judged.push({ step, request, expectations, allowed, permits });
    return dma(parameters);
  };
  await run(target, one);
  return judged;
}

/** Whether an answer is what a vector expects; whether a fault is recorded is the unit's own matter. */
export function matches(expected: ExpectedMembers, { outcome }: AllowedAnswer): boolean {
  const { fault } = expected;
  const unrecorded =
    fault === null || fault === undefined
      ? expected
      : { ...expected, fault: { ...(fault as ExpectedMembers), recorded: undefined, notRecorded: undefined } };
  return differenceOf(withoutUndefined(unrecorded), replyOf(outcome)) === undefined;
}

function withoutUndefined(expected: ExpectedMembers): ExpectedMembers {
  return JSON.parse(JSON.stringify(expected)) as ExpectedMembers;
}

function expectationsOf({ expect }: RequestStep): readonly ExpectedMembers[] {
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
