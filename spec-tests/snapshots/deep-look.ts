import { Session } from 'node:inspector';
import { TaggedStore } from '../../src/caches/tagged-store.ts';

/** An object of a class, by the name of the class, its fields by name, `#private` ones too. */
export interface Look {
  readonly class: string;
  readonly fields: ReadonlyMap<string, unknown>;
}

const session = new Session();
session.connect();

/** The debugger sees what nobody else does. It answers before `post` returns. */
function ask<Result>(method: string, parameters: object): Result {
  let result: unknown;
  session.post(method, parameters, (error, answer) => {
    if (error !== null) throw error;
    result = answer;
  });
  return result as Result;
}

const SHELF = '__deepLook';
const shelf = globalThis as unknown as Record<string, unknown>;

interface Remote {
  readonly objectId?: string;
  readonly value?: unknown;
}

function privateFields(object: object): [string, unknown][] {
  shelf[SHELF] = object;
  const { result } = ask<{ result: Remote }>('Runtime.evaluate', { expression: SHELF, objectGroup: SHELF });
  const { privateProperties = [] } = ask<{ privateProperties?: { name: string; value?: Remote }[] }>(
    'Runtime.getProperties',
    { objectId: result.objectId, ownProperties: true },
  );
  return privateProperties.flatMap(({ name, value }): [string, unknown][] => {
    if (value === undefined) return []; // an accessor
    if (value.objectId === undefined) return [[name, value.value]];
    ask('Runtime.callFunctionOn', {
      objectId: value.objectId,
      functionDeclaration: `function () { ${SHELF} = this; }`,
    });
    return [[name, shelf[SHELF]]];
  });
}

const isPlain = (object: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(object));

/**
 * All that can be reached from an object, in values that can be compared: private fields too, each object once, functions
 * not. `leftOut` says which classes, and which fields of one, are not looked into.
 */
export function deepLook(root: object, leftOut: (className: string, field?: string) => boolean): unknown {
  const seen = new Map<object, number>();
  const look = (value: unknown): unknown => {
    if (typeof value === 'function') return 'function';
    if (typeof value !== 'object' || value === null) return value;
    if (ArrayBuffer.isView(value)) return [...(value as Uint32Array)];
    // Who holds an array does not care whether others hold the same.
    if (Array.isArray(value)) return value.map(look);
    const known = seen.get(value);
    if (known !== undefined) return `object ${known}`;
    seen.set(value, seen.size);
    if (value instanceof Map) return [...value].map(([key, one]) => [look(key), look(one)]);
    if (value instanceof Set) return [...value].map(look);
    if (isPlain(value)) return Object.entries(value).map(([name, one]) => [name, look(one)]);
    const { name } = value.constructor;
    if (leftOut(name)) return 'left out';
    const fields = [...Object.entries(value), ...privateFields(value)].filter(([, one]) => typeof one !== 'function');
    const shown = value instanceof TaggedStore ? withoutRoom(value, fields) : fields;
    const kept = shown.map(([field, one]) => [field, leftOut(name, field) ? 'left out' : look(one)] as const);
    return { class: name, fields: new Map(kept) } satisfies Look;
  };
  try {
    return look(root);
  } finally {
    ask('Runtime.releaseObjectGroup', { objectGroup: SHELF });
    delete shelf[SHELF];
  }
}

/** Behind its entries a store has room for more, where those that left may still stand. */
function withoutRoom({ words, count }: TaggedStore, fields: [string, unknown][]): [string, unknown][] {
  const size = Number(new Map(fields).get('#size'));
  return fields.map(([name, value]) => [name, name === 'words' ? words.slice(0, count * size) : value]);
}

/** The fields of each class in a look. */
export function fieldsOf(looked: unknown, found = new Map<string, Set<string>>()): Map<string, Set<string>> {
  if (Array.isArray(looked)) for (const one of looked) fieldsOf(one, found);
  else if (typeof looked === 'object' && looked !== null) {
    const { class: name, fields } = looked as Look;
    const names = found.get(name) ?? new Set();
    found.set(name, names);
    for (const [field, value] of fields) {
      names.add(field);
      fieldsOf(value, found);
    }
  }
  return found;
}
