import { hex } from '../bits/hex.ts';
import { wordsText } from '../bits/words-text.ts';
import { CAUSES } from '../conditions/causes.ts';
import type { Finding } from '../lint/finding.ts';
import type { InterruptOutcome, Outcome } from '../messages/outcome.ts';
import type { Memory } from '../platform/memory.ts';
import type { Step } from '../unit/explanation.ts';

export const isMemory = (value: unknown): value is Memory =>
  typeof value === 'object' && value !== null && 'load' in value && 'compareAndSwap' in value;

/** What became of a request, as the end of a sentence. */
export function outcomeText(outcome: Outcome | InterruptOutcome): string {
  switch (outcome.kind) {
    case 'completed':
    case 'translation':
      return `and it went to ${hex(outcome.address)}`;
    case 'blocked': {
      if (outcome.response === 'malformed') return 'and it was malformed, so that nothing answered it';
      if (outcome.fault === undefined) return `and it was answered with ${outcome.response}, by no condition`;
      const { code, meaning } = outcome.fault.condition;
      const causes = (CAUSES[code] ?? []).map((cause) => `\n  perhaps: ${cause}`).join('');
      return `and it was answered with ${outcome.response}: ${code}, ${meaning}${causes}`;
    }
    default:
      return `and it was ${outcome.kind}`;
  }
}

/** The entries that a walk read, a line each. */
export const stepsText = (steps: readonly Step[]): string =>
  steps
    .map(({ format, address, words, rule }) => {
      const content = words === undefined ? 'memory refuses' : wordsText(words);
      return `  ${format.title} at ${hex(address)}: ${content} (${rule})`;
    })
    .join('\n');

/** A finding in two lines. */
export function findingText({
  rule,
  structure,
  address,
  field,
  value,
  of,
  says,
  hardware,
  mend,
  count,
}: Finding): string {
  const where = address === undefined ? structure : `${structure} at ${hex(address)}`;
  const facts = [field, value === undefined ? undefined : `= ${value}`, of].filter((text) => text !== undefined);
  const more = count > 1 ? ` (${count} like this)` : '';
  return `  ${rule}: ${says}\n    ${[where, ...facts].join(', ')}${more}\n    ${hardware}; to mend it: ${mend}`;
}
