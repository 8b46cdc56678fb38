import { hex } from '../bits/hex.ts';
import { IDENTITY } from './identity.ts';
import { type Call, isObject, type JsonObject, show } from './json-rpc.ts';
import {
  type Addressed,
  fillBytes,
  readBase64,
  readBytes,
  readNumber,
  writeBase64,
  writeBytes,
  writeNumber,
} from './text-memory.ts';
import { replyOf } from './text-observed.ts';
import {
  eventText,
  explanationText,
  findingText,
  listText,
  membersText,
  outcomeText,
  registersText,
  verdictText,
} from './text-replies.ts';
import { type Asked, dmaAsked, interruptAsked, pageAsked, unitAsked } from './text-requests.ts';
import { numberOf, type OptionNames, type Words } from './text-words.ts';
import { invalidParams } from './values.ts';

/** What a command works with. */
export interface Context extends Addressed {
  moveRegisters(base: bigint): void;
}

/** A command: what its words are, for whoever got them wrong, and the VALUE of its reply. */
export interface Command {
  readonly usage: string;
  perform(context: Context, words: Words): string;
}

const DMA_USAGE =
  'SOURCE read|write|atomic ADDR [length=N] [pasid=N] [type=untranslated|translation|translated] [value=N] [privileged] [execute] [nosnoop] [nowrite] [zlr] [details]';
const INTERRUPT_USAGE = 'SOURCE ADDR DATA [details]';
const PAGE_USAGE = 'SOURCE ADDR GROUP [read] [write] [last] [pasid=N] [execute] [privileged] [details]';

/** What QEMU's qtest takes as well, each with the bytes that it moves at once. */
const SIZES = { b: 1, w: 2, l: 4, q: 8 } as const;

/** Every command by its name. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ...Object.entries(SIZES).flatMap(([letter, bytes]): [string, Command][] => [
    [`read${letter}`, { usage: 'ADDR', perform: (context, words) => readNumber(context, bytes, words) }],
    [`write${letter}`, { usage: 'ADDR VALUE', perform: (context, words) => writeNumber(context, bytes, words) }],
  ]),
  ['read', { usage: 'ADDR SIZE', perform: readBytes }],
  ['write', { usage: 'ADDR SIZE DATA [invisible]', perform: writeBytes }],
  ['b64read', { usage: 'ADDR SIZE', perform: readBase64 }],
  ['b64write', { usage: 'ADDR SIZE DATA', perform: writeBase64 }],
  ['memset', { usage: 'ADDR SIZE VALUE', perform: fillBytes }],
  ['endianness', { usage: 'no words', perform: endianness }],
  [
    'unit',
    {
      usage:
        'base ADDR, or [cap=N] [ecap=N] [haw=N] [version=N] [registers=NAME:N,NAME:N] [caches=none|full|CACHE:N,CACHE:N] [CHOICE=VALUE]',
      perform: unit,
    },
  ],
  ['reset', { usage: '[power-good|warm]', perform: reset }],
  ['poison', { usage: 'ADDR SIZE [writesonly]', perform: poison }],
  ['dma', { usage: DMA_USAGE, perform: ({ call }, words) => ask(call, dmaAsked(words)) }],
  ['interrupt', { usage: INTERRUPT_USAGE, perform: ({ call }, words) => ask(call, interruptAsked(words)) }],
  ['pagerequest', { usage: PAGE_USAGE, perform: ({ call }, words) => ask(call, pageAsked(words)) }],
  ['explain', { usage: `${DMA_USAGE}, or interrupt ${INTERRUPT_USAGE}`, perform: explain }],
  ['permitted', { usage: `${DMA_USAGE}, or interrupt ${INTERRUPT_USAGE}, then = and a reply`, perform: permitted }],
  ['events', { usage: 'no words', perform: events }],
  ['findings', { usage: 'no words', perform: findings }],
  [
    'devicetlb',
    { usage: 'complete SOURCE [tag=N] [tags=N,N] [count=N], or timeout SOURCE, or request SOURCE', perform: deviceTlb },
  ],
  ['version', { usage: 'no words', perform: version }],
  ['quit', { usage: 'no words', perform: quit }],
]);

function ask(call: Call, { method, request, details }: Asked): string {
  return outcomeText(call(method, request), details);
}

function endianness(_context: Context, words: Words): string {
  words.end();
  return 'little';
}

function unit({ call, moveRegisters }: Context, words: Words): string {
  if (words.takeIf('base')) {
    const base = words.number('ADDR');
    words.end();
    if (base % 4096n !== 0n || base >> 52n !== 0n) {
      throw invalidParams(`ADDR takes a multiple of 4096 below 2^52, got ${hex(base)}`);
    }
    moveRegisters(base);
    return '';
  }
  const { unit, features } = call('initialize', unitAsked(words));
  const { version, hostAddressWidth, capabilities, extendedCapabilities, registers, choices = {} } = unit as JsonObject;
  const others = isObject(registers) ? { registers: registersText(registers) } : {};
  const parameters = { cap: capabilities, ecap: extendedCapabilities, haw: hostAddressWidth, version, ...others };
  return membersText({ ...parameters, ...(choices as JsonObject), features: (features as string[]).join() }).trim();
}

function reset({ call }: Context, words: Words): string {
  const kind = ['power-good', 'warm'].find((one) => words.takeIf(one));
  words.end();
  call('reset', kind === undefined ? {} : { kind });
  return '';
}

function poison({ call }: Context, words: Words): string {
  const address = words.number('ADDR');
  const length = Number(words.number('SIZE'));
  const writesOnly = words.takeIf('writesonly');
  words.end();
  call('memory.poison', { address: hex(address), length, writesOnly });
  return '';
}

/** What follows `explain` and `permitted`. */
const askedBy = (words: Words): Asked => (words.takeIf('interrupt') ? interruptAsked(words) : dmaAsked(words));

function explain({ call }: Context, words: Words): string {
  const { method, request } = askedBy(words);
  return explanationText(call('explain', { method, request }));
}

function permitted({ call }: Context, words: Words): string {
  const { method, request } = askedBy(words.before('='));
  const observed = replyOf(words.rest());
  return verdictText(call('permitted', { method, request, observed }));
}

function events({ call }: Context, words: Words): string {
  words.end();
  const { events, lost } = call('events.take', {});
  const text = listText((events as JsonObject[]).map(eventText));
  return lost === undefined ? text : `${text}; lost=${lost}`;
}

function findings({ call }: Context, words: Words): string {
  words.end();
  return listText((call('findings.take', {}).findings as JsonObject[]).map(findingText));
}

function deviceTlb({ call }: Context, words: Words): string {
  const what = words.word('complete, timeout or request');
  const source = words.word('SOURCE');
  if (what !== 'complete' && what !== 'timeout' && what !== 'request') {
    throw invalidParams(`devicetlb takes complete, timeout or request, got ${show(what)}`);
  }
  const named = what === 'complete' ? COMPLETION : {};
  const reply = call(`deviceTlb.${what}`, { source, ...numbersIn(words.options(named)) });
  return 'outcome' in reply ? outcomeText(reply, false) : '';
}

/** What an endpoint may say of its completion. */
const COMPLETION: OptionNames = { tag: 'value', tags: 'value', count: 'value' };

/** `tags` is a list, apart by commas. */
function numbersIn(options: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(
    [...options].map(([name, text]) => {
      const numbers = text.split(',').map((one) => Number(numberOf(name, one)));
      return [name, name === 'tags' ? numbers : Number(numberOf(name, text))] as const;
    }),
  );
}

function version(_context: Context, words: Words): string {
  words.end();
  return `${IDENTITY.name} ${IDENTITY.version}`;
}

function quit({ call }: Context, words: Words): string {
  words.end();
  call('shutdown', {});
  return '';
}
