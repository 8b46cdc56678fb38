import { isObject, type JsonObject } from './json-rpc.ts';

/** A number with all its 16 digits. */
export const long = (value: unknown): string => `0x${BigInt(String(value)).toString(16).padStart(16, '0')}`;

/** A list of words that may be empty, as the end of a line. */
export const listText = (all: readonly string[]): string =>
  all.length === 0 ? '0' : `${all.length} ${all.join('; ')}`;

/** The reply to `dma`, `interrupt` or `pageRequest`. With `details` it has every member of the reply in JSON, by its name. */
export function outcomeText(reply: JsonObject, details: boolean): string {
  const { outcome, ...members } = reply;
  switch (outcome) {
    case 'completed':
    case 'delivered': {
      const { address, ...rest } = members;
      return `${outcome} ${long(address)}${outcome === 'completed' ? moreText(rest, details) : dataText(rest, details)}`;
    }
    case 'translation': {
      const { address, size, words, fault, ...rights } = members;
      const data = moreText({ words }, details);
      return `translation ${long(address)} ${size}${membersText(rights)}${data}${completionFaultText(fault, details)}`;
    }
    case 'interrupt':
      return `interrupt ${outcomeText(members.interrupt as JsonObject, details)}`;
    case 'posted':
      return `posted${moreText(members, details)}`;
    case 'answered': {
      const { code, group } = members.response as JsonObject;
      return `answered ${code} ${group}${faultText(members.fault, details)}`;
    }
    default:
      return `${outcome}${faultText(members.fault, details)}`;
  }
}

/** Members by their names: flags are 1 or 0, all else is as in JSON. */
export const membersText = (members: JsonObject): string =>
  Object.entries(members)
    .map(([name, value]) => ` ${name}=${valueText(value)}`)
    .join('');

/** Registers of a unit by name, as one word: `MTRRCAP_REG:0x50a,PERFEVNTCAP_REG[0]:0x2`. */
export const registersText = (registers: JsonObject): string =>
  Object.entries(registers)
    .map(([name, value]) => `${name}:0x${BigInt(String(value)).toString(16)}`)
    .join();

/** A member of the reply to `events.take`. */
export function eventText({ kind, ...members }: JsonObject): string {
  return `${kind}${membersText(members)}`;
}

/** The reply to `explain`: a step is an entry, where it stands, what it is, and the section or the condition. */
export function explanationText({ steps, cached = [], outcome }: JsonObject): string {
  const parts = (steps as readonly JsonObject[]).map(({ structure, address, raw, rule }) => {
    const what = raw === undefined ? 'is refused' : `is ${raw}`;
    return `${structure} at ${address} ${what}, ${rule}`;
  });
  // From the last one on, so that what comes before does not move.
  for (const { cache, tags, content, after } of (cached as readonly JsonObject[]).toReversed()) {
    parts.splice(Number(after), 0, `cached (${cache}): ${tags}, ${content}`);
  }
  return [...parts, outcomeText(outcome as JsonObject, true)].join('; ');
}

/** The reply to `permitted`: its class, why, and what is right. */
export function verdictText({ class: kind, allowed, because }: JsonObject): string {
  const right = (allowed as readonly JsonObject[]).map((one) => outcomeText(one, true));
  return [`${kind} ${(because as readonly string[]).join('; ')}`, `allowed: ${right.join(', or ')}`].join('; ');
}

/** A member of the reply to `findings.take`. */
export function findingText({ kind, ...members }: JsonObject): string {
  if (kind === 'unsafe-order') return `${kind}: ${(members.commands as string[]).join(', ')}: ${members.because}`;
  const { step, request, outcome, fresh, remedy } = members;
  const asked = `${kind} at step ${step}:${membersText(request as JsonObject)}`;
  if (kind === 'unflushed-write') return `${asked}, ${(members.answers as string[]).join(' or ')}, ${members.because}`;
  const right = (fresh as readonly JsonObject[]).map((one) => outcomeText(one, false)).join(' or ');
  return [
    asked,
    `answered ${outcomeText(outcome as JsonObject, false)}`,
    `the tables say ${right}`,
    `missing: ${(remedy as string[]).join(', ')}`,
  ].join(', ');
}

function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (isObject(value)) return Object.values(value).join();
  return value === null ? 'none' : String(value).replaceAll(' ', ',');
}

const moreText = (members: JsonObject, wanted: boolean): string => (wanted ? membersText(members) : '');

const dataText = ({ data, ...rest }: JsonObject, details: boolean): string =>
  ` ${long(data)}${moreText(rest, details)}`;

/** A condition of interrupts is named by its number, which is not said twice. */
function faultText(fault: unknown, details: boolean): string {
  if (!isObject(fault)) return '';
  const { condition, reason, ...rest } = fault;
  const number = String(condition).endsWith('h') ? '' : ` ${reason}`;
  return ` ${condition}${number}${moreText(rest, details)}`;
}

function completionFaultText(fault: unknown, details: boolean): string {
  if (!isObject(fault)) return '';
  const { condition, ...rest } = fault;
  return ` fault=${condition}${moreText(rest, details)}`;
}
