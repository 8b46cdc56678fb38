import type { StructureDeclaration } from '../bits/structure.ts';
import { viewOf } from '../dma-remapping/view.ts';
import { ADDRESS_TYPE, type DmaRequest, NO_PASID } from '../messages/dma-request.ts';
import type { InterruptRequest } from '../messages/interrupt-request.ts';
import type { InterruptOutcome, Outcome, PageRequestOutcome } from '../messages/outcome.ts';
import type { PageRequest } from '../messages/page-request.ts';
import { RESPONSE_CODE } from '../messages/platform-message.ts';
import type { PerformanceCounters } from '../performance/counters.ts';
import { CountingCaches } from '../performance/counting-caches.ts';
import { CountingMemory } from '../performance/counting-memory.ts';
import { AT, NO_REQUEST, type Occurrence } from '../performance/occurrence.ts';
import { EVENT, type PerformanceEvent } from '../registers/performance-events.ts';
import { PostedInterruptDescriptor } from '../structures/posted-interrupt-descriptor.ts';
import { answer, type DmaDoor } from './dma.ts';
import { answerInterrupt } from './interrupt.ts';
import { answerPageRequest, type PageRequestDoor } from './page-request.ts';

/** Events of the HPT caches, whose address type may be that of a prefetch, §11.4.13.19. */
const OF_HOST_PERMISSIONS: ReadonlySet<PerformanceEvent> = new Set([EVENT.HPT_NONLEAF_LOOKUP, EVENT.HPT_NONLEAF_HIT]);

/**
 * The doors of a unit while a counter counts, chapter 10: requests take the same way, and what they meet on it is told
 * to the counters. A unit goes around them otherwise, so that counting costs nothing where it is off.
 */
export class CountedDoors {
  readonly #counters: PerformanceCounters;
  readonly #view: DmaDoor & PageRequestDoor;
  /** What the request at hand gives each of its events. */
  readonly #occurrence: Occurrence = { ...NO_REQUEST };

  constructor(unit: DmaDoor & PageRequestDoor, counters: PerformanceCounters) {
    this.#counters = counters;
    const tell = (event: PerformanceEvent, domainId = -1, level = 0) => this.#tell(event, domainId, level);
    // §5.2.3: a posted interrupt descriptor is not read but updated.
    const read = (format: StructureDeclaration) => {
      if (format !== PostedInterruptDescriptor) tell(EVENT.IOMMU_MRDS);
    };
    this.#view = viewOf(unit, {
      memory: new CountingMemory(unit.memory, () => tell(EVENT.IOMMU_ATOMIC_AD_UPDATE)),
      caches: unit.caches === undefined ? undefined : new CountingCaches(unit.caches, tell),
      trace: { entry: read, refused: read },
    });
  }

  /** A request from a device, §10.7: it is one however many pages it crosses. */
  dma(request: DmaRequest): Outcome {
    this.#begin(request.sourceId, request.pasid, AT[request.addressType]!);
    this.#tell(EVENT.IOMMU_REQUESTS, -1, 0);
    return answer(this.#view, request);
  }

  /** An interrupt request, which is none of the requests for memory that are counted, §10.7. */
  interrupt(request: InterruptRequest): InterruptOutcome {
    this.#begin(request.sourceId, NO_PASID, 0);
    return answerInterrupt(this.#view, request);
  }

  /** A page request, which is none of the requests for memory either, §10.7. */
  pageRequest(request: PageRequest): PageRequestOutcome {
    this.#begin(request.sourceId, request.pasid, 0);
    const outcome = answerPageRequest(this.#view, request);
    if (outcome.kind === 'queued') this.#tell(EVENT.PG_REQ_POSTED, -1, 0);
    const isFull = outcome.kind === 'answered' && outcome.code === RESPONSE_CODE.success;
    if (isFull) this.#tell(EVENT.PG_REQ_OVERFLOW, -1, 0);
    return outcome;
  }

  #begin(sourceId: number, pasid: number, addressType: number): void {
    const occurrence = this.#occurrence;
    occurrence.sourceId = sourceId;
    occurrence.pasid = pasid;
    occurrence.addressType = addressType;
  }

  #tell(event: PerformanceEvent, domainId: number, level: number): void {
    const occurrence = this.#occurrence;
    occurrence.domainId = domainId;
    occurrence.level = level === 0 ? 0 : 1 << (level - 1);
    const { addressType } = occurrence;
    // §6.2.6.1: a translation request looks for host permissions only to have them at hand.
    const prefetches = addressType === AT[ADDRESS_TYPE.translation] && OF_HOST_PERMISSIONS.has(event);
    if (prefetches) occurrence.addressType = AT.HOST_PERMISSION_PREFETCH;
    this.#counters.occur(event, occurrence);
    occurrence.addressType = addressType;
  }
}
