import type { DmaRemapping } from '../dma-remapping/dma-remapping.ts';
import { newPasidEntry } from '../dma-remapping/pasid-entry.ts';
import { passPageRequest } from '../dma-remapping/translate.ts';
import type { FaultRecording } from '../faults/fault-recording.ts';
import { PAGE_REQUEST } from '../messages/dma-request.ts';
import type { PageRequestOutcome } from '../messages/outcome.ts';
import type { PageRequest } from '../messages/page-request.ts';
import type { PageGroupResponse, PlatformMessage } from '../messages/platform-message.ts';
import { newTranslation } from '../messages/translation.ts';
import { type BlockedByEntries, handlePageRequest } from '../page-requests/handle-page-request.ts';
import { invalidateForPageRequest, type PassedEntries } from '../page-requests/implicit-invalidation.ts';
import { PageRequestQueue } from '../page-requests/page-request-queue.ts';
import { eventRegisters } from './queued-invalidation.ts';
import { reported } from './reported-fault.ts';
import type { UnitRegisters } from './unit-registers.ts';

/** What the door for page requests needs of a unit. */
export interface PageRequestDoor extends DmaRemapping {
  readonly registers: UnitRegisters;
  readonly faults: FaultRecording;
  /** GSTS_REG.TES. */
  readonly translationEnabled: boolean;
  /** Missing where the unit has no page requests. */
  readonly pageRequests?: PageRequestQueue | undefined;
  /** Takes the responses that the unit sends by itself. */
  readonly notify?: ((response: PageGroupResponse) => void) | undefined;
}

/** The page request queue of a unit, §7.4; undefined if it has none: other registers may stand in the place of its own. */
export function pageRequestQueue(
  unit: Pick<PageRequestDoor, 'memory' | 'configuration' | 'choices' | 'registers'>,
  send: (message: PlatformMessage) => void,
): PageRequestQueue | undefined {
  const { configuration, registers } = unit;
  if (configuration.ECAP.PRS === 0) return undefined;
  const words = (name: string) => registers.words(name);
  const event = eventRegisters('page-request-event', 'PE', registers, send);
  const four = { head: words('PQH_REG'), tail: words('PQT_REG'), address: words('PQA_REG'), status: words('PRS_REG') };
  return new PageRequestQueue(unit, four, event);
}

/** A page request from a device, §7.4. Without support it is a message that the unit does not know: it is gone. */
export function answerPageRequest(unit: PageRequestDoor, request: PageRequest): PageRequestOutcome {
  const { pageRequests: queue, configuration, choices, caches, translationEnabled } = unit;
  if (queue === undefined) return { kind: 'dropped' };
  return handlePageRequest(
    {
      configuration,
      choices,
      translationEnabled,
      queue,
      pass: () => entriesOf(unit, request),
      record: (condition) => reported(unit, condition, unit.faults.recordPageRequest(condition, request)),
      // No command, so that it is not one of those that a wait completes.
      invalidate: (entries) => {
        if (caches !== undefined) invalidateForPageRequest(caches, configuration, entries, request.page);
      },
      send: (response) => unit.notify?.(response),
    },
    request,
  );
}

const pasidEntry = newPasidEntry();

/** What the entries up to that of the PASID say of a page request, or the row that blocks it, §7.4.1. */
export function entriesOf(unit: DmaRemapping, { sourceId, pasid }: PageRequest): PassedEntries | BlockedByEntries {
  const translation = newTranslation();
  const request = { sourceId, pasid, addressType: PAGE_REQUEST };
  const condition = passPageRequest(unit, request, translation, pasidEntry);
  if (condition === undefined) {
    return { type: pasidEntry.type, domainId: pasidEntry.domainId, pasid: translation.pasid };
  }
  return { condition, faultProcessingDisabled: translation.faultProcessingDisabled };
}
