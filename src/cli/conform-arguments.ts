import { type CachePolicy, checkCachePolicy } from '../caches/policy.ts';
import { InputError, messageOf, quoted } from '../images/input-error.ts';
import { choicesWith } from '../platform/choices.ts';

/** A policy of caches: `none`, `full`, or capacities as JSON. */
export function parseCaches(text: string | undefined): CachePolicy | undefined {
  if (text === undefined) return undefined;
  const value = text.startsWith('{') ? jsonOf(text, '--caches') : text;
  return atDoor(() => {
    checkCachePolicy(value as CachePolicy);
    return value as CachePolicy;
  });
}

/** Choices, each `name=value`. */
export function parseChoices(texts: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined) {
        throw new InputError(`--choice takes name=value, got ${quoted(text)}`);
      }
      return [name, choiceValue(name, value)];
    }),
  );
}

/** `true` and `20` are values of their own, but in choices that take them as names: `invalidDescriptor=3`. */
function choiceValue(name: string, text: string): unknown {
  const value = /^(?:true|false|\d{1,15})$/.test(text) ? jsonOf(text, '--choice') : text;
  try {
    choicesWith({ [name]: value });
    return value;
  } catch {
    return atDoor(() => {
      choicesWith({ [name]: text });
      return text;
    });
  }
}

function jsonOf(text: string, option: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`${option} takes JSON there, got ${quoted(text)}`);
  }
}

/** A door of the model throws a sentence. */
function atDoor<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw new InputError(messageOf(error));
    throw error;
  }
}
