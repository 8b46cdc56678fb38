import { InputError, quoted } from '../images/input-error.ts';
import type { JsonObject } from '../oracle/json-rpc.ts';
import { resultOf } from '../oracle/text-client.ts';
import { membersOf } from '../oracle/text-observed.ts';
import { numberOf } from '../oracle/text-words.ts';
import { wordsOf } from '../platform/unit-parameters.ts';
import { registerAt } from '../registers/map.ts';
import type { UnitRegisters } from '../unit/unit-registers.ts';
import { eventsDifference } from '../vectors/differences.ts';
import type { ExpectedMembers } from '../vectors/types.ts';

/** A field of a register that was observed with one value and has another. */
export interface FieldDifference {
  readonly field: string;
  readonly observed: bigint;
  readonly model: bigint;
}

/** Bytes of the commands that read a number. */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['readb', 1],
  ['readw', 2],
  ['readl', 4],
  ['readq', 8],
]);

/** The commands whose replies are compared, but for requests. */
export const isRead = (name: string): boolean =>
  NUMBERS.has(name) || name === 'read' || name === 'b64read' || name === 'events';

/** Whether what was observed is what the model replies to the same. Throws a Refusal if it is no such reply. */
export function isSameValue([name = '']: readonly string[], observed: readonly string[], model: string): boolean {
  if (name === 'events') return isSameEvents(observed.join(' '), model);
  const [value = '', ...more] = observed;
  if (more.length > 0) throw new InputError(`${name} has one word as its reply, got ${quoted(observed.join(' '))}`);
  if (name === 'b64read') return value === model;
  if (name === 'read') return value.toLowerCase() === model;
  return numberOf('what was observed', value) === BigInt(model);
}

function isSameEvents(observed: string, model: string): boolean {
  const [seen, made] = [observed, model].map(
    (text) => resultOf('events.take', `OK ${text}`).events as ExpectedMembers[],
  );
  return eventsDifference({ events: seen! }, made!) === undefined;
}

/** Which of the unit's parameters were observed otherwise than the trace asks for: `cap`, `ecap`, `haw`, `version`. */
export function unitDifference(
  observed: readonly string[],
  unit: Readonly<Record<string, bigint>>,
): string | undefined {
  const members: JsonObject = membersOf(observed);
  return Object.keys(unit).find((name) => members[name] !== undefined && BigInt(String(members[name])) !== unit[name]);
}

/** The register that a read of a number reaches, and which of its fields differ; undefined if it is memory. */
export function registerDifference(
  [name = '', address = '']: readonly string[],
  observed: bigint,
  model: bigint,
  { placed, size }: UnitRegisters,
  base: bigint,
): { readonly register: string; readonly fields: readonly FieldDifference[] } | undefined {
  const bytes = NUMBERS.get(name);
  const offset = Number(numberOf('ADDR', address) - base);
  const found = bytes === undefined || offset < 0 || offset >= size ? undefined : registerAt(placed, offset);
  if (found === undefined || bytes === undefined) return undefined;
  const { register } = found;
  const wordsWith = (value: bigint): Uint32Array => {
    // A wide read may go on into the next register.
    const words = new Uint32Array(register.width / 32 + 1);
    words.set(wordsOf(value).subarray(0, Math.max(1, bytes / 4)), (offset - found.offset) / 4);
    return words;
  };
  const [seen, is] = [wordsWith(observed), wordsWith(model)];
  const fields = Object.entries(register.fields).flatMap(([field, get]): FieldDifference[] => {
    const [was, now] = [BigInt(get(seen)), BigInt(get(is))];
    return was === now ? [] : [{ field, observed: was, model: now }];
  });
  return { register: found.name, fields };
}
