import type { Outcome } from '../messages/outcome.ts';

/** An answer that somebody saw. What is missing was not looked at. */
export interface ObservedAnswer {
  readonly outcome: 'completed' | 'translation' | 'interrupt' | 'UR' | 'CA';
  /** The host address, or the base of the translated range. */
  readonly address?: bigint | undefined;
  /** Bytes: of the page of a completed request, of the range of a translation. */
  readonly size?: number | undefined;
  readonly read?: boolean | undefined;
  readonly write?: boolean | undefined;
  readonly snooped?: boolean | undefined;
  readonly memoryType?: string | undefined;
  /** The row of Table 30, `LGN.2`, or its number. */
  readonly condition?: string | undefined;
  readonly reason?: number | undefined;
}

/** Not in the specification: an outcome with the members that an observed answer has. */
export function observedAs(outcome: Outcome): ObservedAnswer {
  switch (outcome.kind) {
    case 'completed': {
      const { address, mapping, snooped, memoryType } = outcome;
      if (mapping === undefined) return { outcome: 'completed', address, snooped, memoryType };
      const { pageSize: size, read, write } = mapping;
      return { outcome: 'completed', address, size, read, write, snooped, memoryType };
    }
    case 'translation': {
      const { address, size, read, write, nonSnooped: snooped, fault } = outcome;
      return { outcome: 'translation', address, size, read, write, snooped, ...faultOf(fault?.condition) };
    }
    case 'interrupt':
      return { outcome: 'interrupt' };
    case 'blocked':
      return { outcome: outcome.response, ...faultOf(outcome.fault?.condition) };
  }
}

/** Not in the specification: whether an answer that was seen can be this outcome. */
export function canBe(observed: ObservedAnswer, outcome: Outcome): boolean {
  const allowed = observedAs(outcome);
  // A completion cannot always tell why it is none: UR may stand for CA.
  const refused = outcome.kind === 'blocked' && observed.outcome === 'UR';
  return (Object.keys(observed) as (keyof ObservedAnswer)[]).every((name) => {
    if (observed[name] === undefined || observed[name] === allowed[name]) return true;
    return name === 'outcome' && refused;
  });
}

const faultOf = (condition: { readonly code: string; readonly reason: number } | undefined) =>
  condition === undefined ? {} : { condition: condition.code, reason: condition.reason };
