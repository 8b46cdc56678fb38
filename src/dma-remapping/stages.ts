import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import { ADDRESS_TYPE, type DmaRequest, READ, WRITE } from '../messages/dma-request.ts';
import type { Translation } from '../messages/translation.ts';
import { PGTT } from '../structures/pasid-table-entry.ts';
import type { DmaRemapping } from './dma-remapping.ts';
import { firstStagePermission, newFirstStageLeaf, walkFirstStage } from './first-stage.ts';
import { isInterruptPage, overlapsInterruptRange } from './interrupt-range.ts';
import { finalMemoryType } from './memory-type.ts';
import type { PasidEntry } from './pasid-entry.ts';
import { walkSecondStageOf } from './second-stage.ts';
import { wantedBy } from './translation-requests.ts';
import { UsedEntries } from './used-entries.ts';
import { WalkedTables } from './walked-tables.ts';

const used = new UsedEntries();
const tables = new WalkedTables();
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
  used.clear();
  const { caches } = unit;
  if (caches === undefined) {
    return (
      walkStages(unit, request, entry, supervisor, undefined, translation) ??
      judgeRights(unit, request, supervisor, translation) ??
      used.setFlags(unit.memory, entry, isWritten(request, translation))
    );
  }
  tables.begin(caches, unit.configuration.CAP.CM === 1, entry.domainId, translation.pasid);
  const unmapped = walkStages(unit, request, entry, supervisor, tables, translation);
  const blocked = unmapped ?? judgeRights(unit, request, supervisor, translation);
  const fault = blocked ?? used.setFlags(unit.memory, entry, isWritten(request, translation));
  tables.keep(fault === undefined);
  if (isKept(unit, entry, unmapped, fault)) {
    translation.writeReady = used.leavesAreDirty() || (fault === undefined && isWritten(request, translation));
    caches.keepTranslation(request, translation, unmapped);
  }
  return fault;
}

/**
 * §6.2.4.1: what the IOTLB may keep. A leaf without the right that this request lacks is as good as any other if its
 * accessed flags are set; in caching mode faults of the second stage are kept too.
 */
function isKept(
  { configuration }: DmaRemapping,
  entry: PasidEntry,
  unmapped: Condition | undefined,
  fault: Condition | undefined,
): boolean {
  if (fault === undefined) return true;
  if (unmapped !== undefined) return configuration.CAP.CM === 1 && SECOND_STAGE_FAULTS.has(unmapped);
  return RIGHTS_FAULTS.has(fault) && used.allAccessed(entry);
}

const SECOND_STAGE_FAULTS: ReadonlySet<Condition> = new Set([
  Fault.SSS_1,
  Fault.SSS_2,
  Fault.SSS_3,
  Fault.SSS_4,
  Fault.SGN_5,
]);
const RIGHTS_FAULTS: ReadonlySet<Condition> = new Set([Fault.SGN_2, Fault.SGN_6, Fault.SGN_7]);

/** The walks, §3.6 to §3.8: what they come to, whatever the request may do there. */
function walkStages(
  unit: DmaRemapping,
  request: DmaRequest,
  entry: PasidEntry,
  supervisor: boolean,
  walked: WalkedTables | undefined,
  translation: Translation,
): Condition | undefined {
  translation.stages = entry.type;
  translation.leafSnooped = false;
  translation.page = request.page;
  translation.leafPages = 0;
  translation.writable = true;
  translation.user = true;
  translation.fiveLevels = entry.firstStageLevels === 5;
  translation.secondStagePermission = READ | WRITE;
  translation.supervisorAllowed = entry.supervisorAllowed;
  translation.writeProtected = entry.writeProtected;
  if (entry.type === PGTT.PASS_THROUGH) {
    translation.leafSnooped = entry.pageSnoop;
    translation.memoryType = finalMemoryType(unit, entry, firstStage, translation);
    return undefined;
  }
  if (entry.type !== PGTT.SECOND_STAGE) {
    const fault = walkFirstStage(unit, entry, request, supervisor, used, walked, firstStage);
    if (fault !== undefined) return fault;
    translation.page = firstStage.page;
    translation.leafPages = firstStage.leafPages;
    translation.writable = firstStage.writable;
    translation.user = firstStage.user;
  } else if (request.page >= entry.secondStagePages) return Fault.SGN_5;

  if (entry.type !== PGTT.FIRST_STAGE) {
    const fault = walkSecondStageOf(unit, entry, translation.page, used, walked, translation);
    if (fault !== undefined) return fault;
    translation.secondStagePermission = translation.permission;
    // §4.2.3: of two page sizes the smaller one counts.
    if (entry.type === PGTT.NESTED) translation.leafPages = Math.min(firstStage.leafPages, translation.leafPages);
  }
  translation.leafSnooped ||= entry.pageSnoop;
  translation.memoryType = finalMemoryType(unit, entry, firstStage, translation);
  return undefined;
}

/**
 * What the request may do with what the walks, or the IOTLB, gave: §3.6.1, §3.7.1, §3.8.1, §3.9. The answer is put into
 * `translation`; the row if there is none.
 */
export function judgeRights(
  unit: DmaRemapping,
  request: DmaRequest,
  supervisor: boolean,
  translation: Translation,
): Condition | undefined {
  if (translation.stages === PGTT.PASS_THROUGH) return passThrough(unit, request, translation);
  if (!supervisor && !translation.user) return Fault.SGN_2;
  const permission = firstStagePermission(translation, supervisor);
  translation.permission = permission & translation.secondStagePermission;
  if (request.addressType !== ADDRESS_TYPE.untranslated) return completeTranslation(unit, request, translation);
  if ((request.access & ~permission) !== 0) return Fault.SGN_6;
  return completeUntranslated(unit, request, translation);
}

/** Whether D is set: §4.2.3 has it set where write is granted, whether or not the device will write. */
export function isWritten(request: DmaRequest, { permission }: Translation): boolean {
  const rights = request.addressType === ADDRESS_TYPE.untranslated ? request.access : permission;
  return (rights & WRITE) !== 0;
}

/** §3.7.1, §3.8.1, §3.14, §3.15. */
function completeUntranslated(
  unit: DmaRemapping,
  request: DmaRequest,
  translation: Translation,
): Condition | undefined {
  const { permission, secondStagePermission } = translation;
  const lacking = request.access & ~permission;
  const exempt = request.zeroLength && unit.configuration.CAP.ZLR === 1 && (secondStagePermission & WRITE) !== 0;
  if ((lacking & WRITE) !== 0) return Fault.SGN_6;
  if (lacking !== 0 && !exempt) return Fault.SGN_7;
  if (isInterruptPage(translation.page)) return Fault.SGN_8_1;
  translation.snooped = translation.leafSnooped || !request.noSnoop;
  return undefined;
}

/** §4.2.3: a translation request gets what is permitted of what it wants, and a fault only if that is nothing. */
function completeTranslation(unit: DmaRemapping, request: DmaRequest, translation: Translation): Condition | undefined {
  const wanted = wantedBy(unit, request);
  translation.snooped = translation.leafSnooped;
  translation.permission &= wanted;
  if (translation.permission === 0) return (wanted & WRITE) !== 0 ? Fault.SGN_6 : Fault.SGN_7;
  const base = translation.page - (translation.page % translation.leafPages);
  return overlapsInterruptRange(base, translation.leafPages) ? Fault.SGN_8_2 : undefined;
}

/** §3.9: output is input, if the host has such an address. */
function passThrough(unit: DmaRemapping, request: DmaRequest, translation: Translation): Condition | undefined {
  const translating = request.addressType === ADDRESS_TYPE.translation;
  if (request.page >= unit.configuration.hostPages) return Fault.SGN_4_2;
  if (isInterruptPage(request.page)) return translating ? Fault.SGN_8_2 : Fault.SGN_8_1;
  translation.snooped = translation.leafSnooped;
  if (translating) {
    translation.leafPages = unit.choices.passThroughRegion / 4096 || largestPage(unit);
    translation.permission = wantedBy(unit, request);
    return undefined;
  }
  translation.snooped ||= !request.noSnoop;
  return undefined;
}

/** §4.2.3: the pages of the largest size that the unit supports at either stage. */
function largestPage({ configuration: { CAP, ECAP } }: DmaRemapping): number {
  if (CAP.FS1GP === 1 || (CAP.SSLPS & 0b10) !== 0) return 2 ** 18;
  return ECAP.FSTS === 1 || (CAP.SSLPS & 0b01) !== 0 ? 2 ** 9 : 1;
}
