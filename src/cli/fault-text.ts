import { CAUSES } from '../conditions/causes.ts';
import type { Condition, RequestClass } from '../conditions/condition.ts';
import { INTERRUPT_FAULTS } from '../conditions/interrupt.ts';
import { TRANSLATION_FAULTS } from '../conditions/translation.ts';
import { hexadecimal } from '../images/hexadecimal.ts';
import type { LoggedFaults } from '../logs/fault-log.ts';
import { isInterruptReason, type LoggedFault } from '../logs/logged-fault.ts';
import type { InterruptOutcome, Outcome } from '../messages/outcome.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { Explanation } from '../unit/explanation.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import type { Output } from './output.ts';
import { countText, reasonText, wrapped } from './text.ts';
import { stepFacts } from './walk-json.ts';
import { printSteps } from './walk-steps.ts';
import { answersOf } from './walk-text.ts';

/** Faults of a log with the walk that they were the end of, if its entries are at hand. */
export interface Walked extends LoggedFaults {
  readonly walk?: Explanation<Outcome | InterruptOutcome>;
  /** Whose walk it is. */
  readonly unit?: RemappingUnit;
}

/** The rows of Tables 15 and 30 with the reason of a fault, §7.1.3: several where one number stands for several. */
export function conditionsOf({ reason }: LoggedFault): readonly Condition[] {
  const rows: readonly Condition[] = isInterruptReason(reason) ? INTERRUPT_FAULTS : TRANSLATION_FAULTS;
  return rows.filter((row) => row.reason === reason);
}

export function printFaults(output: Output, faults: readonly Walked[]): void {
  for (const [n, one] of faults.entries()) {
    if (n > 0) output.line();
    printFault(output, one);
  }
}

function printFault(output: Output, one: Walked): void {
  output.lines(wrapped('', headline(one)).map(output.heading));
  const conditions = conditionsOf(one.fault);
  if (conditions.length === 0) {
    output.line(output.bad(`  fault reason ${reasonText(one.fault.reason)} is in no table of the specification`));
    return;
  }
  for (const { code, meaning, reason } of conditions) {
    output.line(`  ${output.bad(`${code}, fault reason ${reasonText(reason)}`)}: ${meaning}`);
  }
  printAnswers(output, one.fault, conditions);
  printCauses(output, conditions);
  if (one.walk !== undefined) printWalk(output, one, one.walk, conditions);
}

/** What happened, where, and how often. */
function headline({ fault, count, firstLine, lastLine, lowest, highest }: LoggedFaults): string {
  const { segment, sourceId, kind, access, type, pasid, privileged, execute, index } = fault;
  const device = `${segment === undefined || segment === 0 ? '' : `${segment.toString(16).padStart(4, '0')}:`}${formatSourceId(sourceId)}`;
  const kinds = [
    ...(type === undefined || type === 'untranslated' ? [] : [`${type} request`]),
    ...(pasid === undefined ? [] : [`PASID ${hexadecimal(BigInt(pasid))}`]),
    ...(privileged === true ? ['supervisor'] : []),
    ...(execute === true ? ['execute'] : []),
  ];
  const what =
    kind === 'interrupt' ? `Interrupt request with index ${index ?? 'unknown'}` : `DMA ${access ?? 'request'}`;
  const where =
    lowest === undefined || kind === 'interrupt'
      ? ''
      : lowest === highest
        ? ` at ${hexadecimal(lowest)}`
        : ` at ${hexadecimal(lowest)} to ${hexadecimal(highest ?? lowest)}`;
  const often = count === 1 ? '' : `, ${countText(count, 'time')} from line ${firstLine} to ${lastLine}`;
  return `${what} by ${device}${where}${kinds.length === 0 ? '' : ` (${kinds.join(', ')})`}${often}`;
}

/** What the device got, §7.1.3, as far as it is known which kind of request it made. */
function printAnswers(output: Output, fault: LoggedFault, conditions: readonly Condition[]): void {
  const classes = classesOf(fault);
  const answers = conditions.flatMap((condition) => answersOf(condition, classes).map(([, text]) => text));
  if (answers.length > 0) output.line(output.dim(`  answered: ${[...new Set(answers)].join(', or ')}`));
}

/** The columns of Table 30 that a fault may be of. */
function classesOf({ kind, access, type, pasid }: LoggedFault): readonly RequestClass[] {
  if (kind === 'interrupt') return ['Un'];
  if (access === 'page request') return ['PQr', 'PQd'];
  if (type === undefined) return pasid === undefined ? ['Un', 'TRn', 'TDn'] : ['Up', 'TRp', 'TDp'];
  const [without, withPasid] = CLASSES[type];
  return [pasid === undefined ? without : withPasid];
}

const CLASSES = {
  untranslated: ['Un', 'Up'],
  translation: ['TRn', 'TRp'],
  translated: ['TDn', 'TDp'],
} as const;

function printCauses(output: Output, conditions: readonly Condition[]): void {
  const causes = [...new Set(conditions.flatMap(({ code }) => CAUSES[code] ?? []))];
  if (causes.length === 0) return;
  output.line('  Usual causes');
  for (const [n, cause] of causes.entries()) output.lines(wrapped(`  ${`${n + 1}`.padStart(2)}. `, cause));
}

/** The entries, and whether they say what was recorded. */
function printWalk(
  output: Output,
  { unit, fault, dump }: Walked,
  { steps, outcome }: Explanation<Outcome | InterruptOutcome>,
  conditions: readonly Condition[],
): void {
  output.line(
    dump === undefined
      ? '  The entries of the image'
      : '  The entries in the log; where the root table was it does not tell',
  );
  printSteps(output, steps, unit!);
  const met = 'fault' in outcome ? outcome.fault?.condition : undefined;
  if (met !== undefined && conditions.includes(met)) {
    output.line(output.bad(`  ${met.code}: the entries as they are now give this fault.`));
    return;
  }
  const now = met === undefined ? nowText(outcome) : `${met.code}, fault reason ${reasonText(met.reason)}`;
  const why =
    `The entries as they are now do not give fault reason ${reasonText(fault.reason)}: ${now}. They have changed since, ` +
    'or the unit went by an older one that it had cached, which an invalidation should have removed.';
  output.lines(wrapped('  ', why));
}

/** What becomes of the request now that nothing stops it. */
function nowText(outcome: Outcome | InterruptOutcome): string {
  switch (outcome.kind) {
    case 'completed':
      return `the request goes on to host address ${hexadecimal(outcome.address)}`;
    case 'blocked':
      return 'it is blocked without a condition of the tables';
    default:
      return `it is answered (${outcome.kind})`;
  }
}

/** The same for programs. */
export function faultFacts(one: Walked) {
  const { fault, count, firstLine, lastLine, lowest, highest, walk } = one;
  const { sourceId, ...rest } = fault;
  const conditions = conditionsOf(fault);
  const outcome = walk?.outcome;
  const met = outcome !== undefined && 'fault' in outcome ? outcome.fault?.condition : undefined;
  return {
    ...rest,
    source: formatSourceId(sourceId),
    ...{ count, firstLine, lastLine, lowest, highest },
    conditions: conditions.map(({ code, meaning }) => ({
      code,
      meaning,
      table: isInterruptReason(fault.reason) ? 15 : 30,
      causes: CAUSES[code] ?? [],
    })),
    ...(walk === undefined
      ? {}
      : {
          walk: walk.steps.map(stepFacts),
          now: met?.code ?? walk.outcome.kind,
          explained: met !== undefined && conditions.includes(met),
        }),
  };
}
