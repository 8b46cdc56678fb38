import { InputError } from './input-error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object, as against an array, text, a number or null. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object that must be there. */
export function objectAt(value: unknown, where: string): JsonObject {
  if (!isObject(value)) throw new InputError(`expected an object at ${where}, got ${kindOf(value)}`);
  return value;
}

/** A text that must be there. */
export function textAt(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new InputError(`expected a string at ${where}, got ${kindOf(value)}`);
  return value;
}

/** What JSON calls a value. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
