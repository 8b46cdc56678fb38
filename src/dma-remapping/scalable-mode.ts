import { POWER_OF_2 } from '../bits/page-number.ts';
import { setsReservedBits } from '../bits/reserved.ts';
import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import {
  ADDRESS_TYPE,
  type DmaRequest,
  NO_PASID,
  PAGE_REQUEST,
  type RequestOfEntries,
  WRITE,
} from '../messages/dma-request.ts';
import { newTranslation, type Translation } from '../messages/translation.ts';
import { fetch } from '../platform/fetch.ts';
import { ScalableModeContextEntry } from '../structures/scalable-mode-context-entry.ts';
import { ScalableModeRootEntry } from '../structures/scalable-mode-root-entry.ts';
import { type ContextEntries, findContextEntry } from './cached-context.ts';
import { firstMet, MET } from './context-entry-order.ts';
import type { DmaRemapping } from './dma-remapping.ts';
import { checkHostPermission, knownHostPermission, prefetchHostPermission } from './host-permission.ts';
import { isInterruptPage } from './interrupt-range.ts';
import { findPasidEntry, newPasidEntry, type PasidEntry } from './pasid-entry.ts';
import { SoundWords } from './sound-words.ts';
import { judgeRights, translateThroughStages } from './stages.ts';
import { completeForInterruptRange } from './translation-requests.ts';

// Local names: V8 then sees which function each is, and inlines it (measured).
const { LCTP, LP, UCTP, UP } = ScalableModeRootEntry;
const { DTE, EPTR, FPD, HPTE, P, PASIDDIRPTR, PASIDE, PDTS, PRE, RID_PASID, RID_PRIV } = ScalableModeContextEntry;

const root = new Uint32Array(4);
const context = new Uint32Array(8);
const soundContext = new SoundWords(8);
const pasidEntry = newPasidEntry();
const ownEntry = newPasidEntry();

const CONTEXT_ENTRIES: ContextEntries = Object.freeze({
  words: context,
  read: readContextEntry,
  judge: judgeContextEntry,
  domainId: () => 0,
});

/**
 * Scalable mode, §3.4.3: a request, with PASID or without, through root and context entry, PASID directory and PASID
 * table to the stages that its PASID-table entry names. The result is in `translation`.
 */
export function translateInScalableMode(
  unit: DmaRemapping,
  request: DmaRequest,
  translation: Translation,
): Condition | undefined {
  const { caches } = unit;
  if (caches !== undefined && request.addressType === ADDRESS_TYPE.untranslated) {
    const found = caches.findTranslation(request, translation);
    if (found !== false && isUsable(request, translation)) return answerFromIotlb(unit, request, found, translation);
  }
  const blocked = contextEntryOf(unit, request, translation);
  if (blocked !== undefined) return blocked;
  if (request.addressType === ADDRESS_TYPE.translated) return passTranslated(unit, request, translation);
  const translating = request.addressType === ADDRESS_TYPE.translation;
  if (translating && request.pasid === NO_PASID && isInterruptPage(request.page)) {
    return completeForInterruptRange(unit, request, translation);
  }
  const pasid = pasidOf(request);
  const directory = PASIDDIRPTR(context);
  const fault = findPasidEntry(unit, request.sourceId, directory, pasid, translation, pasidEntry);
  if (fault !== undefined) return fault;
  translation.domainId = pasidEntry.domainId;
  translation.pasid = pasid;
  translation.supervisorAllowed = pasidEntry.supervisorAllowed;
  // RID_PRIV is reserved without RPRIVS.
  translation.ownPrivilege = RID_PRIV(context) === 1;
  const refused = judgePrivilege(unit, request, translation);
  if (refused !== undefined) return refused;
  if (caches !== undefined && translating) {
    const found = caches.findTranslation(request, translation);
    if (found !== false && isUsable(request, translation)) return answerFromIotlb(unit, request, found, translation);
  }
  const blockedInStages = translateThroughStages(
    unit,
    request,
    pasidEntry,
    isSupervisor(request, translation),
    translation,
  );
  if (caches !== undefined && translating && blockedInStages === undefined) prefetch(unit, request, translation);
  return blockedInStages;
}

/**
 * §7.4.1: the entries that a page request has to pass, up to that of its PASID, which is put into `into`. The stages behind
 * it are not walked. The PASID is left in `translation`, with whether an FPD was met.
 */
export function findEntriesOfPageRequest(
  unit: DmaRemapping,
  request: RequestOfEntries,
  translation: Translation,
  into: PasidEntry,
): Condition | undefined {
  const blocked = contextEntryOf(unit, request, translation);
  if (blocked !== undefined) return blocked;
  translation.pasid = pasidOf(request);
  return findPasidEntry(unit, request.sourceId, PASIDDIRPTR(context), translation.pasid, translation, into);
}

/** The context entry of a request into `context`, from the context-cache or from memory, or the row that blocks. */
function contextEntryOf(
  unit: DmaRemapping,
  request: RequestOfEntries,
  translation: Translation,
): Condition | undefined {
  const { caches } = unit;
  return caches === undefined
    ? (readContextEntry(unit, request) ?? judgeContextEntry(unit, request, translation))
    : findContextEntry(unit, caches, request, translation, CONTEXT_ENTRIES);
}

/** §6.2.6.1: the host permission for the page that was translated, as the device will ask for it. */
function prefetch(unit: DmaRemapping, request: DmaRequest, { page }: Translation): void {
  if (HPTE(context) === 0) return;
  const pasid = EPTR(context) === 1 ? request.pasid : NO_PASID;
  const translated: DmaRequest = { ...request, addressType: ADDRESS_TYPE.translated, page, pasid };
  if (pasid === request.pasid) {
    prefetchHostPermission(unit, translated, pasidEntry.words);
    return;
  }
  // Without EPTR it is the table of RID_PASID that counts.
  const directory = PASIDDIRPTR(context);
  const fault = findPasidEntry(unit, request.sourceId, directory, RID_PASID(context), newTranslation(), ownEntry);
  if (fault === undefined) prefetchHostPermission(unit, translated, ownEntry.words);
}

/** What the IOTLB knows, §6.2.4.1, as an answer to this request. */
function answerFromIotlb(
  unit: DmaRemapping,
  request: DmaRequest,
  found: true | Condition,
  translation: Translation,
): Condition | undefined {
  if (found !== true) return found;
  return (
    judgePrivilege(unit, request, translation) ??
    judgeRights(unit, request, isSupervisor(request, translation), translation)
  );
}

/** §6.2.4.1: a write through an entry made without D has to set it first, so that it walks. */
const isUsable = (request: DmaRequest, translation: Translation): boolean =>
  translation.writeReady || (request.addressType === ADDRESS_TYPE.untranslated && (request.access & WRITE) === 0);

/** §3.6.1, §9.4: a request without PASID has the privilege of RID_PRIV. */
const isSupervisor = (request: DmaRequest, translation: Translation): boolean =>
  request.pasid === NO_PASID ? translation.ownPrivilege : request.privileged;

/** §9.6, SRE; and requests for execution, which units up to major version 7 may have. */
function judgePrivilege(
  { configuration }: DmaRemapping,
  request: DmaRequest,
  translation: Translation,
): Condition | undefined {
  const executes = request.pasid !== NO_PASID && request.execute;
  if (executes && configuration.major <= 7 && configuration.ECAP.ERS === 0) return Fault.SPT_5;
  return isSupervisor(request, translation) && !translation.supervisorAllowed ? Fault.SPT_6 : undefined;
}

/** Root entry and context entry, §3.4.3, §9.2: the words into `context`, or the row if the way to them is blocked. */
function readContextEntry(unit: DmaRemapping, request: RequestOfEntries): Condition | undefined {
  const upper = (request.sourceId & 0x80) !== 0;
  if (!fetch(unit, ScalableModeRootEntry, unit.rootTable.page, (request.sourceId >>> 8) << 4, root)) return Fault.SRT_1;
  if ((upper ? UP(root) : LP(root)) === 0) return Fault.SRT_2;
  if (rootSetsReserved(unit, upper)) return Fault.SRT_3;
  const table = upper ? UCTP(root) : LCTP(root);
  const read = fetch(unit, ScalableModeContextEntry, table, (request.sourceId & 0x7f) << 5, context);
  return read ? undefined : Fault.SCT_1;
}

/** §3.4.3, §9.4: whether the entry is sound, and lets this request through. */
function judgeContextEntry(
  unit: DmaRemapping,
  request: RequestOfEntries,
  translation: Translation,
): Condition | undefined {
  // §9.4: looked at even when the entry is not present.
  translation.faultProcessingDisabled = FPD(context) === 1;
  const asked = request.pasid * 4 + request.addressType;
  if (soundContext.are(context, unit, asked)) return undefined;
  if (P(context) === 0) return Fault.SCT_2;
  const fault = firstMet(unit.contextEntryOrder, rowsMetByContext(unit, request));
  if (fault === undefined) soundContext.set(context, unit, asked);
  return fault;
}

/** §9.2: a half counts if it is present, and the half that the request does not use only by choice. */
function rootSetsReserved({ choices, reserved }: DmaRemapping, upper: boolean): boolean {
  const both = choices.scalableRootHalf === 'both';
  const low = (both || !upper) && LP(root) === 1;
  const high = (both || upper) && UP(root) === 1;
  return (
    (low && setsReservedBits(root, reserved.scalableRootLower)) ||
    (high && setsReservedBits(root, reserved.scalableRootUpper))
  );
}

/** Everything that a present context entry does not allow or has wrong, bits of {@link MET}: §9.4, §3.4.3. */
function rowsMetByContext({ configuration: { ECAP }, reserved }: DmaRemapping, request: RequestOfEntries): number {
  const deviceTlb = DTE(context) === 1;
  const pasidEnabled = PASIDE(context) === 1;
  const translatedWithPasid = EPTR(context) === 1;
  // RID_PASID is reserved without RPS, so that it is 0 then.
  const ownPasid = RID_PASID(context);
  const limit = POWER_OF_2[PDTS(context) + 13]!;
  const untranslated = request.addressType === ADDRESS_TYPE.untranslated;
  const translated = request.addressType === ADDRESS_TYPE.translated;
  const asksForPage = request.addressType === PAGE_REQUEST;
  const withPasid = request.pasid !== NO_PASID;

  let met = 0;
  if (setsReservedBits(context, reserved.scalableContext)) met |= MET.SCT_3;
  if (!deviceTlb && PRE(context) === 1) met |= MET.SCT_4_1;
  if (ownPasid >= limit) met |= MET.SCT_4_2;
  // Untranslated and translation requests with PASID meet SCT.6 alone in such an entry.
  if (translatedWithPasid && !pasidEnabled && (translated || asksForPage || !withPasid)) met |= MET.SCT_4_3;
  if (!deviceTlb && !untranslated && !asksForPage) met |= MET.SCT_5;
  if (asksForPage && PRE(context) === 0) met |= MET.SCT_8;
  if (!withPasid) return met;
  if (!pasidEnabled && !translated) met |= MET.SCT_6;
  if (!translatedWithPasid && translated) met |= MET.SCT_10;
  if (!asksForPage && request.pasid >= POWER_OF_2[ECAP.PSS + 1]!) met |= MET.SGN_10;
  if (request.pasid >= limit) met |= MET.SCT_7;
  if (request.pasid === ownPasid) met |= MET.SCT_9;
  return met;
}

/** §3.4.3: requests without PASID take RID_PASID. */
const pasidOf = (request: RequestOfEntries): number =>
  request.pasid === NO_PASID ? RID_PASID(context) : request.pasid;

/** §4.2.5: a translated request carries a host address already; the host permission table may still forbid it. */
function passTranslated(unit: DmaRemapping, request: DmaRequest, translation: Translation): Condition | undefined {
  if (request.page >= unit.configuration.hostPages) return Fault.SGN_4_1;
  if (isInterruptPage(request.page)) return Fault.SGN_8_3;
  if (HPTE(context) === 1) {
    const known = knownHostPermission(unit, request);
    const forbidden = known === false ? findHostPermission(unit, request, translation) : known;
    if (forbidden !== undefined) return forbidden;
  }
  translation.page = request.page;
  translation.leafPages = 0;
  translation.snooped = !request.noSnoop;
  return undefined;
}

/** §4.2.4: the host permission table of the PASID-table entry has the word. */
function findHostPermission(unit: DmaRemapping, request: DmaRequest, translation: Translation): Condition | undefined {
  const directory = PASIDDIRPTR(context);
  const fault = findPasidEntry(unit, request.sourceId, directory, pasidOf(request), translation, pasidEntry);
  return fault ?? checkHostPermission(unit, request, pasidEntry.words);
}
