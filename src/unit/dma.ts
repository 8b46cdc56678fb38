import { addressOf } from '../bits/page-number.ts';
import { type Condition, columnOf, type Response } from '../conditions/condition.ts';
import { InterruptFault } from '../conditions/interrupt.ts';
import { RECORDED_WITH_SUCCESS } from '../conditions/translation.ts';
import type { DmaRemapping } from '../dma-remapping/dma-remapping.ts';
import { isInterruptPage } from '../dma-remapping/interrupt-range.ts';
import { translate } from '../dma-remapping/translate.ts';
import { ADDRESS_TYPE, columnOfRequest, type DmaRequest, NO_PASID, READ, WRITE } from '../messages/dma-request.ts';
import type { Completed, Outcome, ReportedFault } from '../messages/outcome.ts';
import { newTranslation, type Translation } from '../messages/translation.ts';
import { atsProtocolError, UNSUPPORTED } from './ats-protocol.ts';
import { answerInterrupt, type InterruptDoor } from './interrupt.ts';
import type { MemoryTypeRanges } from './memory-type-ranges.ts';
import type { ProtectedMemory } from './protected-memory.ts';
import { reported } from './reported-fault.ts';
import { permitNothing, translationCompletion } from './translation-completion.ts';

/** What the door for memory requests needs of a unit. */
export interface DmaDoor extends DmaRemapping, InterruptDoor {
  /** GSTS_REG.TES. */
  readonly translationEnabled: boolean;
  readonly protectedMemory: ProtectedMemory;
  readonly memoryTypes: MemoryTypeRanges;
}

const PAGE_BYTES = 4096;
const TRANSLATED_WITH_PASID = columnOf('TDp');

/**
 * A request from a device, whole. One that crosses a 4 KiB page is split there and every part judged by itself (§3.13);
 * the outcome is that of the first part that fails, else of the first part.
 */
export function answer(unit: DmaDoor, request: DmaRequest): Outcome {
  const refused = atsProtocolError(unit, request);
  if (refused !== undefined) return refused;
  if (!crossesPages(request)) return answerPart(unit, request);
  if (unit.choices.pageCrossing === 'blocked') return UNSUPPORTED;
  let first: Outcome | undefined;
  let failed: Outcome | undefined;
  for (const part of partsOf(request)) {
    const outcome = answerPart(unit, part);
    first ??= outcome;
    if (outcome.kind === 'blocked') failed ??= outcome;
  }
  return failed ?? first!;
}

/** §3.13: a translation request asks for pages and is not taken apart. */
export const crossesPages = ({ offset, length, addressType }: DmaRequest): boolean =>
  offset + length > PAGE_BYTES && addressType !== ADDRESS_TYPE.translation;

/** §3.13: the parts of a request that lie within one page each, in order. */
export function* partsOf(request: DmaRequest): Generator<DmaRequest> {
  const { offset, length } = request;
  for (let done = 0; done < length; ) {
    const start = done === 0 ? offset : 0;
    const part = Math.min(length - done, PAGE_BYTES - start);
    const page = request.page + (offset + done - start) / PAGE_BYTES;
    yield { ...request, page, offset: start, length: part };
    done += part;
  }
}

/** A request that lies within one page, and keeps the rules of its address type. */
function answerPart(unit: DmaDoor, request: DmaRequest): Outcome {
  // §3.1: without translation a PASID is not looked at.
  const withPasid = request.pasid !== NO_PASID && unit.translationEnabled;
  const untranslated = request.addressType === ADDRESS_TYPE.untranslated;
  if (untranslated && !withPasid && isInterruptPage(request.page)) {
    const outcome = answerInInterruptRange(unit, request);
    if (outcome !== undefined) return outcome;
  }
  if (!unit.translationEnabled) return passUntranslated(unit, request);
  // §4.2.5: a translated request with PASID does not reach a unit that has no use for it.
  if (columnOfRequest(request) === TRANSLATED_WITH_PASID && unit.configuration.ECAP.PTRS === 0) return UNSUPPORTED;

  const translation = newTranslation();
  const condition = translate(unit, request, translation);
  if (condition !== undefined) return answerFault(unit, request, condition, translation);
  if (request.addressType === ADDRESS_TYPE.translation) return translationCompletion(unit, request, translation);
  if (unit.protectedMemory.blocks(translation.page, translation.leafPages !== 0)) return UNSUPPORTED;
  return completed(request, translation);
}

/** §3.15: what a request without PASID may do in FEEx_xxxxh. Undefined: it is ordinary after all. */
function answerInInterruptRange(unit: DmaDoor, request: DmaRequest): Outcome | undefined {
  if (request.access === WRITE && isWholeDword(unit, request)) {
    return requestInterrupt(unit, request);
  }
  if (request.zeroLength) return passThrough(request);
  const enabled = unit.translationEnabled || unit.interruptRemappingEnabled;
  if (!enabled && unit.choices.interruptRangeChecks === 'enabled') return undefined;
  const condition = InterruptFault.ILLEGAL_REQUEST;
  const notRecorded = unit.faults?.recordInterrupt(condition, request.sourceId, 0);
  return { kind: 'blocked', response: 'UR', fault: reported(unit, condition, notRecorded) };
}

/** Chapter 5 goes on with it. */
function requestInterrupt(unit: DmaDoor, { sourceId, page, offset, data }: DmaRequest): Outcome {
  const interrupt = answerInterrupt(unit, { sourceId, address: page * PAGE_BYTES + offset, data });
  return interrupt.kind === 'blocked' ? interrupt : { kind: 'interrupt', interrupt };
}

/** An interrupt request is a write of one DWORD, all bytes enabled unless the unit is less strict. */
function isWholeDword({ choices }: DmaDoor, { offset, length }: DmaRequest): boolean {
  if (choices.interruptWriteByteEnables === 'all') return length === 4 && offset % 4 === 0;
  return (offset % 4) + length <= 4;
}

/** TES=0: memory is reached as it is addressed, protected memory apart. */
function passUntranslated(unit: DmaDoor, request: DmaRequest): Outcome {
  return unit.protectedMemory.blocks(request.page, false) ? UNSUPPORTED : passThrough(request);
}

function passThrough(request: DmaRequest): Completed {
  const address = addressOf(request.page, request.offset);
  return { kind: 'completed', address, snooped: !request.noSnoop, memoryType: 'WB' };
}

/** A row of Table 30 is answered by its column and recorded if that is not a completion with Success, §7.1.3. */
function answerFault(unit: DmaDoor, request: DmaRequest, condition: Condition, translation: Translation): Outcome {
  const response = condition.responses[columnOfRequest(request)]!;
  const fault = recordFault(unit, request, condition, response, translation.faultProcessingDisabled);
  if (response === 'UR' || response === 'CA') return { kind: 'blocked', response, fault };
  permitNothing(request, translation);
  return { ...translationCompletion(unit, request, translation), fault };
}

function recordFault(
  unit: DmaDoor,
  request: DmaRequest,
  condition: Condition,
  response: Response,
  faultProcessingDisabled: boolean,
): ReportedFault {
  const silent = response === 'S0' || response === 'SE';
  if (silent && condition !== RECORDED_WITH_SUCCESS) return { condition, recorded: false };
  if (condition.qualified && faultProcessingDisabled) return { condition, recorded: false, notRecorded: 'fpd' };
  return reported(unit, condition, unit.faults?.record(condition, request));
}

function completed(request: DmaRequest, translation: Translation): Completed {
  const { leafPages, permission, snooped, memoryType } = translation;
  const address = addressOf(translation.page, request.offset);
  if (leafPages === 0) return { kind: 'completed', address, snooped, memoryType };
  const mapping = {
    pageSize: leafPages * PAGE_BYTES,
    read: (permission & READ) !== 0,
    write: (permission & WRITE) !== 0,
  };
  return { kind: 'completed', address, mapping, snooped, memoryType };
}
