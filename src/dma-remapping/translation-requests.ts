import { type DmaRequest, READ, WRITE } from '../messages/dma-request.ts';
import type { Translation } from '../messages/translation.ts';
import type { DmaRemapping } from './dma-remapping.ts';

/** The permissions that a translation request wants: NW=1 is heard only with ECAP_REG.NWFS, §4.2.3. */
export function wantedBy(unit: DmaRemapping, request: DmaRequest): number {
  return request.noWrite && unit.configuration.ECAP.NWFS === 1 ? READ : READ | WRITE;
}

/** §4.2.3, S.1 and S.2: interrupt requests are never translated, so that the device may only write there itself. */
export function completeForInterruptRange(
  unit: DmaRemapping,
  request: DmaRequest,
  translation: Translation,
): undefined {
  const writes = (wantedBy(unit, request) & WRITE) !== 0;
  translation.page = request.page;
  translation.leafPages = 1;
  translation.permission = writes ? WRITE : 0;
  translation.untranslatedOnly = writes;
  translation.snooped = false;
}
