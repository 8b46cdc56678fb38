import { isObject } from '../oracle/json-rpc.ts';
import { bytesReply } from '../oracle/replies.ts';
import { long } from '../oracle/text-replies.ts';
import { bytesOfQwords } from '../vectors/differences.ts';
import type { ExpectedMembers } from '../vectors/types.ts';

/** What an expected answer looks like in the text dialect, as patterns of fnmatch(3) behind `OK `. */
export interface OutcomePattern {
  readonly plain: string;
  readonly detailed: string;
  /** It expects what is said only with details. */
  readonly needsDetails: boolean;
}

const ANY = '*';
const RIGHTS = ['read', 'write', 'execute', 'privileged', 'global', 'nonSnooped', 'untranslatedOnly'];
const OF_MESSAGE = ['address', 'data', 'destination', 'vector'];
const OF_DELIVERED = [
  'destination',
  'vector',
  'deliveryMode',
  'destinationMode',
  'redirectionHint',
  'triggerMode',
] as const;
/** Members of events in their order; `?` marks those that are not always there. */
const OF_EVENT: Readonly<Record<string, readonly string[]>> = {
  'device-tlb-invalidation': ['source', 'tag', 'address', 'size', 'pasid?', 'global'],
  'page-group-response': ['source', 'group', 'code', 'pasid?'],
  notification: OF_MESSAGE,
};

/** The pattern of a register's 16 digits. Bits that the mask leaves out may be either. */
export function numberPattern(value: string, width: 32 | 64, mask?: string): string {
  const compared = mask === undefined ? -1n : BigInt(mask) | (width === 32 ? -1n << 32n : 0n);
  const digits = Array.from({ length: 16 }, (_, n) => {
    const bits = (number: bigint) => Number((number >> BigInt(60 - 4 * n)) & 0xfn);
    return digitPattern(bits(BigInt(value)), bits(compared));
  });
  return `0x${digits.join('')}`;
}

/** The digits of which the compared bits are right. */
function digitPattern(value: number, compared: number): string {
  if (compared === 0) return '?';
  const right = Array.from({ length: 16 }, (_, digit) => digit).filter((digit) => ((digit ^ value) & compared) === 0);
  const digits = right.map((digit) => digit.toString(16)).join('');
  return digits.length === 1 ? digits : `[${digits}]`;
}

/** The pattern of words in memory: their bytes. Bits that the mask leaves out may be either. */
export function bytesPattern(qwords: readonly string[], mask?: readonly string[]): string {
  const digits = [...bytesReply(bytesOfQwords(qwords))];
  if (mask === undefined) return `0x${digits.join('')}`;
  const compared = [...bytesReply(bytesOfQwords(mask))];
  const patterns = digits.map((digit, i) =>
    digitPattern(Number.parseInt(digit, 16), Number.parseInt(compared[i]!, 16)),
  );
  return `0x${patterns.join('')}`;
}

/** The pattern of all messages that left the unit. */
export function eventsPattern(events: readonly ExpectedMembers[]): string {
  const each = events.map((event) => {
    const kind = String(event.kind);
    return `${kind}${membersPattern(event, OF_EVENT[kind] ?? ['address', 'data'])}`;
  });
  return events.length === 0 ? '0' : `${events.length} ${each.join('; ')}`;
}

/** The pattern of an answer to `dma`, `interrupt` or `pageRequest`. */
export function outcomePattern(expected: ExpectedMembers): OutcomePattern {
  switch (expected.outcome) {
    case 'completed':
      return completedPattern(expected);
    case 'translation':
      return translationPattern(expected);
    case 'interrupt':
      return interruptPattern(expected.interrupt);
    case 'delivered':
      return deliveredPattern(expected);
    case 'posted':
      return detailed('posted', membersPattern(expected, ['index', 'descriptor', 'vector', 'notification']), expected, [
        'outcome',
      ]);
    case 'answered': {
      const { code, group } = isObject(expected.response) ? expected.response : {};
      return blockedPattern({ ...expected, outcome: `answered ${valuePattern(code)} ${valuePattern(group)}` });
    }
    default:
      return blockedPattern(expected);
  }
}

function completedPattern(expected: ExpectedMembers): OutcomePattern {
  const mapped = ['pageSize', 'read', 'write'].some((name) => name in expected);
  const more = mapped
    ? membersPattern(expected, ['pageSize', 'read', 'write', 'snoop', 'memoryType'])
    : ` *${membersPattern(expected, ['snoop', 'memoryType']).trim()}`;
  return detailed(`completed ${longPattern(expected.address)}`, more, expected, ['outcome', 'address', 'fault']);
}

function translationPattern(expected: ExpectedMembers): OutcomePattern {
  const { address, size, words, fault } = expected;
  const head = `translation ${longPattern(address)} ${valuePattern(size)}${membersPattern(expected, RIGHTS)}`;
  const data = ` words=${valuePattern(words)}`;
  const end = completionFaultPattern(fault);
  const needsDetails = words !== undefined || end.needsDetails;
  return { plain: `${head}${end.plain}`, detailed: `${head}${data}${end.detailed}`, needsDetails };
}

function completionFaultPattern(fault: unknown): OutcomePattern {
  if (!isObject(fault)) return detailed(fault === null ? '' : ANY, '', {}, []);
  const more = membersPattern(fault, ['reason', 'qualified', 'recorded', 'notRecorded?']);
  return detailed(` fault=${valuePattern(fault.condition)}`, more, fault, ['condition']);
}

function interruptPattern(expected: unknown): OutcomePattern {
  if (!isObject(expected)) return { plain: 'interrupt *', detailed: 'interrupt *', needsDetails: false };
  const { plain, detailed, needsDetails } = outcomePattern(expected);
  return { plain: `interrupt ${plain}`, detailed: `interrupt ${detailed}`, needsDetails };
}

function deliveredPattern(expected: ExpectedMembers): OutcomePattern {
  const head = `delivered ${longPattern(expected.address)} ${longPattern(expected.data)}`;
  const more = membersPattern(expected, [...OF_DELIVERED, 'index?']);
  return detailed(head, more, expected, ['outcome', 'address', 'data']);
}

function blockedPattern({ outcome, fault }: ExpectedMembers): OutcomePattern {
  if (!isObject(fault)) return detailed(`${outcome}${fault === null ? '' : ANY}`, '', {}, []);
  const { condition, reason } = fault;
  // A condition of interrupts is named by its number alone.
  const number = String(condition).endsWith('h') ? '' : ` ${valuePattern(reason)}`;
  const more = membersPattern(fault, ['qualified', 'recorded', 'notRecorded?']);
  return detailed(`${outcome} ${valuePattern(condition)}${number}`, more, fault, ['condition', 'reason']);
}

/** What is said without details is `plain`; `expected` needs them if it has members that are not said there. */
function detailed(plain: string, more: string, expected: ExpectedMembers, said: readonly string[]): OutcomePattern {
  const needsDetails = Object.keys(expected).some((name) => !said.includes(name));
  return { plain, detailed: `${plain}${more}`, needsDetails };
}

/** Members in the order in which they are written. Of those marked `?` null expects that they are missing. */
function membersPattern(expected: ExpectedMembers, names: readonly string[]): string {
  return names
    .map((marked) => {
      const name = marked.replace('?', '');
      const value = expected[name];
      if (value === undefined) return marked === name ? ` ${name}=*` : ANY;
      return value === null && marked !== name ? '' : ` ${name}=${valuePattern(value)}`;
    })
    .join('');
}

const longPattern = (value: unknown): string => (value === undefined ? '0x*' : long(value));

function valuePattern(value: unknown): string {
  if (value === undefined) return ANY;
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (Array.isArray(value)) return value.map(valuePattern).join();
  if (isObject(value)) return OF_MESSAGE.map((name) => valuePattern(value[name])).join();
  const text = String(value);
  return /^0x[0-9a-f]+$/i.test(text) ? `0x${BigInt(text).toString(16)}` : text;
}
