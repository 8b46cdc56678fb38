import type { JsonObject } from '../oracle/json-rpc.ts';
import { lineOf } from '../oracle/text-client.ts';
import type { VectorRun, VectorStep } from '../vectors/types.ts';
import { type Call, type RunCall, stepOf } from './calls.ts';
import { stepDifference } from './comparison.ts';
import { type Answered, type Form, type Opened, requestText } from './exchange.ts';
import { type Identity, identityOf, isSameUnit } from './identity.ts';
import type { Reply } from './replies.ts';
import type { Failure, Verdict } from './result.ts';
import { judgedStale } from './staleness.ts';
import type { Witness } from './witness.ts';

/** A run on its way to a target. */
export interface Taking {
  readonly run: VectorRun;
  readonly calls: readonly RunCall[];
  /** What the unit is asked to be. */
  readonly initialize: Call;
  /** What it said that it is then. */
  readonly identity: Identity;
  /** The freedoms that it takes. */
  readonly taken: JsonObject;
  /** The run was written for another unit. */
  readonly adapted: boolean;
  readonly form: Form;
}

type Replies = Answered & { readonly kind: 'replies' };
type Broken = Answered & { readonly kind: 'broken' };

/** Refusals that say that a target cannot do something: the method is not there, or -32000. */
const CANNOT: ReadonlySet<number> = new Set([-32601, -32000]);

/** What the replies to a run make of it. */
export function verdictOn(answered: Replies, taking: Taking, witness: Witness): Verdict {
  const { calls, adapted } = taking;
  const failed = (failure: Omit<Failure, 'lines'>): Verdict => ({
    kind: 'failed',
    adapted,
    failure: { ...failure, lines: linesOf(taking.form, taking.initialize, calls, answered) },
  });
  const [opening, ...replies] = answered.replies;
  const wrong = wrongOpening(opening!, answered.opened, taking.identity);
  if (wrong !== undefined) return failed({ where: answered.opened, difference: wrong });
  const results: JsonObject[] = [];
  for (const [i, reply] of replies.entries()) {
    if (reply.kind === 'result') results.push(reply.result);
    else return refused(calls[i]!, reply, failed);
  }
  const found = wrongResult(results, taking, witness);
  if (found === undefined) return { kind: 'passed', adapted };
  const { call, difference, because = [] } = found;
  const { where, step } = calls[call]!;
  const expected = step === undefined ? undefined : expectationOf(step);
  const why = because.length === 0 ? {} : { because };
  return failed({ where, difference, expected, observed: results[call], ...why });
}

/** What becomes of a run during which the target did not answer. */
export function brokenVerdict(
  { how, stderr }: Broken,
  {
    form,
    initialize,
    calls,
    adapted,
  }: Pick<Taking, 'form' | 'initialize' | 'adapted'> & { readonly calls: readonly Call[] },
): Verdict {
  const lines = linesOf(form, initialize, calls, undefined);
  return { kind: 'failed', adapted, failure: { difference: `no answer: ${how}`, lines, stderr } };
}

/** Requests and replies as they went to and fro, one a line, with ids from 1 on where there are ids. */
export function linesOf(
  form: Form,
  initialize: Call,
  calls: readonly Call[],
  answered: Replies | undefined,
): readonly string[] {
  return [initialize, ...calls].flatMap(({ method, params }, i) => {
    const reply = answered?.replies[i];
    // The unit may have been reset only: then nothing is known of the reply to this request.
    const known = reply !== undefined && (i > 0 || answered?.opened === 'initialize');
    const request = form === 'text' ? lineOf(method, params) : requestText(i + 1, method, params);
    return [`> ${request}`, ...(known ? [`< ${reply.line ?? replyText(i + 1, reply)}`] : [])];
  });
}

function replyText(id: number, reply: Reply): string {
  if (reply.kind === 'result') return JSON.stringify({ jsonrpc: '2.0', id, result: reply.result });
  const { code, message } = reply;
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } });
}

function wrongOpening(reply: Reply, opened: Opened, identity: Identity): string | undefined {
  if (reply.kind === 'error') return `${opened} was refused with ${reply.code}: ${reply.message}`;
  if (opened === 'reset') return undefined;
  const now = identityOf(reply.result);
  if (typeof now === 'string') return now;
  if (isSameUnit(now.unit, identity.unit)) return undefined;
  return `the unit is ${JSON.stringify(now.unit)}, and was ${JSON.stringify(identity.unit)} after the same initialize`;
}

function refused(
  { method, where }: RunCall,
  { code, message }: Reply & { kind: 'error' },
  failed: (failure: Omit<Failure, 'lines'>) => Verdict,
): Verdict {
  if (!CANNOT.has(code)) {
    return failed({ where, difference: `${method} was refused with ${code}: ${message}`, observed: { code, message } });
  }
  const reason = `has a ${method} that the target says it cannot do`;
  const step = stepOf(where);
  const skip = { kind: 'step-refused', reason, detail: `${where}: ${message}` } as const;
  return { kind: 'skipped', skip: step === undefined ? skip : { ...skip, step } };
}

/** The first result that is not what its step expects. */
function wrongResult(
  results: readonly JsonObject[],
  { run, calls, identity, taken, adapted }: Taking,
  witness: Witness,
): { readonly call: number; readonly difference: string; readonly because?: readonly string[] } | undefined {
  const details = identity.features.has('details');
  for (const [call, { step }] of calls.entries()) {
    const difference = step === undefined ? undefined : stepDifference(step, results[call]!, details);
    if (difference === undefined) continue;
    // Vectors list what may be stale, on the unit that they were written for. What they do not list may be right.
    if (!adapted && run.case.flags?.includes('Staleness') !== true) return { call, difference };
    const against = witness.become(identity.unit, { ...taken, ...run.case.choices });
    return against === undefined ? judgedStale(calls, results, details, witness) : { call, difference };
  }
  return undefined;
}

/** The part of a step that says what is right. */
function expectationOf(step: VectorStep): unknown {
  if ('expect' in step) return step.expect;
  if ('events' in step) return step.events;
  if ('memoryRead' in step) return { qwords: step.qwords, ...(step.mask === undefined ? {} : { mask: step.mask }) };
  if (!('read' in step)) return undefined;
  const { read, value, oneOf, mask } = step;
  return { register: read, ...(oneOf === undefined ? { value } : { oneOf }), ...(mask === undefined ? {} : { mask }) };
}
