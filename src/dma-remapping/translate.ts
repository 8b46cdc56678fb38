import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import { type DmaRequest, NO_PASID, type RequestOfEntries } from '../messages/dma-request.ts';
import type { Translation } from '../messages/translation.ts';
import { type DmaRemapping, TTM } from './dma-remapping.ts';
import { translateInLegacyMode } from './legacy-mode.ts';
import type { PasidEntry } from './pasid-entry.ts';
import { findEntriesOfPageRequest, translateInScalableMode } from './scalable-mode.ts';

/**
 * DMA remapping, §3.4: what RTADDR_REG.TTM, as latched, makes of a request. Returns the row of Table 30 that blocks it,
 * or undefined with the result in `translation`. This is the function to read first.
 */
export function translate(unit: DmaRemapping, request: DmaRequest, translation: Translation): Condition | undefined {
  translation.faultProcessingDisabled = false;
  translation.untranslatedOnly = false;
  translation.memoryType = 'WB';
  const { ECAP } = unit.configuration;
  switch (unit.rootTable.mode) {
    case TTM.LEGACY:
      if (request.pasid !== NO_PASID) return Fault.RTA_2;
      if (unit.rootTable.ioPermissions) return Fault.RTA_1_4;
      return translateInLegacyMode(unit, request, translation);
    case TTM.SCALABLE:
      if (ECAP.SMTS === 0) return Fault.RTA_1_3;
      if (request.pasid !== NO_PASID && request.execute && unit.configuration.major >= 8) return Fault.RTA_5;
      return translateInScalableMode(unit, request, translation);
    default:
      return blockedByMode(unit);
  }
}

/**
 * §7.4.1: the entries that a page request has to pass, the one of its PASID into `into`; or the row of Table 30 that blocks
 * it. Only scalable mode knows page requests, and a unit that has them has scalable mode (§11.4.3).
 */
export function passPageRequest(
  unit: DmaRemapping,
  request: RequestOfEntries,
  translation: Translation,
  into: PasidEntry,
): Condition | undefined {
  translation.faultProcessingDisabled = false;
  switch (unit.rootTable.mode) {
    case TTM.LEGACY:
      return Fault.RTA_3;
    case TTM.SCALABLE:
      return findEntriesOfPageRequest(unit, request, translation, into);
    default:
      return blockedByMode(unit);
  }
}

/** §3.4.4, and the reserved mode: every request meets the same row. */
const blockedByMode = ({ rootTable: { mode }, configuration: { ECAP } }: DmaRemapping): Condition => {
  if (mode !== TTM.ABORT_DMA) return Fault.RTA_1_2;
  return ECAP.ADMS === 1 ? Fault.RTA_4 : Fault.RTA_1_1;
};
