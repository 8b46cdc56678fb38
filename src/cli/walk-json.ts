import { wordsText } from '../bits/words-text.ts';
import { CAUSES } from '../conditions/causes.ts';
import type { InterruptOutcome, Outcome } from '../messages/outcome.ts';
import type { Explanation, Step } from '../unit/explanation.ts';
import { shownFields } from './fields.ts';
import type { CacheFill } from './walk-caches.ts';
import { answersOf } from './walk-text.ts';

/** A walk for programs: the request as it is given here, the entries, the outcome, and what caches had to do with it. */
export function walkFacts(
  request: object,
  { steps, cached, outcome }: Explanation<Outcome | InterruptOutcome>,
  filled: readonly CacheFill[],
) {
  return {
    request,
    steps: steps.map(stepFacts),
    ...(cached.length === 0 ? {} : { cached }),
    outcome: outcomeFacts(outcome),
    ...(filled.length === 0 ? {} : { filled }),
  };
}

/** An entry of a walk for programs. */
export function stepFacts({ format, address, words, rule }: Step) {
  const place = { structure: format.title, section: format.section, address, rule };
  if (words === undefined) return { ...place, refused: true };
  const fields = Object.fromEntries(shownFields(format.fields, words).map(({ name, value }) => [name, value]));
  return { ...place, value: wordsText(words), fields };
}

function outcomeFacts(outcome: Outcome | InterruptOutcome) {
  const fault = 'fault' in outcome ? outcome.fault : undefined;
  if (fault === undefined) return outcome;
  const { code, reason, meaning, qualified } = fault.condition;
  const answers = Object.fromEntries(answersOf(fault.condition));
  const { notRecorded } = fault;
  return { ...outcome, fault: { code, reason, meaning, qualified, notRecorded, answers, causes: CAUSES[code] ?? [] } };
}
