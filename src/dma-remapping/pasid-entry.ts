import type { PageNumber } from '../bits/page-number.ts';
import { setsReservedBits } from '../bits/reserved.ts';
import type { PasidContent } from '../caches/caches.ts';
import { type Condition, withResponse } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import type { Translation } from '../messages/translation.ts';
import { fetch } from '../platform/fetch.ts';
import { PasidDirectoryEntry } from '../structures/pasid-directory-entry.ts';
import { PasidTableEntry, PGTT } from '../structures/pasid-table-entry.ts';
import type { DmaRemapping } from './dma-remapping.ts';
import { SoundWords } from './sound-words.ts';
import type { FlagRules } from './used-entries.ts';

/** FSPM of a PASID-table entry, §9.6. */
const FSPM_FIVE_LEVELS = 0b01;

/** What a present and sound PASID-table entry says, §9.6. Storage is used again from request to request. */
export interface PasidEntry extends FlagRules, PasidContent {
  /** The words that the members below were worked out from. */
  readonly decoded: SoundWords;
  type: number;
  domainId: number;
  secondStageTable: PageNumber;
  /** Levels of the second stage. */
  secondStageLevels: number;
  /** Pages below 2^min(MGAW, AGAW). */
  secondStagePages: PageNumber;
  firstStageTable: PageNumber;
  firstStageLevels: number;
  secondStageFlags: boolean;
  extendedAccessed: boolean;
  walksSnooped: boolean;
  /** PGSNP. */
  pageSnoop: boolean;
  /** SRE. */
  supervisorAllowed: boolean;
  /** WPE. */
  writeProtected: boolean;
}

// Local names: V8 then sees which function each is, and inlines it (measured).
const { P, FPD, SMPTBLPTR } = PasidDirectoryEntry;
const { AW, DID, EAFE, FSPM, FSPTPTR, PGSNP, PWSNP, SRE, SSADE, SSPTPTR, WPE } = PasidTableEntry;
const { P: present, FPD: faultsDisabled, PGTT: typeOf } = PasidTableEntry;

/** §4.2.3: Table 10 refuses a translation request that meets a reserved PGTT, Table 30 aborts it. */
const RESERVED_TYPE_UR = withResponse(withResponse(Fault.SPT_4_2, 'TRn', 'UR'), 'TRp', 'UR');

const directoryEntry = new Uint32Array(2);

/** Where {@link findPasidEntry} puts what an entry says, §9.6. */
export const newPasidEntry = (): PasidEntry => ({
  words: new Uint32Array(16),
  directoryFaultProcessingDisabled: false,
  decoded: new SoundWords(16),
  type: 0,
  domainId: 0,
  secondStageTable: 0,
  secondStageLevels: 0,
  secondStagePages: 0,
  firstStageTable: 0,
  firstStageLevels: 0,
  secondStageFlags: false,
  extendedAccessed: false,
  walksSnooped: false,
  pageSnoop: false,
  supervisorAllowed: false,
  writeProtected: false,
});

/** The entry of a PASID, from the PASID-cache or from memory, into `into`, or the row that blocks (§3.4.3, §6.2.3). */
export function findPasidEntry(
  unit: DmaRemapping,
  sourceId: number,
  directory: PageNumber,
  pasid: number,
  translation: Translation,
  into: PasidEntry,
): Condition | undefined {
  const { caches } = unit;
  if (caches === undefined) return readPasidEntry(unit, directory, pasid, translation, into);
  const found = caches.findPasid(sourceId, pasid, into);
  const unread = found === false ? fetchPasidEntry(unit, directory, pasid, into) : found === true ? undefined : found;
  const fault = judge(unit, unread, translation, into);
  if (found === false && (fault === undefined || unit.configuration.CAP.CM === 1)) {
    caches.keepPasid(sourceId, pasid, fault === undefined ? into.domainId : 0, into, unread);
  }
  return fault;
}

/** PASID directory and PASID table, §3.4.3: the entry of `pasid` into `into`, or the row that blocks. */
export function readPasidEntry(
  unit: DmaRemapping,
  directory: PageNumber,
  pasid: number,
  translation: Translation,
  into: PasidEntry,
): Condition | undefined {
  return judge(unit, fetchPasidEntry(unit, directory, pasid, into), translation, into);
}

/** Reads the words of an entry; the row if the way to them is blocked. */
function fetchPasidEntry(
  unit: DmaRemapping,
  directory: PageNumber,
  pasid: number,
  into: PasidEntry,
): Condition | undefined {
  const index = pasid >>> 6;
  const page = directory + (index >>> 9);
  into.directoryFaultProcessingDisabled = false;
  if (!fetch(unit, PasidDirectoryEntry, page, (index & 0x1ff) << 3, directoryEntry)) return Fault.SPD_1;
  into.directoryFaultProcessingDisabled = FPD(directoryEntry) === 1;
  if (P(directoryEntry) === 0) return Fault.SPD_2;
  if (setsReservedBits(directoryEntry, unit.reserved.pasidDirectory)) return Fault.SPD_3;
  const table = SMPTBLPTR(directoryEntry);
  return fetch(unit, PasidTableEntry, table, (pasid & 0x3f) << 6, into.words) ? undefined : Fault.SPT_1;
}

/** `unread`: the row that kept the words from being read. */
function judge(
  unit: DmaRemapping,
  unread: Condition | undefined,
  translation: Translation,
  into: PasidEntry,
): Condition | undefined {
  const { words, decoded } = into;
  translation.faultProcessingDisabled ||= into.directoryFaultProcessingDisabled;
  if (unread !== undefined) return unread;
  translation.faultProcessingDisabled ||= faultsDisabled(words) === 1;
  if (decoded.are(words, unit, 0)) return undefined;
  if (present(words) === 0) return Fault.SPT_2;
  if (setsReservedBits(words, unit.reserved.pasidTable)) return Fault.SPT_3;
  const unsupported = decode(unit, words, into);
  if (unsupported === undefined) decoded.set(words, unit, 0);
  return unsupported;
}

/** §9.6: values that the unit does not support, then what is left in the form that walks read. */
function decode(unit: DmaRemapping, words: Uint32Array, into: PasidEntry): Condition | undefined {
  const { configuration, choices } = unit;
  const type = typeOf(words);
  const secondStage = type === PGTT.SECOND_STAGE || type === PGTT.NESTED;
  const firstStage = type === PGTT.FIRST_STAGE || type === PGTT.NESTED;
  const addressWidth = AW(words);
  const mode = FSPM(words);
  // Without SSTS the field is reserved, and the type alone is at fault.
  const looksAtWidth = secondStage && configuration.ECAP.SSTS === 1;
  if (looksAtWidth && configuration.levels[addressWidth] === 0) return Fault.SPT_4_1;
  if (!isSupported(unit, type)) return unsupportedType(unit, type);
  const looksAtMode = firstStage || choices.firstStageMode === 'always';
  const fiveLevels = mode === FSPM_FIVE_LEVELS;
  if (looksAtMode && mode !== 0 && !(fiveLevels && configuration.CAP.FS5LP === 1)) return Fault.SPT_4_3;
  const firstStageTable = FSPTPTR(words);
  const secondStagePages = configuration.inputPages[addressWidth]!;
  if (type === PGTT.NESTED && firstStageTable >= secondStagePages) return Fault.SPT_4_4;

  into.type = type;
  into.domainId = DID(words);
  into.secondStageTable = SSPTPTR(words);
  into.secondStageLevels = configuration.levels[addressWidth]!;
  into.secondStagePages = secondStagePages;
  into.firstStageTable = firstStageTable;
  into.firstStageLevels = fiveLevels ? 5 : 4;
  into.secondStageFlags = secondStage && SSADE(words) === 1;
  into.extendedAccessed = EAFE(words) === 1;
  // PWSNP is reserved without SMPWCS, so that it says it all.
  into.walksSnooped = PWSNP(words) === 1;
  into.pageSnoop = PGSNP(words) === 1;
  into.supervisorAllowed = SRE(words) === 1;
  into.writeProtected = WPE(words) === 1;
  return undefined;
}

/** §9.6: which translation types the unit has. */
function isSupported({ configuration: { ECAP } }: DmaRemapping, type: number): boolean {
  switch (type) {
    case PGTT.FIRST_STAGE:
      return ECAP.FSTS === 1;
    case PGTT.SECOND_STAGE:
      return ECAP.SSTS === 1;
    case PGTT.NESTED:
      return ECAP.NEST === 1;
    case PGTT.PASS_THROUGH:
      return ECAP.PT === 1;
    default:
      return false;
  }
}

/** The row for PGTT that the unit lacks, and what it turns a translation request with a reserved value into. */
function unsupportedType({ choices }: DmaRemapping, type: number): Condition {
  const reserved = type === 0 || type > PGTT.PASS_THROUGH;
  return reserved && choices.reservedTranslationType === 'UR' ? RESERVED_TYPE_UR : Fault.SPT_4_2;
}
