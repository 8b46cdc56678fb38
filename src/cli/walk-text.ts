import { CAUSES } from '../conditions/causes.ts';
import {
  type Condition,
  columnOf,
  REQUEST_CLASSES,
  type RequestClass,
  type Response,
} from '../conditions/condition.ts';
import { hexadecimal } from '../images/hexadecimal.ts';
import type { AccessName, AddressTypeName } from '../messages/dma-request.ts';
import type { Blocked, Completed, Outcome, ReportedFault, TranslationCompletion } from '../messages/outcome.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { Step } from '../unit/explanation.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { shownFields } from './fields.ts';
import type { Output } from './output.ts';
import { bitsText, reservedBitsSet } from './reserved.ts';
import { countText, qwordsText, reasonText, sizeText, wrapped } from './text.ts';

/** What is asked about, as it was asked. */
export interface Asked {
  readonly sourceId: number;
  readonly address: bigint;
  readonly access: AccessName;
  readonly length: number;
  readonly type: AddressTypeName;
}

/** Shown also when they are 0: that is what the walk looked at. */
const ALWAYS_SHOWN: ReadonlySet<string> = new Set(['P', 'R', 'W', 'TT']);

const CLASSES: Readonly<Record<RequestClass, string>> = {
  Un: 'untranslated request',
  Up: 'untranslated, with PASID',
  TRn: 'translation request',
  TRp: 'translation, with PASID',
  TDn: 'translated request',
  TDp: 'translated, with PASID',
  PQr: 'page request wanting a response',
  PQd: 'page request wanting none',
};

const RESPONSES: Readonly<Record<Exclude<Response, '-'>, string>> = {
  UR: 'Unsupported Request',
  CA: 'Completer Abort',
  S0: 'Success, no permission',
  SE: 'Success, what is permitted',
  IR: 'Invalid Request',
  drop: 'dropped',
};

export function askedText({ sourceId, address, access, length, type }: Asked): string {
  const kind = type === 'untranslated' ? '' : ` (${type} request)`;
  const what = `${access[0]?.toUpperCase()}${access.slice(1)}`;
  return `${what} of ${countText(length, 'byte')} at ${hexadecimal(address)} by ${formatSourceId(sourceId)}${kind}`;
}

/** An entry of the walk in three lines or so. */
export function printStep(output: Output, n: number, step: Step, unit: RemappingUnit): void {
  const { format, address, words, rule } = step;
  const fault = !rule.startsWith('§');
  const number = `${n}`.padStart(2);
  const shownRule = fault ? output.bad(rule) : output.dim(rule);
  output.line(`${number}  ${output.heading(format.title)} at ${hexadecimal(address)}  ${shownRule}`);
  if (words === undefined) {
    output.line('    memory refuses, or the image does not hold it');
    return;
  }
  output.lines(wrapped('    ', qwordsText(words)));
  const fields = shownFields(format.fields, words);
  const shown = fields.filter(({ name, value }) => value !== 0n || ALWAYS_SHOWN.has(name)).reverse();
  output.lines(wrapped('    ', shown.map(({ name, text }) => `${name}=${text}`).join(' ')));
  for (const { name, bits, meaning } of shown) {
    if (meaning !== undefined && bits.includes(':')) output.line(`    ${name}: ${meaning}`);
  }
  if (!fault) return;
  const reserved = reservedBitsSet(format, words, unit.reserved);
  if (reserved.length > 0) output.line(output.bad(`    reserved ${bitsText(reserved)} set`));
  const rights = fields.filter(({ name }) => name === 'R' || name === 'W');
  if (rights.length === 2 && rights.every(({ value }) => value === 0n)) {
    output.line(output.bad('    neither R nor W: nothing is mapped here'));
  }
}

export function printOutcome(output: Output, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'completed':
      printCompleted(output, outcome);
      break;
    case 'translation':
      printTranslation(output, outcome);
      break;
    case 'interrupt':
      output.line(output.good('Outcome  an interrupt request: it is not remapped as memory'));
      break;
    case 'blocked':
      printBlocked(output, outcome);
      break;
  }
}

function printCompleted(output: Output, { address, mapping, snooped, memoryType }: Completed): void {
  output.line(output.good(`Outcome  goes on to host address ${hexadecimal(address)}`));
  const how =
    mapping === undefined
      ? 'no tables were walked'
      : `page of ${sizeText(mapping.pageSize)}, ${rightsText(mapping.read, mapping.write)}`;
  output.line(`         ${how}; ${snooped ? 'snooped' : 'not snooped'}, memory type ${memoryType}`);
}

function printTranslation(output: Output, completion: TranslationCompletion): void {
  const { address, size, read, write, fault, nonSnooped, untranslatedOnly } = completion;
  output.line(
    output.good(`Outcome  translation completion with Success: ${sizeText(size)} from ${hexadecimal(address)}`),
  );
  output.line(
    `         ${rightsText(read, write)}${nonSnooped ? ', N=1' : ''}${untranslatedOnly ? ', U=1: for untranslated requests only' : ''}`,
  );
  if (fault !== undefined) printFault(output, fault);
}

function printBlocked(output: Output, { response, fault }: Blocked): void {
  output.line(output.bad(`Outcome  blocked, answered with ${RESPONSES[response]}`));
  if (fault === undefined) {
    output.line(
      '         No condition of the fault tables: protected memory, or a request that this unit does not take.',
    );
    return;
  }
  printFault(output, fault);
}

function printFault(output: Output, { condition, notRecorded }: ReportedFault): void {
  const { code, reason, meaning, qualified } = condition;
  output.line(`         ${output.bad(`${code}, fault reason ${reasonText(reason)}`)}: ${meaning}`);
  const record =
    notRecorded === 'fpd'
      ? 'not recorded: FPD is 1 in an entry on the way'
      : qualified
        ? 'recorded, unless FPD is 1 in an entry on the way'
        : 'recorded whatever FPD says';
  output.line(`         ${record}`);
  output.line();
  output.line(output.heading('Answers of this condition'));
  for (const [name, text] of answersOf(condition)) output.line(`  ${name.padEnd(34)}${text}`);
  const causes = CAUSES[code];
  if (causes === undefined) return;
  output.line();
  output.line(output.heading('Usual causes'));
  for (const [n, cause] of causes.entries()) output.lines(wrapped(`  ${n + 1}. `, cause));
}

/** What the condition turns each class of request into, where it can meet one. */
export function answersOf({ responses }: Condition): readonly (readonly [string, string])[] {
  return REQUEST_CLASSES.flatMap((name) => {
    const response = responses[columnOf(name)];
    return response === undefined || response === '-' ? [] : [[CLASSES[name], RESPONSES[response]] as const];
  });
}

const rightsText = (read: boolean, write: boolean): string =>
  read ? (write ? 'read and write' : 'read only') : write ? 'write only' : 'no permission';
