import type { Range, Words } from '../bits/field.ts';
import { reservedMaskOf } from '../bits/reserved.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import type { Choices } from '../platform/choices.ts';
import type { Configuration } from '../platform/configuration.ts';
import { isBefore } from '../platform/revision.ts';
import { ContextEntry } from '../structures/context-entry.ts';
import {
  PdEntry,
  PdEntry2M,
  PdpEntry,
  PdpEntry1G,
  Pml4Entry,
  Pml5Entry,
  PtEntry,
} from '../structures/first-stage-entry.ts';
import { HptL1Entry, HptL2Entry, HptL3Entry, HptL4Entry } from '../structures/host-permission-entry.ts';
import { PasidDirectoryEntry } from '../structures/pasid-directory-entry.ts';
import { PasidTableEntry } from '../structures/pasid-table-entry.ts';
import { RootEntry } from '../structures/root-entry.ts';
import { ScalableModeContextEntry } from '../structures/scalable-mode-context-entry.ts';
import { ScalableModeRootEntry } from '../structures/scalable-mode-root-entry.ts';
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
  readonly secondStage: PagingMasks;
  /** The same where SSIRWE=1. */
  readonly secondStageIo: PagingMasks;
  readonly firstStage: PagingMasks;
  /** Of the half for devices 0 to 15, and of the one for 16 to 31. */
  readonly scalableRootLower: Words;
  readonly scalableRootUpper: Words;
  readonly scalableContext: Words;
  readonly pasidDirectory: Words;
  readonly pasidTable: Words;
  /** From the top level down. */
  readonly hostPermission: readonly Words[];
}

/** The masks of one stage's paging entries. They lie flat, because a walk looks at one an entry (measured). */
export class PagingMasks {
  /** The two words of level 1 to 5, not a leaf and a leaf, from word 4 on. */
  readonly #words = new Int32Array(24);

  constructor(mask: (level: number, leaf: boolean) => Words) {
    for (let i = 2; i < 12; i++) this.#words.set(mask(i >>> 1, (i & 1) === 1), 2 * i);
  }

  /** Whether an entry of the tables at `level`, 1 to 5, that does (`leaf`) or does not map a page sets such a bit. */
  isSet(low: number, high: number, level: number, leaf: boolean): boolean {
    const words = this.#words;
    const i = level * 4 + (leaf ? 2 : 0);
    return ((low & words[i]!) | (high & words[i + 1]!)) !== 0;
  }

  /** The mask itself, two words. */
  of(level: number, leaf: boolean): Words {
    const i = level * 4 + (leaf ? 2 : 0);
    return Uint32Array.from(this.#words.subarray(i, i + 2));
  }
}

/** The second-stage formats by level and whether PS is set; PS is reserved above level 3, so it has no format there. */
const SECOND_STAGE = [
  [SsPtEntry, SsPtEntry],
  [SsPdEntry, SsPdEntry2M],
  [SsPdpEntry, SsPdpEntry1G],
  [SsPml4Entry, SsPml4Entry],
  [SsPml5Entry, SsPml5Entry],
] as const;

/** The format, §9.8, of a second-stage entry at `level`, 1 to 5, that does (`leaf`) or does not map a page. */
export const secondStageFormat = (level: number, leaf: boolean): StructureDeclaration =>
  SECOND_STAGE[level - 1]![leaf ? 1 : 0];

/** The formats by level and whether PS is set, as for the second stage. */
const FIRST_STAGE = [
  [PtEntry, PtEntry],
  [PdEntry, PdEntry2M],
  [PdpEntry, PdpEntry1G],
  [Pml4Entry, Pml4Entry],
  [Pml5Entry, Pml5Entry],
] as const;

/** The format, §9.7, of a first-stage entry at `level`, 1 to 5, that does (`leaf`) or does not map a page. */
export const firstStageFormat = (level: number, leaf: boolean): StructureDeclaration =>
  FIRST_STAGE[level - 1]![leaf ? 1 : 0];

/** What the absence of a capability reserves, §9.4, §9.6: fields by the name of the capability in ECAP_REG. */
const WITHOUT: {
  readonly context: Readonly<Record<string, readonly (keyof typeof ScalableModeContextEntry.fields)[]>>;
  readonly pasidTable: Readonly<Record<string, readonly (keyof typeof PasidTableEntry.fields)[]>>;
} = {
  context: {
    DT: ['DTE'],
    PASID: ['PASIDE'],
    PRS: ['PRE'],
    HPTS: ['HPTE'],
    PTRS: ['EPTR'],
    RPS: ['RID_PASID'],
    RPRIVS: ['RID_PRIV'],
  },
  pasidTable: {
    SSTS: ['AW', 'SSPTPTR', 'SSADE'],
    SSADS: ['SSADE'],
    FSTS: ['FSPTPTR', 'WPE', 'FSPM'],
    MTS: ['PA0', 'PA1', 'PA2', 'PA3', 'PA4', 'PA5', 'PA6', 'PA7', 'EMTE', 'CD'],
    SC: ['PGSNP'],
    SMPWCS: ['PWSNP'],
    EAFS: ['EAFE'],
    SRS: ['SRE'],
    HPTS: ['HPTDID', 'HPTPTR', 'HPTPFD', 'HPTSZ'],
  },
};

/** The top bit of each PAT entry in a PASID-table entry. */
const PAT_TOP_BITS: readonly Range[] = [0, 1, 2, 3, 4, 5, 6, 7].map((i): Range => [99 + 4 * i, 99 + 4 * i]);

/** AW of a PASID-table entry: reserved only by a missing capability. */
const ADDRESS_WIDTH: Range = [PasidTableEntry.AW.high, PasidTableEntry.AW.low];

/** PGSNP, reserved only by a missing capability. */
const PAGE_SNOOP: Range = [PasidTableEntry.PGSNP.high, PasidTableEntry.PGSNP.low];

/** The masks of a unit like this, §9. */
export function reservedBits(configuration: Configuration, choices: Choices): ReservedBits {
  const { hostAddressWidth: HAW, domainIdWidth } = configuration;
  // A row of the document that is empty, 87:88 at a 16-bit domain-id, names no bits here either.
  const aboveDomainId = (low: number): Range => [low + 15, low + domainIdWidth];
  const revision = choices.specRevision;
  // Bit 62 of second-stage entries was TM, a hint to device TLBs, before it was reserved and then IW.
  const transient = isBefore(revision, '3.2');
  const context = reservedMaskOf(ContextEntry, [[63, HAW], aboveDomainId(72)]);
  return {
    root: reservedMaskOf(RootEntry, [[63, HAW]]),
    context,
    contextPassThrough:
      choices.passThroughPointer === 'reserved' ? context : reservedMaskOf(ContextEntry, [aboveDomainId(72)]),
    secondStage: new PagingMasks((level, leaf) => secondStageMask(configuration, level, leaf, !transient)),
    secondStageIo: new PagingMasks((level, leaf) => secondStageMask(configuration, level, leaf, false)),
    firstStage: new PagingMasks((level, leaf) => firstStageMask(configuration, level, leaf)),
    ...scalableRootMasks(HAW),
    scalableContext: reservedMaskOf(ScalableModeContextEntry, [
      [63, HAW],
      ...lacking(configuration, ScalableModeContextEntry, WITHOUT.context),
    ]),
    pasidDirectory: reservedMaskOf(PasidDirectoryEntry, [[63, HAW]]),
    pasidTable: reservedMaskOf(
      PasidTableEntry,
      [
        [63, HAW],
        [191, HAW + 128],
        [319, HAW + 256],
        aboveDomainId(64),
        aboveDomainId(320),
        ...lacking(configuration, PasidTableEntry, WITHOUT.pasidTable),
      ],
      [
        ...(choices.patTopBit === 'ignored' && configuration.ECAP.MTS === 1 ? PAT_TOP_BITS : []),
        ...(choices.addressWidthWithoutSecondStage === 'ignored' || isBefore(revision, '4.1') ? [ADDRESS_WIDTH] : []),
        ...(isBefore(revision, '3.4') ? [PAGE_SNOOP] : []),
      ],
    ),
    hostPermission: [HptL4Entry, HptL3Entry, HptL2Entry, HptL1Entry].map((format) =>
      hostPermissionMask(configuration, format),
    ),
  };
}

function secondStageMask(
  { hostAddressWidth, CAP, ECAP }: Configuration,
  level: number,
  leaf: boolean,
  isReserved62: boolean,
) {
  const conditional: Range[] = [[51, hostAddressWidth]];
  if (isReserved62) conditional.push([62, 62]); // IW
  if (leaf && ECAP.SC === 0) conditional.push([11, 11]);
  if (leaf && level === 2 && (CAP.SSLPS & 0b01) === 0) conditional.push([7, 7]);
  if (leaf && level === 3 && (CAP.SSLPS & 0b10) === 0) conditional.push([7, 7]);
  return reservedMaskOf(secondStageFormat(level, leaf), conditional);
}

function firstStageMask({ hostAddressWidth, CAP }: Configuration, level: number, leaf: boolean) {
  const conditional: Range[] = [[51, hostAddressWidth]];
  if (leaf && level === 3 && CAP.FS1GP === 0) conditional.push([7, 7]);
  return reservedMaskOf(firstStageFormat(level, leaf), conditional);
}

/** §9.2: each half has its own. */
function scalableRootMasks(HAW: number): Pick<ReservedBits, 'scalableRootLower' | 'scalableRootUpper'> {
  const both = reservedMaskOf(ScalableModeRootEntry, [
    [63, HAW],
    [127, HAW + 64],
  ]);
  return {
    scalableRootLower: Uint32Array.of(both[0]!, both[1]!, 0, 0),
    scalableRootUpper: Uint32Array.of(0, 0, both[2]!, both[3]!),
  };
}

/** §9.12: the last level has no pointer; 1 GiB pages are a capability. */
function hostPermissionMask({ hostAddressWidth, ECAP }: Configuration, format: StructureDeclaration): Words {
  const conditional: Range[] = format === HptL1Entry ? [] : [[115, hostAddressWidth + 64]];
  if (format === HptL3Entry && ECAP.HPT1GPS === 0) conditional.push([31, 0]);
  return reservedMaskOf(format, conditional);
}

/** The capability of ECAP_REG without which a field of one of those two entries is reserved, if the unit lacks it, §9.4, §9.6. */
export function missingCapability(
  { capability }: Configuration,
  format: StructureDeclaration,
  field: string,
): string | undefined {
  const without: Readonly<Record<string, readonly string[]>> =
    format === ScalableModeContextEntry ? WITHOUT.context : format === PasidTableEntry ? WITHOUT.pasidTable : {};
  const lacking = Object.entries(without).find(
    ([name, fields]) => fields.includes(field) && capability(`ECAP_REG.${name}`) === 0,
  );
  return lacking?.[0];
}

/** The ranges of the fields that missing capabilities reserve. */
function lacking(
  { capability }: Configuration,
  format: StructureDeclaration,
  without: Readonly<Record<string, readonly string[]>>,
): readonly Range[] {
  return Object.entries(without)
    .filter(([name]) => capability(`ECAP_REG.${name}`) === 0)
    .flatMap(([, fields]) => fields.map((field): Range => [format.fields[field]!.high, format.fields[field]!.low]));
}
