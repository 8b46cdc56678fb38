import { isObject, type Kind, show, ValueError, readAs as valueAs } from '../bits/json-values.ts';
import { ErrorCode, Refusal } from './json-rpc.ts';

export {
  anyObject,
  boolean,
  byMember,
  bytes,
  digitOf,
  integer,
  type Kind,
  listOf,
  members,
  oneOf,
  orNull,
  type Read,
  text,
  unsigned,
} from '../bits/json-values.ts';
export { cachePolicyValue as cachePolicy } from '../caches/policy.ts';
export { sourceIdValue as sourceId } from '../messages/source-id.ts';
export { registerValues } from '../platform/unit-parameters.ts';

export const invalidParams = (message: string): Refusal => new Refusal(ErrorCode.INVALID_PARAMS, message);

/** The value as its kind reads it. Throws a {@link Refusal} that names the member and what it takes. */
export function readAs<T>(kind: Kind<T>, value: unknown, path: string): T {
  try {
    return valueAs(kind, value, path);
  } catch (error) {
    throw error instanceof ValueError ? invalidParams(error.message) : error;
  }
}

/** Names with the plain values that the model's own door judges. */
export const choiceValues: Kind<Readonly<Record<string, string | number | boolean>>> = {
  takes: 'an object of choice names and their values',
  read(value, path) {
    if (!isObject(value)) return undefined;
    for (const [name, one] of Object.entries(value)) {
      if (typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean') continue;
      throw new ValueError(`${path}.${name.slice(0, 40)} takes a string, a number or true or false, got ${show(one)}`);
    }
    return value as Readonly<Record<string, string | number | boolean>>;
  },
};
