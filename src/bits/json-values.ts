/** What is said of a value that is not of the kind that was expected: where it is, what it takes, and what is there. */
export class ValueError extends RangeError {}

/** Whether a JSON value is an object, as against an array, text, a number or null. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value in a message: short, and without walking into it. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (isObject(value)) return 'an object';
  if (typeof value === 'string' && value.length > 40) return `${JSON.stringify(value.slice(0, 40))} and more`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** A kind of value in JSON. */
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

/** The value as its kind reads it. Throws a {@link ValueError} that names the member and what it takes. */
export function readAs<T>(kind: Kind<T>, value: unknown, path: string): T {
  const read = kind.read(value, path);
  if (read === undefined) throw new ValueError(`${path} takes ${kind.takes}, got ${show(value)}`);
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
        if (kind === undefined) throw new ValueError(`there is no member ${show(prefix + name)}; there are ${names}`);
        found[name] = readAs(kind, value[name], prefix + name);
      }
      for (const name of needed) {
        if (found[name] === undefined) {
          throw new ValueError(`${prefix}${name} is missing; it takes ${kinds.get(name)!.takes}`);
        }
      }
      return found as Members<R, O>;
    },
  };
}

/** An object of whatever members. */
export const anyObject: Kind<Readonly<Record<string, unknown>>> = {
  takes: 'an object',
  read: (value) => (isObject(value) ? value : undefined),
};

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
        throw new ValueError(`${name} is missing; it takes ${values}`);
      if (kind === undefined) throw new ValueError(`${name} takes ${values}, got ${show(value[name])}`);
      return kind.read(value, path) as Read<Kinds[keyof Kinds]> | undefined;
    },
  };
}

/** An array of a kind. */
export const listOf = <T>(kind: Kind<T>): Kind<readonly T[]> => ({
  takes: `an array, of which each is ${kind.takes}`,
  read: (value, path) =>
    // Not `map`, which passes holes over.
    Array.isArray(value) ? Array.from(value, (item: unknown, n) => readAs(kind, item, `${path}[${n}]`)) : undefined,
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
