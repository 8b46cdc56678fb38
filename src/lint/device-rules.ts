import type { Words } from '../bits/field.ts';
import { hex } from '../bits/hex.ts';
import { setsReserved128 } from '../bits/reserved.ts';
import { Fault } from '../conditions/translation.ts';
import { missingCapability } from '../dma-remapping/reserved-bits.ts';
import { AGAW_BY_AW } from '../platform/configuration.ts';
import { ContextEntry } from '../structures/context-entry.ts';
import { RootEntry } from '../structures/root-entry.ts';
import { ScalableModeContextEntry } from '../structures/scalable-mode-context-entry.ts';
import { ScalableModeRootEntry } from '../structures/scalable-mode-root-entry.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { rulesOfReservedBits } from './bits-set.ts';
import type { RuleId } from './rules.ts';
import type { RulesOf } from './rules-of.ts';

const RESERVED_TYPE = 0b11;
const PASS_THROUGH = 0b10;

/** Bits of a processor's paging entry that a context entry reserves: accessed and dirty. */
const PROCESSOR_FLAGS: ReadonlySet<number> = new Set([5, 6]);

/** LRT.3, SRT.3: why a root entry is wrong, §9.1, §9.2. */
export const rootRules: RulesOf = (scene, { format, words }) => {
  if (words === undefined) return [];
  if (format === RootEntry && isScalableHalf(words.subarray(2))) return [{ rule: 'root-scalable-format' }];
  return rulesOfReservedBits(scene, format, words, (_, field) =>
    field === undefined ? 'root-reserved' : 'root-above-width',
  );
};

/** Whether 64 bits are a present and sound half of a root entry of scalable mode. */
function isScalableHalf(half: Words): boolean {
  const entry = Uint32Array.of(half[0]!, half[1]!, 0, 0);
  const reserved = ScalableModeRootEntry.reservedMask;
  return ScalableModeRootEntry.LP(entry) === 1 && entry.every((word, n) => (word & reserved[n]!) === 0);
}

/** LCT.3, LCT.4.1, LCT.4.2, SCT.3: why a context entry is wrong, §9.3, §9.4. */
export const contextRules: RulesOf = (scene, { condition, format, words }) => {
  if (words === undefined) return [];
  switch (condition.code) {
    case Fault.LCT_4_1.code:
      return [widthRule(scene.unit, words)];
    case Fault.LCT_4_2.code:
      return [{ rule: typeRule(ContextEntry.TT(words)), found: { field: 'TT' } }];
    default:
      if (format === ScalableModeContextEntry && looksLegacy(scene.unit, words)) {
        return [{ rule: 'context-legacy-format' }];
      }
      return rulesOfReservedBits(scene, format, words, (position, field): RuleId => {
        const capability = field === undefined ? undefined : missingCapability(scene.unit.configuration, format, field);
        if (capability !== undefined) return `context-needs-${capability}` as RuleId;
        if (field === 'DID') return 'domain-id-width';
        if (field !== undefined) return 'context-above-width';
        if (position > 63) return 'context-software-bits';
        return PROCESSOR_FLAGS.has(position) ? 'context-processor-flags' : 'context-unaligned';
      });
  }
};

/** LCT.4.1: AW. */
function widthRule({ configuration }: RemappingUnit, words: Words): ReturnType<RulesOf>[number] {
  if (words[2] === 0 && words[3] === 0) return { rule: 'context-half-written' };
  const width = ContextEntry.AW(words);
  const agaw = AGAW_BY_AW[width]!;
  if (agaw === 0)
    return { rule: 'context-width-reserved', found: { field: 'AW', says: `AW is ${width}, a reserved value` } };
  const says = `AW is ${width} (${agaw} bits) and CAP_REG.SAGAW is ${hex(configuration.CAP.SAGAW)}`;
  return { rule: 'context-width-unsupported', found: { field: 'AW', says } };
}

/** LCT.4.2: TT. */
function typeRule(type: number): RuleId {
  if (type === RESERVED_TYPE) return 'context-type-reserved';
  return type === PASS_THROUGH ? 'context-pass-through' : 'context-device-tlb';
}

/**
 * Whether an entry of scalable mode is two context entries of legacy mode, §9.3: what is present of them is sound, names
 * a depth of the unit, and has a domain-id.
 */
export function looksLegacy({ configuration, reserved }: RemappingUnit, words: Words): boolean {
  const halves = [words.subarray(0, 4), words.subarray(4, 8)].filter((half) => half.some((word) => word !== 0));
  return halves.every(
    (half) =>
      ContextEntry.P(half) === 1 &&
      !setsReserved128(half, reserved.context) &&
      ContextEntry.DID(half) !== 0 &&
      configuration.levels[ContextEntry.AW(half)]! > 0,
  );
}
