import { POWER_OF_2 } from '../bits/page-number.ts';
import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import { ADDRESS_TYPE, type DmaRequest, NO_PASID } from '../messages/dma-request.ts';
import type { Translation } from '../messages/translation.ts';
import { ScalableModeContextEntry } from '../structures/scalable-mode-context-entry.ts';
import { ScalableModeRootEntry } from '../structures/scalable-mode-root-entry.ts';
import { firstMet, MET } from './context-entry-order.ts';
import type { DmaRemapping } from './dma-remapping.ts';
import { fetch } from './fetch.ts';
import { checkHostPermission } from './host-permission.ts';
import { isInterruptPage } from './interrupt-range.ts';
import { findPasidEntry, newPasidEntry } from './pasid-entry.ts';
import { setsReservedBits } from './reserved-bits.ts';
import { translateThroughStages } from './stages.ts';
import { completeForInterruptRange } from './translation-requests.ts';

// Local names: V8 then sees which function each is, and inlines it (measured).
const { LCTP, LP, UCTP, UP } = ScalableModeRootEntry;
const { DTE, EPTR, FPD, HPTE, P, PASIDDIRPTR, PASIDE, PDTS, PRE, RID_PASID, RID_PRIV } = ScalableModeContextEntry;

const root = new Uint32Array(4);
const context = new Uint32Array(8);
const pasidEntry = newPasidEntry();

/**
 * Scalable mode, §3.4.3: a request, with PASID or without, through root and context entry, PASID directory and PASID
 * table to the stages that its PASID-table entry names. The result is in `translation`.
 */
export function translateInScalableMode(
  unit: DmaRemapping,
  request: DmaRequest,
  translation: Translation,
): Condition | undefined {
  const { ECAP } = unit.configuration;
  const upper = (request.sourceId & 0x80) !== 0;
  if (!fetch(unit, ScalableModeRootEntry, unit.rootTable.page, (request.sourceId >>> 8) << 4, root)) return Fault.SRT_1;
  if ((upper ? UP(root) : LP(root)) === 0) return Fault.SRT_2;
  if (rootSetsReserved(unit, upper)) return Fault.SRT_3;

  const table = upper ? UCTP(root) : LCTP(root);
  if (!fetch(unit, ScalableModeContextEntry, table, (request.sourceId & 0x7f) << 5, context)) return Fault.SCT_1;
  // §9.4: looked at even when the entry is not present.
  translation.faultProcessingDisabled = FPD(context) === 1;
  if (P(context) === 0) return Fault.SCT_2;
  const blocked = firstMet(unit.contextEntryOrder, rowsMetByContext(unit, request));
  if (blocked !== undefined) return blocked;

  if (request.addressType === ADDRESS_TYPE.translated) return passTranslated(unit, request, translation);
  const withPasid = request.pasid !== NO_PASID;
  const translating = request.addressType === ADDRESS_TYPE.translation;
  if (translating && !withPasid && isInterruptPage(request.page)) {
    return completeForInterruptRange(unit, request, translation);
  }
  const directory = PASIDDIRPTR(context);
  const fault = findPasidEntry(unit, directory, pasidOf(request), translation, pasidEntry);
  if (fault !== undefined) return fault;
  translation.domainId = pasidEntry.domainId;
  if (withPasid && request.execute && unit.configuration.major <= 7 && ECAP.ERS === 0) return Fault.SPT_5;
  // RID_PRIV is reserved without RPRIVS.
  const supervisor = withPasid ? request.privileged : RID_PRIV(context) === 1;
  if (supervisor && !pasidEntry.supervisorAllowed) return Fault.SPT_6;
  return translateThroughStages(unit, request, pasidEntry, supervisor, translation);
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
function rowsMetByContext({ configuration: { ECAP }, reserved }: DmaRemapping, request: DmaRequest): number {
  const deviceTlb = DTE(context) === 1;
  const pasidEnabled = PASIDE(context) === 1;
  const translatedWithPasid = EPTR(context) === 1;
  // RID_PASID is reserved without RPS, so that it is 0 then.
  const ownPasid = RID_PASID(context);
  const limit = POWER_OF_2[PDTS(context) + 13]!;
  const translated = request.addressType === ADDRESS_TYPE.translated;
  const withPasid = request.pasid !== NO_PASID;

  let met = 0;
  if (setsReservedBits(context, reserved.scalableContext)) met |= MET.SCT_3;
  if (!deviceTlb && PRE(context) === 1) met |= MET.SCT_4_1;
  if (ownPasid >= limit) met |= MET.SCT_4_2;
  // Requests with PASID that are not translated meet SCT.6 in such an entry.
  if (translatedWithPasid && !pasidEnabled && (translated || !withPasid)) met |= MET.SCT_4_3;
  if (!deviceTlb && request.addressType !== ADDRESS_TYPE.untranslated) met |= MET.SCT_5;
  if (!withPasid) return met;
  if (!pasidEnabled && !translated) met |= MET.SCT_6;
  if (!translatedWithPasid && translated) met |= MET.SCT_10;
  if (request.pasid >= POWER_OF_2[ECAP.PSS + 1]!) met |= MET.SGN_10;
  if (request.pasid >= limit) met |= MET.SCT_7;
  if (request.pasid === ownPasid) met |= MET.SCT_9;
  return met;
}

/** §3.4.3: requests without PASID take RID_PASID. */
const pasidOf = (request: DmaRequest): number => (request.pasid === NO_PASID ? RID_PASID(context) : request.pasid);

/** §4.2.5: a translated request carries a host address already; the host permission table may still forbid it. */
function passTranslated(unit: DmaRemapping, request: DmaRequest, translation: Translation): Condition | undefined {
  if (request.page >= unit.configuration.hostPages) return Fault.SGN_4_1;
  if (isInterruptPage(request.page)) return Fault.SGN_8_3;
  if (HPTE(context) === 1) {
    const directory = PASIDDIRPTR(context);
    const fault = findPasidEntry(unit, directory, pasidOf(request), translation, pasidEntry);
    if (fault !== undefined) return fault;
    const forbidden = checkHostPermission(unit, request, pasidEntry.words);
    if (forbidden !== undefined) return forbidden;
  }
  translation.page = request.page;
  translation.leafPages = 0;
  translation.snooped = !request.noSnoop;
  return undefined;
}
