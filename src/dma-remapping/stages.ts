import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import { ADDRESS_TYPE, type DmaRequest, READ, WRITE } from '../messages/dma-request.ts';
import type { Translation } from '../messages/translation.ts';
import type { DmaRemapping } from './dma-remapping.ts';
import { faultOfFirstStageRights, firstStagePermission, newFirstStageLeaf, walkFirstStage } from './first-stage.ts';
import { isInterruptPage, overlapsInterruptRange } from './interrupt-range.ts';
import { finalMemoryType } from './memory-type.ts';
import { type PasidEntry, PGTT } from './pasid-entry.ts';
import { walkSecondStageOf } from './second-stage.ts';
import { wantedBy } from './translation-requests.ts';
import { UsedEntries } from './used-entries.ts';

const used = new UsedEntries();
const firstStage = newFirstStageLeaf();

/**
 * The stages of a PASID-table entry, §3.6 to §3.9: first stage, second stage, both nested, or none. Rights come after
 * the walks, then the output, and flags are set last, so that a request that is blocked leaves none.
 */
export function translateThroughStages(
  unit: DmaRemapping,
  request: DmaRequest,
  entry: PasidEntry,
  supervisor: boolean,
  translation: Translation,
): Condition | undefined {
  if (entry.type === PGTT.PASS_THROUGH) return passThrough(unit, request, entry, translation);
  used.clear();
  let permission = READ | WRITE;
  let input = request.page;
  let leafPages = Number.POSITIVE_INFINITY;

  if (entry.type !== PGTT.SECOND_STAGE) {
    const fault = walkFirstStage(unit, entry, request, supervisor, used, firstStage);
    if (fault !== undefined) return fault;
    input = firstStage.page;
    leafPages = firstStage.leafPages;
    permission = firstStagePermission(entry, supervisor, firstStage);
  } else if (input >= entry.secondStagePages) return Fault.SGN_5;

  let secondStagePermission = READ | WRITE;
  translation.snooped = false;
  translation.page = input;
  translation.leafPages = leafPages;
  if (entry.type !== PGTT.FIRST_STAGE) {
    const fault = walkSecondStageOf(unit, entry, input, used, translation);
    if (fault !== undefined) return fault;
    secondStagePermission = translation.permission;
    // §4.2.3: of two page sizes the smaller one counts.
    translation.leafPages = Math.min(leafPages, translation.leafPages);
  }
  if (entry.type !== PGTT.SECOND_STAGE) {
    const fault = faultOfFirstStageRights(request, entry, supervisor, firstStage);
    if (fault !== undefined) return fault;
  }
  translation.permission = permission & secondStagePermission;
  translation.snooped ||= entry.pageSnoop;
  return request.addressType === ADDRESS_TYPE.untranslated
    ? completeUntranslated(unit, request, entry, secondStagePermission, translation)
    : completeTranslation(unit, request, entry, translation);
}

/** §3.6.1, §3.7.1, §3.8.1, §3.14, §3.15. */
function completeUntranslated(
  unit: DmaRemapping,
  request: DmaRequest,
  entry: PasidEntry,
  secondStagePermission: number,
  translation: Translation,
): Condition | undefined {
  const lacking = request.access & ~translation.permission;
  const exempt = request.zeroLength && unit.configuration.CAP.ZLR === 1 && (secondStagePermission & WRITE) !== 0;
  if ((lacking & WRITE) !== 0) return Fault.SGN_6;
  if (lacking !== 0 && !exempt) return Fault.SGN_7;
  if (isInterruptPage(translation.page)) return Fault.SGN_8_1;
  const fault = used.setFlags(unit.memory, entry, (request.access & WRITE) !== 0);
  if (fault !== undefined) return fault;
  translation.snooped ||= !request.noSnoop;
  translation.memoryType = finalMemoryType(unit, entry, firstStage, translation);
  return undefined;
}

/** §4.2.3: a translation request gets what is permitted of what it wants, and a fault only if that is nothing. */
function completeTranslation(
  unit: DmaRemapping,
  request: DmaRequest,
  entry: PasidEntry,
  translation: Translation,
): Condition | undefined {
  const wanted = wantedBy(unit, request);
  translation.permission &= wanted;
  if (translation.permission === 0) return (wanted & WRITE) !== 0 ? Fault.SGN_6 : Fault.SGN_7;
  const base = translation.page - (translation.page % translation.leafPages);
  if (overlapsInterruptRange(base, translation.leafPages)) return Fault.SGN_8_2;
  // §4.2.3: D is set where write is granted, whether or not the device will write.
  return used.setFlags(unit.memory, entry, (translation.permission & WRITE) !== 0);
}

/** §3.9: output is input, if the host has such an address. */
function passThrough(
  unit: DmaRemapping,
  request: DmaRequest,
  entry: PasidEntry,
  translation: Translation,
): Condition | undefined {
  const translating = request.addressType === ADDRESS_TYPE.translation;
  if (request.page >= unit.configuration.hostPages) return Fault.SGN_4_2;
  if (isInterruptPage(request.page)) return translating ? Fault.SGN_8_2 : Fault.SGN_8_1;
  translation.page = request.page;
  if (translating) {
    translation.leafPages = unit.choices.passThroughRegion / 4096 || largestPage(unit);
    translation.permission = wantedBy(unit, request);
    translation.snooped = entry.pageSnoop;
    return undefined;
  }
  translation.leafPages = 0;
  translation.snooped = !request.noSnoop || entry.pageSnoop;
  translation.memoryType = finalMemoryType(unit, entry, firstStage, translation);
  return undefined;
}

/** §4.2.3: the pages of the largest size that the unit supports at either stage. */
function largestPage({ configuration: { CAP, ECAP } }: DmaRemapping): number {
  if (CAP.FS1GP === 1 || (CAP.SSLPS & 0b10) !== 0) return 2 ** 18;
  return ECAP.FSTS === 1 || (CAP.SSLPS & 0b01) !== 0 ? 2 ** 9 : 1;
}
