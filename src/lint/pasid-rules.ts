import { missingCapability } from '../dma-remapping/reserved-bits.ts';
import { PasidTableEntry } from '../structures/pasid-table-entry.ts';
import { rulesOfReservedBits } from './bits-set.ts';
import type { RuleId } from './rules.ts';
import type { RulesOf } from './rules-of.ts';

/** Reserved bits that were fields in the 3.x revisions. */
const OLD_FIELDS: ReadonlySet<number> = new Set([5, 10, 11, 91, 92, 93, 94, 95, 129]);

/** SPD.3: why a PASID-directory entry is wrong, §9.5. */
export const directoryRules: RulesOf = (scene, { format, words }) => {
  if (words === undefined) return [];
  return rulesOfReservedBits(scene, format, words, (_, field) =>
    field === undefined ? 'directory-reserved' : 'directory-above-width',
  );
};

/** SPT.3: why a PASID-table entry is wrong, §9.6. */
export const pasidRules: RulesOf = (scene, { format, words }) => {
  if (words === undefined) return [];
  return rulesOfReservedBits(scene, format, words, (position, field): RuleId => {
    const capability = field === undefined ? undefined : missingCapability(scene.unit.configuration, format, field);
    if (capability !== undefined) return `pasid-needs-${capability}` as RuleId;
    if (field === 'DID' || field === 'HPTDID') return 'domain-id-width';
    if (field !== undefined) return 'pasid-above-width';
    return OLD_FIELDS.has(position) ? 'pasid-old-fields' : 'pasid-reserved';
  });
};

/** SPT.4.2: PGTT, §9.6. */
export const pasidTypeRule: RulesOf = (_, { words }) => {
  if (words === undefined) return [];
  const type = PasidTableEntry.PGTT(words);
  const named = PasidTableEntry.PGTT.encodings?.[type] ?? 'reserved';
  const rule = named === 'reserved' ? 'pasid-type-reserved' : 'pasid-type-unsupported';
  return [{ rule, found: { field: 'PGTT', says: `PGTT is ${type.toString(2).padStart(3, '0')}b (${named})` } }];
};
