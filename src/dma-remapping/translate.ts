import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import { type DmaRequest, NO_PASID } from '../messages/dma-request.ts';
import type { Translation } from '../messages/translation.ts';
import { type DmaRemapping, TTM } from './dma-remapping.ts';
import { translateInLegacyMode } from './legacy-mode.ts';
import { translateInScalableMode } from './scalable-mode.ts';

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
    case TTM.ABORT_DMA:
      return ECAP.ADMS === 1 ? Fault.RTA_4 : Fault.RTA_1_1;
    default:
      return Fault.RTA_1_2;
  }
}
