import { bitsText } from '../bits/bit-positions.ts';
import type { Words } from '../bits/field.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import { reservedBitsSet } from '../tables/reserved.ts';
import type { Found } from './finding.ts';
import type { Scene } from './scene.ts';

/** Reserved bits that an entry sets, sorted by the rule that each of them breaks. */
export function rulesOfReservedBits<Id>(
  { unit }: Scene,
  format: StructureDeclaration,
  words: Words,
  ruleOf: (position: number, field: string | undefined) => Id,
): readonly { readonly rule: Id; readonly found: Pick<Found, 'field'> }[] {
  const byRule = new Map<Id, { positions: number[]; fields: Set<string> }>();
  for (const position of reservedBitsSet(format, words, unit)) {
    const field = fieldAt(format, position);
    const rule = ruleOf(position, field);
    const same = byRule.get(rule) ?? { positions: [], fields: new Set() };
    same.positions.push(position);
    same.fields.add(field ?? '');
    byRule.set(rule, same);
  }
  return [...byRule].map(([rule, { positions, fields }]) => {
    const names = [...fields].filter((name) => name !== '');
    const where = bitsText(positions);
    return { rule, found: { field: names.length === 0 ? where : `${names.join(', ')} (${where})` } };
  });
}

/** The field of a layout that has a bit. */
function fieldAt({ fields }: StructureDeclaration, position: number): string | undefined {
  for (const [name, { high, low }] of Object.entries(fields)) {
    if (position <= high && position >= low) return name;
  }
  return undefined;
}
