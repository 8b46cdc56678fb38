import type { RegisterDeclaration } from '../bits/register.ts';

/** The value of a register of at most 64 bits with these fields, and 0 elsewhere. */
export function registerValue(register: RegisterDeclaration, values: Readonly<Record<string, number>>): bigint {
  const words = new Uint32Array(2);
  for (const [name, value] of Object.entries(values)) {
    const field = register.fields[name];
    if (field !== undefined && field.kind !== 'wide') field.put(words, value);
  }
  return (BigInt(words[1]!) << 32n) | BigInt(words[0]!);
}
