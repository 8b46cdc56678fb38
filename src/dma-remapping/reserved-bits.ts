import type { Range, Words } from '../bits/field.ts';
import { maskOf, type StructureDeclaration } from '../bits/structure.ts';
import type { Choices } from '../platform/choices.ts';
import type { Configuration } from '../platform/configuration.ts';
import { ContextEntry } from '../structures/context-entry.ts';
import { RootEntry } from '../structures/root-entry.ts';
import {
  SsPdEntry,
  SsPdEntry2M,
  SsPdpEntry,
  SsPdpEntry1G,
  SsPml4Entry,
  SsPml5Entry,
  SsPtEntry,
} from '../structures/second-stage-entry.ts';

/**
 * Which bits are reserved in one unit: those of the layouts, and what the host address width and the capabilities add
 * (§9). A mask has ones where a present entry must have zeros.
 */
export interface ReservedBits {
  readonly root: Words;
  /** TT other than 10b. */
  readonly context: Words;
  /** TT=10b, where SSPTPTR is ignored. */
  readonly contextPassThrough: Words;
  /** By level, 1 to 5, and whether the entry maps a page: `[level * 2 + (leaf ? 1 : 0)]`. */
  readonly secondStage: readonly Words[];
}

/** The second-stage formats by level and whether PS is set; PS is reserved above level 3, so it has no format there. */
const SECOND_STAGE = [
  [SsPtEntry, SsPtEntry],
  [SsPdEntry, SsPdEntry2M],
  [SsPdpEntry, SsPdpEntry1G],
  [SsPml4Entry, SsPml4Entry],
  [SsPml5Entry, SsPml5Entry],
] as const;

/** The format of a second-stage entry at `level`, 1 to 5, that does (`leaf`) or does not map a page. */
export const secondStageFormat = (level: number, leaf: boolean): StructureDeclaration =>
  SECOND_STAGE[level - 1]![leaf ? 1 : 0];

export function reservedBits(configuration: Configuration, choices: Choices): ReservedBits {
  const { hostAddressWidth: HAW, domainIdWidth, CAP, ECAP } = configuration;
  const aboveHost: Range = [63, HAW];
  // A row of the document that is empty, 87:88 at a 16-bit domain-id, names no bits here either.
  const aboveDomainId: Range = [87, 72 + domainIdWidth];
  const context = reservedIn(ContextEntry, [aboveHost, aboveDomainId]);
  const secondStage = (level: number, leaf: boolean) => {
    const conditional: Range[] = [
      [51, HAW],
      [62, 62], // IW, where SSIRWE=0
    ];
    if (leaf && ECAP.SC === 0) conditional.push([11, 11]);
    if (leaf && level === 2 && (CAP.SSLPS & 0b01) === 0) conditional.push([7, 7]);
    if (leaf && level === 3 && (CAP.SSLPS & 0b10) === 0) conditional.push([7, 7]);
    return reservedIn(secondStageFormat(level, leaf), conditional);
  };
  return {
    root: reservedIn(RootEntry, [aboveHost]),
    context,
    contextPassThrough: choices.passThroughPointer === 'reserved' ? context : reservedIn(ContextEntry, [aboveDomainId]),
    secondStage: [0, 1, 2, 3, 4, 5].flatMap((level) =>
      level === 0 ? [new Uint32Array(2), new Uint32Array(2)] : [secondStage(level, false), secondStage(level, true)],
    ),
  };
}

/** Whether an entry of two words, a paging entry, has a bit of `mask` set. */
export const setsReserved64 = (words: Words, mask: Words): boolean =>
  ((words[0]! & mask[0]!) | (words[1]! & mask[1]!)) !== 0;

/** Whether an entry of four words has a bit of `mask` set. */
export const setsReserved128 = (words: Words, mask: Words): boolean =>
  ((words[0]! & mask[0]!) | (words[1]! & mask[1]!) | (words[2]! & mask[2]!) | (words[3]! & mask[3]!)) !== 0;

function reservedIn(format: StructureDeclaration, conditional: readonly Range[]): Words {
  const words = format.reservedMask.slice();
  const added = maskOf(format.width, conditional);
  for (let i = 0; i < words.length; i++) words[i]! |= added[i]!;
  return words;
}
