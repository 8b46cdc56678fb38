import type { Words } from '../bits/field.ts';
import type { EventRegisters } from '../events/event-registers.ts';
import { NO_PASID } from '../messages/dma-request.ts';
import type { PageRequest } from '../messages/page-request.ts';
import type { Choices } from '../platform/choices.ts';
import type { Memory } from '../platform/memory.ts';
import { PQA_REG, PQH_REG, PQT_REG, PRS_REG } from '../registers/page-request.ts';
import { PageRequestDescriptor } from '../structures/page-request.ts';

/** The registers of the queue, §11.4.11. */
export interface PageRequestQueueWords {
  readonly head: Words;
  readonly tail: Words;
  readonly address: Words;
  readonly status: Words;
}

/** What the queue needs of the unit. */
export interface PageRequestQueueUnit {
  readonly memory: Memory;
  readonly choices: Choices;
}

const DESCRIPTOR_BYTES = 32;
const DESCRIPTORS_A_PAGE = 128;

/**
 * The page request queue, §7.4.1: a ring of page_req_dsc in memory that the unit fills and software empties, with the
 * status and the event that go with it, §7.5. All of its state is in registers.
 */
export class PageRequestQueue {
  readonly #unit: PageRequestQueueUnit;
  readonly #words: PageRequestQueueWords;
  readonly #event: EventRegisters;

  constructor(unit: PageRequestQueueUnit, words: PageRequestQueueWords, event: EventRegisters) {
    this.#unit = unit;
    this.#words = words;
    this.#event = event;
  }

  /** PRO: nothing is queued until software has cleared it. */
  get overflowed(): boolean {
    return PRS_REG.PRO(this.#words.status) === 1;
  }

  /** The tail is one entry behind the head. Pointers beyond the ring count modulo its size. */
  get full(): boolean {
    const { head, tail } = this.#words;
    return (PQT_REG.PQT(tail) + 1) % this.#entries === PQH_REG.PQH(head) % this.#entries;
  }

  /** A request met a full queue. */
  overflow(): void {
    const alreadyPending = this.#pending;
    PRS_REG.PRO.put(this.#words.status, 1);
    this.#event.raise(alreadyPending);
  }

  /** Writes the descriptor, then moves the tail, then tells software. Returns how many bytes into the queue it is. */
  append(request: PageRequest): number {
    const { tail, address, status } = this.#words;
    const index = PQT_REG.PQT(tail) % this.#entries;
    const page = PQA_REG.PQA(address) + Math.floor(index / DESCRIPTORS_A_PAGE);
    // What memory refuses is lost: no error is defined for it.
    this.#unit.memory.store(page, (index % DESCRIPTORS_A_PAGE) * DESCRIPTOR_BYTES, descriptorOf(request));
    PQT_REG.PQT.put(tail, (index + 1) % this.#entries);
    const alreadyPending = this.#pending;
    PRS_REG.PPR.put(status, 1);
    this.#event.raise(alreadyPending);
    return index * DESCRIPTOR_BYTES;
  }

  /** Software wrote PRS_REG, which read as `before` until then. Nobody services a PPR that was 0. */
  statusWritten(before: number): void {
    const { PPR } = PRS_REG;
    const cleared = PPR.ofQword(before, 0) === 1 && PPR(this.#words.status) === 0;
    const suffices = cleared && this.#unit.choices.pageRequestServiced === 'PPR';
    if (suffices || !this.#pending) this.#event.serviced();
  }

  /** Software wrote PECTL_REG. */
  controlWritten(): void {
    this.#event.sendIfUnmasked();
  }

  get #entries(): number {
    return DESCRIPTORS_A_PAGE << PQA_REG.PQS(this.#words.address);
  }

  /** §7.5: with one of the two still set, software has not answered the last message. */
  get #pending(): boolean {
    const { PPR, PRO } = PRS_REG;
    return (PPR(this.#words.status) | PRO(this.#words.status)) === 1;
  }
}

/** page_req_dsc, §7.4.1.1. What the request gives no meaning to is 0, but for the group of one without RDR and WRR. */
function descriptorOf({ sourceId, page, pasid, read, write, execute, privileged, group, last }: PageRequest): Words {
  const withPasid = pasid !== NO_PASID;
  return PageRequestDescriptor.pack({
    Type: 1,
    PP: withPasid ? 1 : 0,
    RID: sourceId,
    PASID: withPasid ? pasid : 0,
    EXR: withPasid && read && execute ? 1 : 0,
    PMR: withPasid && privileged ? 1 : 0,
    RDR: read ? 1 : 0,
    WRR: write ? 1 : 0,
    LPIG: last ? 1 : 0,
    PRGI: group,
    ADDR: page,
  });
}
