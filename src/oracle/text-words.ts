import { type Refusal, show } from './json-rpc.ts';
import { invalidParams } from './values.ts';

const NUMBER = /^(?:0x([0-9a-f]+)|0([0-7]*)|([1-9][0-9]*))$/i;
/** Digits of the longest number that is read, leading zeros apart: 64 bits in octal. */
const MOST_DIGITS = 22;
const PAIRS = /^0x((?:[0-9a-f]{2})*)$/i;
const BASE64 = /^(?:[a-z0-9+/]{4})*(?:[a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?$/i;

/** Names that may follow a word, and what each stands for. */
export type OptionNames = Readonly<Record<string, 'flag' | 'value'>>;

/** The words of a request behind its command, taken one after the other. */
export class Words {
  readonly #usage: string;
  readonly #words: readonly string[];
  #next = 0;

  /** `usage` is what the command takes, as it is told to whoever got it wrong. */
  constructor(usage: string, words: readonly string[]) {
    this.#usage = usage;
    this.#words = words;
  }

  /** The next word if it is this one. */
  takeIf(word: string): boolean {
    if (this.#words[this.#next] !== word) return false;
    this.#next += 1;
    return true;
  }

  word(name: string): string {
    const word = this.#words[this.#next];
    if (word === undefined) throw invalidParams(`${name} is missing: ${this.#usage}`);
    this.#next += 1;
    return word;
  }

  number(name: string): bigint {
    return numberOf(name, this.word(name));
  }

  /** Bytes as `0x` and pairs of digits, without the `0x`. */
  pairs(name: string): string {
    const word = this.word(name);
    const pairs = PAIRS.exec(word)?.[1];
    if (pairs === undefined) throw wrongWord(name, '0x and pairs of hexadecimal digits', word);
    return pairs;
  }

  base64(name: string): Uint8Array {
    const word = this.word(name);
    if (!BASE64.test(word)) throw wrongWord(name, 'base64 with its padding', word);
    return Uint8Array.from(atob(word), (letter) => letter.charCodeAt(0));
  }

  /** The words before one that has to come, which is taken too. */
  before(end: string): Words {
    const found = this.#words.indexOf(end, this.#next);
    if (found < 0) throw invalidParams(`${end} is missing: ${this.#usage}`);
    const words = this.#words.slice(this.#next, found);
    this.#next = found + 1;
    return new Words(this.#usage, words);
  }

  /** All that are left. */
  rest(): readonly string[] {
    const rest = this.#words.slice(this.#next);
    this.#next = this.#words.length;
    return rest;
  }

  /** All that is left: `name` or `name=value`, each once, in any order. Without `names` every `name=value` is taken. */
  options(names?: OptionNames): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const word of this.rest()) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word : word.slice(0, equals);
      const form = names === undefined ? 'value' : Object.hasOwn(names, name) ? names[name] : undefined;
      if (form !== (equals < 0 ? 'flag' : 'value')) throw invalidParams(`${show(word)} is not known: ${this.#usage}`);
      if (found.has(name)) throw invalidParams(`${show(name)} stands here twice`);
      found.set(name, equals < 0 ? '' : word.slice(equals + 1));
    }
    return found;
  }

  /** Nothing may be left. */
  end(): void {
    const word = this.#words[this.#next];
    if (word !== undefined) throw invalidParams(`${show(word)} is one word too many: ${this.#usage}`);
  }
}

/** A number as C reads it with any base: `0x` and hexadecimal digits, `0` and octal ones, or decimal. */
export function numberOf(name: string, word: string): bigint {
  const [, hexadecimal, octal, decimal] = NUMBER.exec(word) ?? [];
  const digits = (hexadecimal ?? octal ?? decimal)?.replace(/^0+/, '');
  if (digits === undefined) throw wrongWord(name, 'a number such as 0x1000 or 4096', word);
  const prefix = hexadecimal !== undefined ? '0x' : octal !== undefined ? '0o' : '';
  const number = digits.length > MOST_DIGITS ? 1n << 64n : BigInt(`${prefix}${digits === '' ? '0' : digits}`);
  if (number >> 64n !== 0n) throw wrongWord(name, 'a number of 64 bits', word);
  return number;
}

function wrongWord(name: string, takes: string, word: string): Refusal {
  return invalidParams(`${name} takes ${takes}, got ${show(word)}`);
}
