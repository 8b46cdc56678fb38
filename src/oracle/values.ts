import { type CachePolicy, checkCachePolicy } from '../caches/policy.ts';
import { parseSourceId } from '../messages/source-id.ts';
import { ErrorCode, isObject, Refusal, show } from './json-rpc.ts';

/** A kind of value in a request. */
export interface Kind<T> {
  /** Completes "address takes …". */
  readonly takes: string;
  /** What a JSON value means; undefined if it is not of this kind. `path` names it for messages from inside. */
  read(value: unknown, path: string): T | undefined;
}

type Kinds = Readonly<Record<string, Kind<unknown>>>;
/** What a kind reads. */
export type Read<K> = K extends Kind<infer T> ? T : never;

/** The members that an object of these kinds has. */
export type Members<R extends Kinds, O extends Kinds> = { readonly [Name in keyof R]: Read<R[Name]> } & {
  readonly [Name in keyof O]?: Read<O[Name]>;
};

export const invalidParams = (message: string): Refusal => new Refusal(ErrorCode.INVALID_PARAMS, message);

/** The value as its kind reads it. Throws a {@link Refusal} that names the member and what it takes. */
export function readAs<T>(kind: Kind<T>, value: unknown, path: string): T {
  const read = kind.read(value, path);
  if (read === undefined) throw invalidParams(`${path} takes ${kind.takes}, got ${show(value)}`);
  return read;
}

/** An object with all of the first members, perhaps some of the second, and no others. */
export function members<R extends Kinds, O extends Kinds>(required: R, optional: O): Kind<Members<R, O>> {
  // A Map and not an object: a member may be called `constructor`.
  const kinds = new Map(Object.entries<Kind<unknown>>({ ...required, ...optional }));
  const names = kinds.size === 0 ? 'no members' : [...kinds.keys()].join(', ');
  const needed = Object.keys(required);
  return {
    takes: kinds.size === 0 ? 'an object without members' : `an object of ${names}`,
    read(value, path) {
      if (!isObject(value)) return undefined;
      const prefix = path === '' || path === 'params' ? '' : `${path}.`;
      const found: Record<string, unknown> = {};
      for (const name of Object.keys(value)) {
        const kind = kinds.get(name);
        if (kind === undefined) throw invalidParams(`there is no member ${show(prefix + name)}; there are ${names}`);
        found[name] = readAs(kind, value[name], prefix + name);
      }
      for (const name of needed) {
        if (found[name] === undefined) {
          throw invalidParams(`${prefix}${name} is missing; it takes ${kinds.get(name)!.takes}`);
        }
      }
      return found as Members<R, O>;
    },
  };
}

/** An object of one of several kinds: its member `name` says which, the first if it is `optional` and missing. */
export function byMember<const Kinds extends Readonly<Record<string, Kind<unknown>>>>(
  name: string,
  kinds: Kinds,
  optional = false,
): Kind<Read<Kinds[keyof Kinds]>> {
  const byValue = new Map<unknown, Kind<unknown>>(Object.entries(kinds));
  const [first] = byValue.values();
  const values = [...byValue.keys()].map((value) => JSON.stringify(value)).join(' or ');
  return {
    takes: `an object whose ${name} is ${values}`,
    read(value, path) {
      if (!isObject(value)) return undefined;
      const kind = optional && value[name] === undefined ? first : byValue.get(value[name]);
      if (kind === undefined && value[name] === undefined)
        throw invalidParams(`${name} is missing; it takes ${values}`);
      if (kind === undefined) throw invalidParams(`${name} takes ${values}, got ${show(value[name])}`);
      return kind.read(value, path) as Read<Kinds[keyof Kinds]> | undefined;
    },
  };
}

/** An array of a kind. */
export const listOf = <T>(kind: Kind<T>): Kind<readonly T[]> => ({
  takes: `an array, of which each is ${kind.takes}`,
  read: (value, path) =>
    Array.isArray(value) ? value.map((item: unknown, n) => readAs(kind, item, `${path}[${n}]`)) : undefined,
});

/** Of a kind, or null. */
export const orNull = <T>(kind: Kind<T>): Kind<T | null> => ({
  takes: `${kind.takes}, or null`,
  read: (value, path) => (value === null ? null : kind.read(value, path)),
});

const HEX = /^0x[0-9a-f]+$/;

/** An unsigned number of so many bits, in hexadecimal or as an integer. */
export function unsigned(bits: number): Kind<bigint> {
  const digits = bits / 4;
  return {
    takes: `"0x" and lower-case hexadecimal digits, or an integer up to 2^53 - 1, of ${bits} bits`,
    read(value) {
      if (typeof value === 'number') {
        if (!Number.isSafeInteger(value) || value < 0) return undefined;
        const integer = BigInt(value);
        return integer >> BigInt(bits) === 0n ? integer : undefined;
      }
      if (typeof value !== 'string' || !HEX.test(value)) return undefined;
      if (value.length <= digits + 2) return BigInt(value);
      // Leading zeros do not count, however many there are.
      const rest = value.slice(2).replace(/^0+/, '');
      return rest.length > digits ? undefined : BigInt(`0x0${rest}`);
    },
  };
}

/** A JSON integer. */
export function integer(low: number, high: number): Kind<number> {
  return {
    takes: `an integer from ${low} to ${high}`,
    read: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high ? value : undefined,
  };
}

export const boolean: Kind<boolean> = {
  takes: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
};

/** One of a few values. */
export function oneOf<const T extends string | number>(values: readonly T[]): Kind<T> {
  return {
    takes: values.map((value) => JSON.stringify(value)).join(' or '),
    read: (value) => values.find((one) => one === value),
  };
}

/** Pairs of hexadecimal digits, lowest address first. */
export function bytes(limit: number): Kind<Uint8Array> {
  return {
    takes: `pairs of hexadecimal digits, at most ${limit} bytes`,
    read(value) {
      if (typeof value !== 'string' || value.length % 2 !== 0 || value.length > limit * 2) return undefined;
      const read = new Uint8Array(value.length / 2);
      for (let i = 0; i < read.length; i++) {
        const high = digitOf(value.charCodeAt(2 * i));
        const low = digitOf(value.charCodeAt(2 * i + 1));
        if (high < 0 || low < 0) return undefined;
        read[i] = high * 16 + low;
      }
      return read;
    },
  };
}

const SOURCE = /^[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/i;
const sourceNumber = unsigned(16);

export const sourceId: Kind<number> = {
  takes: '"bb:dd.f" in hexadecimal, device up to 1f and function up to 7, or "0x" and the 16-bit number',
  read(value, path) {
    if (typeof value !== 'string') return undefined;
    if (SOURCE.test(value)) return parseSourceId(value);
    const number = sourceNumber.read(value, path);
    return number === undefined ? undefined : Number(number);
  },
};

/** Names with the plain values that the model's own door judges. */
export const choiceValues: Kind<Readonly<Record<string, string | number | boolean>>> = {
  takes: 'an object of choice names and their values',
  read(value, path) {
    if (!isObject(value)) return undefined;
    for (const [name, one] of Object.entries(value)) {
      if (typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean') continue;
      throw invalidParams(`${path}.${name.slice(0, 40)} takes a string, a number or true or false, got ${show(one)}`);
    }
    return value as Readonly<Record<string, string | number | boolean>>;
  },
};

/** Register names, and the value of each: at most so many, which the model's own door judges. */
export function registerValues(limit: number): Kind<Readonly<Record<string, bigint>>> {
  const value = unsigned(64);
  return {
    takes: `an object of at most ${limit} register names and their values`,
    read(given, path) {
      if (!isObject(given) || Object.keys(given).length > limit) return undefined;
      const read = Object.entries(given).map(
        ([name, one]) => [name, readAs(value, one, `${path}.${name.slice(0, 40)}`)] as const,
      );
      return Object.fromEntries(read);
    },
  };
}

/** The value of a hexadecimal digit by its code, or -1. */
export function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Text of at most so many characters. */
export const text = (limit: number): Kind<string> => ({
  takes: `a string of at most ${limit} characters`,
  read: (value) => (typeof value === 'string' && value.length <= limit ? value : undefined),
});

/** A policy of caches, §6.2. */
export const cachePolicy: Kind<CachePolicy> = {
  takes: '"none", "full" or an object of capacities',
  read(value) {
    if (typeof value !== 'string' && !isObject(value)) return undefined;
    try {
      checkCachePolicy(value);
      return value;
    } catch (error) {
      throw invalidParams(`unit.${(error as Error).message}`);
    }
  },
};
