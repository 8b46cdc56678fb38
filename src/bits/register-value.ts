import { qwordsOf } from './qwords.ts';
import type { Register, RegisterFields } from './register.ts';

/** The value of a register of 32 or 64 bits with these fields and zero elsewhere. Throws a RangeError if one does not fit. */
export function registerValue<F extends RegisterFields>(
  register: Register<F>,
  values: { readonly [Name in keyof F]?: number },
): bigint {
  const words = new Uint32Array(2);
  for (const [name, value] of Object.entries<number | undefined>(values)) {
    const field = register.fields[name];
    if (field === undefined || field.kind === 'wide') throw new RangeError(`${register.title} has no field ${name}`);
    if (value !== undefined) field.put(words, value);
  }
  return qwordsOf(words)[0]!;
}
