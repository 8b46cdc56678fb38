import { CACHE_TITLES, type CacheName } from '../caches/caches.ts';
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
import type {
  Blocked,
  Completed,
  DeliveredInterrupt,
  InterruptOutcome,
  Outcome,
  PostedInterrupt,
  ReportedFault,
  TranslationCompletion,
} from '../messages/outcome.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { Step } from '../unit/explanation.ts';
import { interruptText } from './interrupt-text.ts';
import type { Output } from './output.ts';
import { countText, reasonText, sizeText, wrapped } from './text.ts';

/** What is asked about, as it was asked. */
export interface Asked {
  readonly sourceId: number;
  readonly address: bigint;
  readonly access: AccessName;
  readonly length: number;
  readonly type: AddressTypeName;
  readonly pasid?: number;
  readonly privileged: boolean;
  readonly execute: boolean;
  readonly noSnoop: boolean;
  readonly noWrite: boolean;
}

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

const RESPONSES: Readonly<Record<Exclude<Response, '-'> | Blocked['response'], string>> = {
  UR: 'Unsupported Request',
  CA: 'Completer Abort',
  S0: 'Success, no permission',
  SE: 'Success, what is permitted',
  IR: 'Invalid Request',
  drop: 'dropped',
  malformed: 'nothing: the packet is malformed',
};

export function askedText(asked: Asked): string {
  const { sourceId, address, access, length, type, pasid, privileged, execute, noSnoop, noWrite } = asked;
  const kinds = [
    ...(type === 'untranslated' ? [] : [`${type} request`]),
    ...(pasid === undefined ? [] : [`PASID ${pasid}`]),
    ...(privileged ? ['supervisor'] : []),
    ...(execute ? ['execute'] : []),
    ...(noSnoop ? ['no snoop'] : []),
    ...(noWrite ? ['no write'] : []),
  ];
  const what = `${access[0]?.toUpperCase()}${access.slice(1)}`;
  const kind = kinds.length === 0 ? '' : ` (${kinds.join(', ')})`;
  return `${what} of ${countText(length, 'byte')} at ${hexadecimal(address)} by ${formatSourceId(sourceId)}${kind}`;
}

/** Entries of caches, a line or two each; nothing if there are none. */
export function printCaches(
  output: Output,
  heading: string,
  entries: readonly { readonly cache: CacheName; readonly tags: string; readonly content: string }[],
): void {
  if (entries.length === 0) return;
  output.line(output.heading(heading));
  for (const { cache, tags, content } of entries)
    output.lines(wrapped('    ', `${CACHE_TITLES[cache]}: ${tags}, ${content}`));
  output.line();
}

/** What became of a request; `steps` are the entries on the way there. */
export function printOutcome(output: Output, outcome: Outcome | InterruptOutcome, steps: readonly Step[]): void {
  switch (outcome.kind) {
    case 'completed':
      printCompleted(output, outcome);
      break;
    case 'translation':
      printTranslation(output, outcome);
      break;
    case 'interrupt':
      printInterrupt(output, outcome.interrupt, steps);
      break;
    case 'delivered':
    case 'posted':
      printInterrupt(output, outcome, steps);
      break;
    case 'blocked':
      printBlocked(output, outcome);
      break;
  }
}

function printInterrupt(output: Output, interrupt: DeliveredInterrupt | PostedInterrupt, steps: readonly Step[]): void {
  const [title = '', ...more] = interruptText(interrupt, steps);
  output.line(output.good(title));
  output.lines(more);
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
  const { address, size, read, write, fault, nonSnooped, untranslatedOnly, words } = completion;
  output.line(
    output.good(`Outcome  translation completion with Success: ${sizeText(size)} from ${hexadecimal(address)}`),
  );
  output.line(
    `         ${rightsText(read, write)}${nonSnooped ? ', N=1' : ''}${untranslatedOnly ? ', U=1: for untranslated requests only' : ''}`,
  );
  output.line(`         sent as ${words.map(hexadecimal).join(', ')}`);
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
export function answersOf(
  { responses }: Condition,
  classes: readonly RequestClass[] = REQUEST_CLASSES,
): readonly (readonly [string, string])[] {
  return classes.flatMap((name) => {
    const response = responses[columnOf(name)];
    return response === undefined || response === '-' ? [] : [[CLASSES[name], RESPONSES[response]] as const];
  });
}

const rightsText = (read: boolean, write: boolean): string =>
  read ? (write ? 'read and write' : 'read only') : write ? 'write only' : 'no permission';
