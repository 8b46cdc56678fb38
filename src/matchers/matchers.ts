import { hex } from '../bits/hex.ts';
import type { Finding } from '../lint/finding.ts';
import { lint } from '../lint/lint.ts';
import type { LintOptions } from '../lint/options.ts';
import { isAtLeast } from '../lint/report.ts';
import type { Severity } from '../lint/rule.ts';
import { type DmaRequestParameters, dmaRequest } from '../messages/dma-request.ts';
import type { InterruptOutcome, Outcome } from '../messages/outcome.ts';
import { parseSourceId } from '../messages/source-id.ts';
import type { Memory } from '../platform/memory.ts';
import { RemappingUnit } from '../unit/remapping-unit.ts';
import { findingText, isMemory, outcomeText, stepsText } from './words.ts';

/** What a matcher answers: vitest and jest want the same. */
export interface MatcherResult {
  readonly pass: boolean;
  /** What to say if the test fails, `not` considered. */
  readonly message: () => string;
}

export type Matcher<Args extends readonly unknown[]> = (
  this: unknown,
  received: unknown,
  ...args: Args
) => MatcherResult;

/** A request: as `dmaRequest` takes it, with the device as text too; a read if nothing is said. */
export type Asked = Omit<DmaRequestParameters, 'sourceId' | 'access'> &
  Partial<Pick<DmaRequestParameters, 'access'>> & {
    /** A source-id, as a number or `00:1f.2`. */
    readonly device: number | string;
  };

/** How the matchers are called, to extend the types of a test runner with. */
export interface VtdMatchers<R = unknown> {
  /**
   * Memory, for a unit that has its tables there: the linter finds nothing as grave as `failOn`, by default an error.
   * Of a unit itself: the same with its own memory.
   */
  toHaveValidTables(unit?: RemappingUnit, options?: LintOptions & { readonly failOn?: Severity }): R;
  /** A unit: the request goes through, to an address if one is given. */
  toTranslate(request: Asked, address?: bigint): R;
  /** A unit and a request, or an outcome: it is blocked by the condition with this code, `LGN.2`. */
  toFaultWith(code: string, request?: Asked): R;
}

/** Matchers for `expect.extend` of vitest and of jest. */
export const matchers = { toHaveValidTables, toTranslate, toFaultWith } as const;

function toHaveValidTables(
  this: unknown,
  received: unknown,
  unit?: RemappingUnit,
  options: LintOptions & { readonly failOn?: Severity } = {},
): MatcherResult {
  const { failOn = 'error', ...others } = options;
  const own = received instanceof RemappingUnit ? received : unit;
  if (own === undefined)
    throw new TypeError('toHaveValidTables is of a unit, or of memory with the unit as an argument');
  if (own !== received && !isMemory(received)) throw new TypeError('toHaveValidTables is of memory, or of a unit');
  const memory: Memory = own === received || !isMemory(received) ? own.memory : received;
  const found = lint(own, memory, others).filter(({ severity }) => isAtLeast(severity, failOn));
  return {
    pass: found.length === 0,
    message: () => (found.length === 0 ? `expected tables with a mistake, and none was found` : tablesText(found)),
  };
}

const tablesText = (found: readonly Finding[]): string =>
  [`expected tables without mistakes, found ${found.length}:`, ...found.map(findingText)].join('\n');

function toTranslate(this: unknown, received: unknown, request: Asked, address?: bigint): MatcherResult {
  const unit = unitOf(received, 'toTranslate');
  const { outcome, steps } = unit.explain(requestOf(request));
  const goesOn = outcome.kind === 'completed' || outcome.kind === 'translation';
  const pass = goesOn && (address === undefined || outcome.address === address);
  const wanted = address === undefined ? 'to go through' : `to go to ${hex(address)}`;
  return {
    pass,
    message: () =>
      `expected ${askedText(request)} ${pass ? 'not ' : ''}${wanted}, ${outcomeText(outcome)}\n${stepsText(steps)}`,
  };
}

function toFaultWith(this: unknown, received: unknown, code: string, request?: Asked): MatcherResult {
  if (request === undefined) {
    const outcome = outcomeOf(received);
    const pass = codeOf(outcome) === code;
    return { pass, message: () => `expected ${pass ? 'no ' : ''}${code}, ${outcomeText(outcome)}` };
  }
  const { outcome, steps } = unitOf(received, 'toFaultWith').explain(requestOf(request));
  const pass = codeOf(outcome) === code;
  return {
    pass,
    message: () =>
      `expected ${askedText(request)} ${pass ? 'not ' : ''}to meet ${code}, ${outcomeText(outcome)}\n${stepsText(steps)}`,
  };
}

function unitOf(received: unknown, matcher: string): RemappingUnit {
  if (received instanceof RemappingUnit) return received;
  throw new TypeError(`${matcher} with a request is of a RemappingUnit`);
}

function outcomeOf(received: unknown): Outcome | InterruptOutcome {
  if (typeof received === 'object' && received !== null && 'kind' in received) return received as Outcome;
  throw new TypeError('toFaultWith is of an outcome, or of a unit with a request');
}

/** The code of the condition that blocked a request, or left no permission. */
function codeOf(outcome: Outcome | InterruptOutcome): string | undefined {
  return 'fault' in outcome ? outcome.fault?.condition.code : undefined;
}

const requestOf = ({ device, access = 'read', ...others }: Asked) =>
  dmaRequest({ sourceId: typeof device === 'string' ? parseSourceId(device) : device, access, ...others });

function askedText({ device, access = 'read', address, pasid }: Asked): string {
  const who = typeof device === 'string' ? device : hex(device);
  return `a ${access} of ${who}${pasid === undefined ? '' : ` with PASID ${pasid}`} at ${hex(address)}`;
}
