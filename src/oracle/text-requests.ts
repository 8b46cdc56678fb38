import { hex } from '../bits/hex.ts';
import { CHOICE_VALUES, type Choices } from '../platform/choices.ts';
import { type JsonObject, show } from './json-rpc.ts';
import { numberOf, type OptionNames, type Words } from './text-words.ts';
import { invalidParams } from './values.ts';

/** What may follow the address of `dma`: the word, its form, and the member of the parameters that it sets. */
const DMA_MEMBERS = [
  ['length', 'value', 'length'],
  ['pasid', 'value', 'pasid'],
  ['type', 'value', 'type'],
  ['value', 'value', 'value'],
  ['privileged', 'flag', 'privileged'],
  ['execute', 'flag', 'execute'],
  ['nosnoop', 'flag', 'noSnoop'],
  ['nowrite', 'flag', 'noWrite'],
  ['zlr', 'flag', 'zeroLength'],
] as const;
const DMA_OPTIONS: OptionNames = Object.fromEntries([
  ...DMA_MEMBERS.map(([word, form]) => [word, form] as const),
  ['details', 'flag'] as const,
]);
/** The word for each member. */
export const DMA_WORDS: ReadonlyMap<string, string> = new Map(DMA_MEMBERS.map(([word, , member]) => [member, word]));
const DETAILS: OptionNames = { details: 'flag' };
const PAGE_FLAGS = ['read', 'write', 'execute', 'privileged', 'last'] as const;
const PAGE_OPTIONS: OptionNames = {
  ...Object.fromEntries(PAGE_FLAGS.map((name) => [name, 'flag'] as const)),
  pasid: 'value',
  ...DETAILS,
};

/** A request of a device, as the method takes it, and whether its reply is to have all members. */
export interface Asked {
  readonly method: 'dma' | 'interrupt' | 'pageRequest';
  readonly request: JsonObject;
  readonly details: boolean;
}

/** `SOURCE read|write|atomic ADDR` and options: the parameters of `dma`. */
export function dmaAsked(words: Words): Asked {
  const request: Record<string, unknown> = { source: words.word('SOURCE'), access: words.word('ACCESS') };
  request.address = hex(words.number('ADDR'));
  const options = words.options(DMA_OPTIONS);
  for (const [word, form, member] of DMA_MEMBERS) {
    const text = options.get(word);
    if (text === undefined) continue;
    if (form === 'flag') request[member] = true;
    else if (member === 'type') request[member] = text;
    else if (member === 'value') request[member] = hex(numberOf(word, text));
    else request[member] = Number(numberOf(word, text));
  }
  return { method: 'dma', request, details: options.has('details') };
}

/** `SOURCE ADDR DATA`: the parameters of `interrupt`. */
export function interruptAsked(words: Words): Asked {
  const source = words.word('SOURCE');
  const address = hex(words.number('ADDR'));
  const data = hex(words.number('DATA'));
  const details = words.options(DETAILS).has('details');
  return { method: 'interrupt', request: { source, address, data }, details };
}

/** `SOURCE ADDR GROUP` and options: the parameters of `pageRequest`. */
export function pageAsked(words: Words): Asked {
  const source = words.word('SOURCE');
  const address = hex(words.number('ADDR'));
  const group = Number(words.number('GROUP'));
  const options = words.options(PAGE_OPTIONS);
  const flags = Object.fromEntries(PAGE_FLAGS.map((name) => [name, options.has(name)]));
  const text = options.get('pasid');
  const pasid = text === undefined ? {} : { pasid: Number(numberOf('pasid', text)) };
  return {
    method: 'pageRequest',
    request: { source, address, group, ...flags, ...pasid },
    details: options.has('details'),
  };
}

/** `name=value` words of `unit`: the parameters of `initialize`. What is no parameter is the name of a choice. */
export function unitAsked(words: Words): JsonObject {
  const unit: Record<string, unknown> = {};
  const choices: Record<string, unknown> = {};
  for (const [name, value] of words.options()) {
    if (name === 'cap') unit.capabilities = hex(numberOf(name, value));
    else if (name === 'ecap') unit.extendedCapabilities = hex(numberOf(name, value));
    else if (name === 'version') unit.version = hex(numberOf(name, value));
    else if (name === 'haw') unit.hostAddressWidth = Number(numberOf(name, value));
    else if (name === 'registers') unit.registers = registersOf(value);
    else if (name === 'caches') unit.caches = cachesOf(value);
    else choices[name] = choiceOf(name, value);
  }
  return { unit: Object.keys(choices).length === 0 ? unit : { ...unit, choices } };
}

/** Names and values, `MTRRCAP_REG:0x50a,PERFCNTREVCAP_REG[0,1]:0x2`: a comma in brackets belongs to a name. */
export function registersOf(text: string): Readonly<Record<string, string>> {
  const each: string[] = [];
  let open = false;
  for (const part of text.split(',')) {
    if (open) each[each.length - 1] += `,${part}`;
    else each.push(part);
    open = open ? !part.includes(']') : part.includes('[') && !part.includes(']');
  }
  return Object.fromEntries(each.map(registerOf));
}

function registerOf(text: string): readonly [name: string, value: string] {
  const colon = text.indexOf(':');
  if (colon < 1) throw invalidParams(`registers takes NAME:VALUE, apart by commas, got ${show(text)}`);
  return [text.slice(0, colon), hex(numberOf('registers', text.slice(colon + 1)))];
}

/** `none`, `full`, or capacities such as `iotlb:16,context:4`. */
function cachesOf(text: string): unknown {
  if (!text.includes(':')) return text;
  const capacities: [string, unknown][] = text.split(',').map((one) => {
    const [name = '', value = ''] = one.split(':');
    return [name, /^\d+$/.test(value) ? Number(value) : value];
  });
  return Object.fromEntries(capacities);
}

/** The value of a choice whose text this is: a string, a number, or true or false. */
export function choiceOf(name: string, text: string): unknown {
  if (!Object.hasOwn(CHOICE_VALUES, name)) {
    throw invalidParams(
      `there is no ${name}; there are base ADDR, cap, ecap, haw, version, registers, caches, and the choices ${Object.keys(CHOICE_VALUES).join(', ')}`,
    );
  }
  const values = CHOICE_VALUES[name as keyof Choices];
  // The names of an order are apart by commas here: a blank would begin another word.
  if ('orderOf' in values) return text.replaceAll(',', ' ');
  const number = /^0x[0-9a-f]+$|^\d+$/i.test(text) ? Number(numberOf(name, text)) : undefined;
  if ('low' in values) return number ?? text;
  const listed: readonly unknown[] = values;
  // true and false are 1 and 0 as well, like every flag here.
  return listed.find((one) => String(one) === text || Number(one) === number) ?? text;
}
