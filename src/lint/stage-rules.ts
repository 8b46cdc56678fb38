import type { Words } from '../bits/field.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import { firstStageFormat, secondStageFormat } from '../dma-remapping/reserved-bits.ts';
import { SecondStageEntry } from '../structures/second-stage-entry.ts';
import { rulesOfReservedBits } from './bits-set.ts';
import type { RuleId } from './rules.ts';
import type { RulesOf } from './rules-of.ts';

/** Which table an entry is of, and whether it maps a page. */
export interface Place {
  readonly stage: 'first-stage' | 'second-stage';
  readonly level: number;
  readonly leaf: boolean;
}

const FORMATS = { 'first-stage': firstStageFormat, 'second-stage': secondStageFormat } as const;

/** Where entries of a paging format stand. */
export const PLACES: ReadonlyMap<StructureDeclaration, Place> = new Map(
  (['first-stage', 'second-stage'] as const).flatMap((stage) =>
    [1, 2, 3, 4, 5].flatMap((level) =>
      [true, false].map((leaf): [StructureDeclaration, Place] => [
        FORMATS[stage](level, leaf),
        // One format serves both where PS is no flag: level 1 has leaves alone, and those above 3 none.
        { stage, level, leaf: level === 1 || (leaf && level <= 3) },
      ]),
    ),
  ),
);

const PAGE_SIZE = 7;
const SNOOP = 11;
const IO_WRITE = 62;

/** LSS.2, SSS.3, SFS.3: why a paging entry is wrong, §9.7, §9.8. */
export const stageRules: RulesOf = (scene, { format, words }) => {
  const place = PLACES.get(format);
  if (words === undefined || place === undefined) return [];
  const { stage, leaf } = place;
  return rulesOfReservedBits(scene, format, words, (position, field): RuleId => {
    if (stage === 'second-stage' && position === SNOOP) {
      return leaf ? 'second-stage-snoop' : 'second-stage-snoop-in-table';
    }
    if (stage === 'second-stage' && position === IO_WRITE) return 'second-stage-bit-62';
    if (position === PAGE_SIZE) return leaf ? `${stage}-large-page` : `${stage}-page-size`;
    if (field === 'ADDR') return `${stage}-above-width`;
    // What is left is reserved by the size of a large page.
    return `${stage}-misaligned`;
  });
};

/** READ and WRITE as a second-stage entry gives them, §3.7.1. */
export const secondStageRights = (ioPermissions: boolean, words: Words): number =>
  ioPermissions
    ? SecondStageEntry.IR(words) | (SecondStageEntry.IW(words) << 1)
    : SecondStageEntry.R(words) | (SecondStageEntry.W(words) << 1);
