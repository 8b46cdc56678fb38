import { PROTOCOL } from './identity.ts';
import { isObject, type JsonObject, show } from './json-rpc.ts';
import { membersOf, replyOf } from './text-observed.ts';
import { membersText, registersText } from './text-replies.ts';
import { choiceOf, DMA_WORDS, registersOf } from './text-requests.ts';

/** Where a client takes the registers to stand. */
const BASE = 0xfed9_0000n;

/** A method's parameters as the text dialect asks for the same, and the VALUE of the answer as the method's result. */
interface Translation {
  line(params: JsonObject): string;
  result(value: string): JsonObject;
}

const nothing = (): JsonObject => ({});

const METHODS: Readonly<Record<string, Translation>> = {
  initialize: { line: ({ unit }) => `unit${unitText(isObject(unit) ? unit : {})}`, result: initialized },
  reset: { line: ({ kind }) => (kind === undefined ? 'reset' : `reset ${kind}`), result: nothing },
  'memory.write': { line: writeLine, result: nothing },
  'memory.read': {
    line: ({ address, length }) => `read ${address} ${length}`,
    result: (value) => ({ data: value.slice(2) }),
  },
  'memory.poison': {
    line: ({ address, length, writesOnly }) => `poison ${address} ${length}${flag(writesOnly, 'writesonly')}`,
    result: nothing,
  },
  'register.write': {
    line: ({ offset, width, value }) => `write${letterOf(width)} ${registerAt(offset)} ${value}`,
    result: nothing,
  },
  'register.read': {
    line: ({ offset, width }) => `read${letterOf(width)} ${registerAt(offset)}`,
    result: (value) => ({ value: `0x${BigInt(value).toString(16)}` }),
  },
  dma: { line: dmaLine, result: outcomeOf },
  interrupt: {
    line: ({ source, address, data }) => `interrupt ${source} ${address} ${data}`,
    result: outcomeOf,
  },
  pageRequest: { line: pageLine, result: outcomeOf },
  'events.take': { line: () => 'events', result: eventsOf },
  'deviceTlb.complete': {
    line: ({ source, ...completed }) => `devicetlb complete ${source}${membersText(completed)}`,
    result: refusalOf,
  },
  'deviceTlb.timeout': { line: ({ source }) => `devicetlb timeout ${source}`, result: nothing },
  'deviceTlb.request': { line: ({ source }) => `devicetlb request ${source}`, result: refusalOf },
  shutdown: { line: () => 'quit', result: nothing },
};

/** The methods of the protocol that the text dialect has for whoever drives an implementation. */
export const TEXT_METHODS: readonly string[] = Object.freeze(Object.keys(METHODS));

/** The methods whose reply says all only when it is asked for. */
const WITH_DETAILS: ReadonlySet<string> = new Set(['dma', 'interrupt', 'pageRequest']);

/** The line of the text dialect that asks for a method; for all of the reply unless `details` is false. */
export function lineOf(method: string, params: JsonObject, details = true): string {
  const line = translationOf(method).line(params);
  return details && WITH_DETAILS.has(method) ? `${line} details` : line;
}

/** What an answer to that line says, as the result of the method. Throws an Error with a sentence if it says nothing. */
export function resultOf(method: string, answer: string): JsonObject {
  const [, word, value = ''] = /^(OK|FAIL)(?: (.*))?$/.exec(answer) ?? [];
  if (word === undefined) throw new Error(`an answer begins with OK or FAIL, got ${show(answer)}`);
  if (word === 'FAIL') throw new Error(value);
  return translationOf(method).result(value);
}

function translationOf(method: string): Translation {
  const found = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  if (found === undefined) throw new Error(`the text dialect has no ${method}`);
  return found;
}

function unitText({ choices, caches, registers, ...parameters }: JsonObject): string {
  const { version, hostAddressWidth: haw, capabilities: cap, extendedCapabilities: ecap } = parameters;
  const given = Object.entries({ cap, ecap, haw, version }).filter(([, value]) => value !== undefined);
  const remembered = caches === undefined ? {} : { caches: isObject(caches) ? capacitiesText(caches) : caches };
  const others = isObject(registers) ? { registers: registersText(registers) } : {};
  return membersText({ ...Object.fromEntries(given), ...others, ...remembered, ...(isObject(choices) ? choices : {}) });
}

const capacitiesText = (caches: JsonObject): string =>
  Object.entries(caches)
    .map(([name, value]) => `${name}:${value}`)
    .join();

function initialized(value: string): JsonObject {
  const { cap, ecap, haw, version, registers, features, ...choices } = membersOf(value.split(' '));
  const taken = Object.entries(choices).map(([name, text]) => [name, choiceOf(name, String(text))] as const);
  const chosen = taken.length === 0 ? {} : { choices: Object.fromEntries(taken) };
  return {
    protocol: PROTOCOL,
    name: 'an implementation that speaks the text dialect',
    version: '',
    unit: {
      version,
      hostAddressWidth: haw,
      capabilities: cap,
      extendedCapabilities: ecap,
      ...(registers === undefined ? {} : { registers: registersOf(String(registers)) }),
      ...chosen,
    },
    methods: TEXT_METHODS,
    features: String(features ?? '')
      .split(',')
      .filter((name) => name !== ''),
  };
}

function writeLine({ address, data, visible }: JsonObject): string {
  const digits = String(data);
  return `write ${address} ${digits.length / 2} 0x${digits}${flag(visible === false, 'invisible')}`;
}

function dmaLine({ source, access, address, ...others }: JsonObject): string {
  const options = Object.entries(others).map(([name, value]) => {
    const word = DMA_WORDS.get(name) ?? name;
    return typeof value === 'boolean' ? flag(value, word) : ` ${word}=${value}`;
  });
  return `dma ${source} ${access} ${address}${options.join('')}`;
}

function pageLine({ source, address, group, pasid, ...flags }: JsonObject): string {
  const words = Object.entries(flags).map(([name, set]) => flag(set, name));
  return `pagerequest ${source} ${address} ${group}${words.join('')}${pasid === undefined ? '' : ` pasid=${pasid}`}`;
}

function outcomeOf(value: string): JsonObject {
  return replyOf(value.split(' '));
}

/** Of a message that is not answered unless the unit refuses it. */
function refusalOf(value: string): JsonObject {
  return value === '' ? {} : outcomeOf(value);
}

function eventsOf(value: string): JsonObject {
  const [count = '', ...words] = value.split(' ');
  const [text = '', lost] = words.join(' ').split('; lost=');
  const events = count === '0' ? [] : text.split('; ').map(eventOf);
  return { events, ...(lost === undefined ? {} : { lost: Number(lost) }) };
}

function eventOf(text: string): JsonObject {
  const [kind, ...members] = text.split(' ');
  return { kind, ...membersOf(members) };
}

const flag = (set: unknown, word: string): string => (set === true ? ` ${word}` : '');
const letterOf = (width: unknown): string => (width === 64 ? 'q' : 'l');
const registerAt = (offset: unknown): string => `0x${(BASE + BigInt(String(offset))).toString(16)}`;
