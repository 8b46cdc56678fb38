import { setsReserved128 } from '../bits/reserved.ts';
import { type Condition, withResponse } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import { ADDRESS_TYPE, type DmaRequest, NO_PASID, READ, WRITE } from '../messages/dma-request.ts';
import type { Translation } from '../messages/translation.ts';
import { fetch } from '../platform/fetch.ts';
import { ContextEntry } from '../structures/context-entry.ts';
import { PGTT } from '../structures/pasid-table-entry.ts';
import { RootEntry } from '../structures/root-entry.ts';
import { type ContextEntries, findContextEntry } from './cached-context.ts';
import type { DmaRemapping } from './dma-remapping.ts';
import { isInterruptPage, overlapsInterruptRange } from './interrupt-range.ts';
import { type SecondStageFaults, walkSecondStage } from './second-stage.ts';
import { completeForInterruptRange, wantedBy } from './translation-requests.ts';
import { WalkedTables } from './walked-tables.ts';

/** TT of a context entry, §9.3. */
const TT = Object.freeze({ SECOND_STAGE: 0b00, WITH_DEVICE_TLB: 0b01, PASS_THROUGH: 0b10, RESERVED: 0b11 });

/** The rows that a second-stage walk reports in legacy mode. */
export const LEGACY_WALK_FAULTS: SecondStageFaults = Object.freeze({
  top: Fault.LCT_4_3,
  lower: Fault.LSS_1,
  reserved: Fault.LSS_2,
});

/** §4.2.3: Table 10 refuses a translation request that meets TT=11b, Table 30 aborts it. */
const RESERVED_TYPE_UR = withResponse(Fault.LCT_4_2, 'TRn', 'UR');

const root = new Uint32Array(4);
const context = new Uint32Array(4);
const tables = new WalkedTables();

const CONTEXT_ENTRIES: ContextEntries = Object.freeze({
  words: context,
  read: readContextEntry,
  judge: judgeContextEntry,
  domainId: ContextEntry.DID,
});

/** Legacy mode, §3.4.2: a request without PASID through root and context entry. The result is in `translation`. */
export function translateInLegacyMode(
  unit: DmaRemapping,
  request: DmaRequest,
  translation: Translation,
): Condition | undefined {
  const { configuration, caches } = unit;
  if (caches !== undefined && request.addressType === ADDRESS_TYPE.untranslated) {
    // §6.2.7: what the IOTLB knows may be used without a look at the context entry.
    const found = caches.findTranslation(request, translation);
    if (found !== false) return found === true ? judgeRights(unit, request, translation) : found;
  }
  const blocked =
    caches === undefined
      ? (readContextEntry(unit, request) ?? judgeContextEntry(unit, request, translation))
      : findContextEntry(unit, caches, request, translation, CONTEXT_ENTRIES);
  if (blocked !== undefined) return blocked;

  const type = ContextEntry.TT(context);
  translation.pasid = NO_PASID;
  translation.domainId = ContextEntry.DID(context);
  if (request.addressType === ADDRESS_TYPE.translated) return passTranslated(unit, request, translation);
  if (type !== TT.PASS_THROUGH && request.addressType === ADDRESS_TYPE.translation) {
    if (isInterruptPage(request.page)) return completeForInterruptRange(unit, request, translation);
    const found = caches === undefined ? false : caches.findTranslation(request, translation);
    if (found !== false) return found === true ? judgeRights(unit, request, translation) : found;
  }
  if (caches === undefined)
    return walk(unit, request, undefined, translation) ?? judgeRights(unit, request, translation);
  tables.begin(caches, configuration.CAP.CM === 1, translation.domainId, 0);
  const unmapped = walk(unit, request, tables, translation);
  const fault = unmapped ?? judgeRights(unit, request, translation);
  tables.keep(true);
  if (isKept(unit, unmapped, fault, translation)) caches.keepTranslation(request, translation, unmapped);
  return fault;
}

/** Root entry and context entry, §3.4.2, §9.1: the words into `context`, or the row if the way to them is blocked. */
function readContextEntry(unit: DmaRemapping, request: DmaRequest): Condition | undefined {
  if (!fetch(unit, RootEntry, unit.rootTable.page, (request.sourceId >>> 8) << 4, root)) return Fault.LRT_1;
  if (RootEntry.P(root) === 0) return Fault.LRT_2;
  if (setsReserved128(root, unit.reserved.root)) return Fault.LRT_3;
  const read = fetch(unit, ContextEntry, RootEntry.CTP(root), (request.sourceId & 0xff) << 4, context);
  return read ? undefined : Fault.LCT_1;
}

/** §3.4.2, §9.3: whether the entry is sound, and lets this request through. */
function judgeContextEntry(unit: DmaRemapping, request: DmaRequest, translation: Translation): Condition | undefined {
  const { configuration, reserved } = unit;
  // §9.3: looked at even when the entry is not present.
  translation.faultProcessingDisabled = ContextEntry.FPD(context) === 1;
  if (ContextEntry.P(context) === 0) return Fault.LCT_2;
  const type = ContextEntry.TT(context);
  const mask = type === TT.PASS_THROUGH ? reserved.contextPassThrough : reserved.context;
  if (setsReserved128(context, mask)) return Fault.LCT_3;
  const looksAtWidth = type !== TT.PASS_THROUGH || unit.choices.passThroughAddressWidth === 'checked';
  if (looksAtWidth && configuration.levels[ContextEntry.AW(context)] === 0) return Fault.LCT_4_1;
  if (!isSupported(unit, type)) return unsupportedType(unit, type);
  return request.addressType !== ADDRESS_TYPE.untranslated && type !== TT.WITH_DEVICE_TLB ? Fault.LCT_5 : undefined;
}

/** §6.2.4.1: what the IOTLB may keep: leaves, whatever the request may do there; in caching mode absent ones and faults. */
function isKept(
  { configuration }: DmaRemapping,
  unmapped: Condition | undefined,
  fault: Condition | undefined,
  { leafPages, stages }: Translation,
): boolean {
  if (unmapped !== undefined || (leafPages === 0 && stages !== PGTT.PASS_THROUGH)) return configuration.CAP.CM === 1;
  return fault === undefined || fault === Fault.LGN_2 || fault === Fault.LGN_3;
}

/** §3.7, §3.9: where the context entry leads, whatever the request may do there. */
function walk(
  unit: DmaRemapping,
  request: DmaRequest,
  walked: WalkedTables | undefined,
  translation: Translation,
): Condition | undefined {
  const { configuration } = unit;
  translation.page = request.page;
  translation.leafPages = 0;
  translation.leafSnooped = false;
  if (ContextEntry.TT(context) === TT.PASS_THROUGH) {
    translation.stages = PGTT.PASS_THROUGH;
    return undefined;
  }
  translation.stages = PGTT.SECOND_STAGE;
  const addressWidth = ContextEntry.AW(context);
  // §3.7: the walk takes addresses below 2^min(MGAW, AGAW).
  if (request.page >= configuration.inputPages[addressWidth]!) return Fault.LGN_1_1;
  const table = ContextEntry.SSPTPTR(context);
  const levels = configuration.levels[addressWidth]!;
  const { page } = request;
  const fault = walkSecondStage(unit, LEGACY_WALK_FAULTS, table, levels, page, translation, undefined, walked);
  translation.secondStagePermission = translation.permission;
  return fault;
}

/** What the request may do with what the walk, or the IOTLB, gave: §3.7.1, §3.9, §4.2.3. */
function judgeRights(unit: DmaRemapping, request: DmaRequest, translation: Translation): Condition | undefined {
  if (translation.stages === PGTT.PASS_THROUGH) return passThrough(unit, request, translation);
  translation.permission = translation.secondStagePermission;
  return request.addressType === ADDRESS_TYPE.untranslated
    ? completeUntranslated(unit, request, translation)
    : completeTranslation(unit, request, translation);
}

/** Rights and output of an untranslated request, §3.7.1, §3.14, §3.15. */
function completeUntranslated(
  unit: DmaRemapping,
  request: DmaRequest,
  translation: Translation,
): Condition | undefined {
  const { permission } = translation;
  const lacking = request.access & ~permission;
  // §3.14: on a write-only page a zero-length read needs no read permission where the unit says so.
  const exempt = request.zeroLength && unit.configuration.CAP.ZLR === 1 && permission === WRITE;
  if (lacking !== 0 && !exempt) return missing(unit, lacking);
  if (isInterruptPage(translation.page)) return Fault.LGN_4;
  translation.snooped = translation.leafSnooped || !request.noSnoop;
  return undefined;
}

/**
 * A translation request, §4.2.3: the completion carries what is permitted, and a fault only if that is nothing. The
 * page and `leafPages` in `translation` describe the range around the request's page.
 */
function completeTranslation(unit: DmaRemapping, request: DmaRequest, translation: Translation): Condition | undefined {
  const wanted = wantedBy(unit, request);
  translation.snooped = translation.leafSnooped;
  translation.permission &= wanted;
  if (translation.permission === 0) return missing(unit, wanted);
  const base = translation.page - (translation.page % translation.leafPages);
  const refused =
    unit.choices.legacyTranslationRange === 'range'
      ? overlapsInterruptRange(base, translation.leafPages)
      : isInterruptPage(translation.page);
  return refused ? Fault.LGN_4 : undefined;
}

/** §3.9: output is input, if the host has such an address. */
function passThrough(unit: DmaRemapping, request: DmaRequest, translation: Translation): Condition | undefined {
  if (request.page >= unit.configuration.hostPages) return Fault.LGN_1_3;
  if (isInterruptPage(request.page)) return Fault.LGN_4;
  translation.snooped = !request.noSnoop;
  return undefined;
}

/** §4.2.5: a translated request carries a host address already. */
function passTranslated(unit: DmaRemapping, request: DmaRequest, translation: Translation): Condition | undefined {
  if (request.page >= unit.configuration.hostPages) return Fault.LGN_1_2;
  if (isInterruptPage(request.page)) return Fault.LGN_4;
  translation.page = request.page;
  translation.leafPages = 0;
  translation.snooped = !request.noSnoop;
  return undefined;
}

/** §3.7.1: the row for the rights that lack; an atomic without any fits both rows. */
function missing(unit: DmaRemapping, lacking: number): Condition {
  if (lacking === READ) return Fault.LGN_3;
  if (lacking === WRITE) return Fault.LGN_2;
  return unit.choices.atomicWithoutPermission === 'LGN.2' ? Fault.LGN_2 : Fault.LGN_3;
}

/** The row for TT that the unit lacks, and what it turns a translation request with TT=11b into. */
function unsupportedType({ choices }: DmaRemapping, type: number): Condition {
  return type === TT.RESERVED && choices.reservedTranslationType === 'UR' ? RESERVED_TYPE_UR : Fault.LCT_4_2;
}

/** §9.3: which translation types the unit has. */
function isSupported({ configuration: { ECAP } }: DmaRemapping, type: number): boolean {
  switch (type) {
    case TT.SECOND_STAGE:
      return true;
    case TT.WITH_DEVICE_TLB:
      return ECAP.DT === 1;
    case TT.PASS_THROUGH:
      return ECAP.PT === 1;
    default:
      return false;
  }
}
