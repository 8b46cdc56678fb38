import { addressOf, offsetOf, pageOf } from '../bits/page-number.ts';
import {
  ACCESS,
  type AccessName,
  checkInteger,
  type DmaRequest,
  type DmaRequestParameters,
  dmaRequest,
  NO_PASID,
} from '../messages/dma-request.ts';
import type { Blocked, Outcome } from '../messages/outcome.ts';
import type { DeviceTlbInvalidation, PlatformMessage } from '../messages/platform-message.ts';
import { type CachedTranslation, TranslationCache, translationsIn } from './translation-cache.ts';

/** Where an endpoint with a Device-TLB sends its requests and messages, §4.1: a `RemappingUnit`, or a port before it. */
export interface TranslationAgent {
  dma(request: DmaRequest): Outcome;
  /** `tags`: ITags, 0 to 31; `count`: in how many messages they are completed, 0 for 8. Returns a refusal, or undefined. */
  completeDeviceTlbInvalidation(
    sourceId: number,
    tags: number | readonly number[],
    count?: number,
  ): Blocked | undefined;
}

/** What an endpoint does that the protocol forbids: each for itself, none if it is left out. */
export interface Misbehaviour {
  /** It completes an invalidation and keeps what it should have forgotten. */
  readonly keepsInvalidated?: boolean;
  /** It completes with the ITag after the one that it was sent. */
  readonly completesWrongTag?: boolean;
  /** It completes in the name of this source-id. */
  readonly completesAs?: number;
  /** It sets No Snoop in spite of N=1. */
  readonly ignoresNonSnooped?: boolean;
  /** It sends translated requests in spite of U=1. */
  readonly ignoresUntranslatedOnly?: boolean;
}

export interface DeviceTlbOptions {
  readonly unit: TranslationAgent;
  /** 16 bits: bus 15:8, device 7:3, function 2:0. */
  readonly sourceId: number;
  /** Translations that it keeps, 1 or more; the oldest makes room. Default 64. */
  readonly capacity?: number;
  /** Translations that one request asks for, 1 to 16. Default 1. */
  readonly translations?: number;
  /** Whether it sets NW where it is going to read alone. Default false. */
  readonly asksReadOnly?: boolean;
  /** Whether its translated requests carry the PASID. Default false. */
  readonly translatedWithPasid?: boolean;
  /** When it completes invalidations: there and then, when {@link DeviceTlb.complete} is called, or not at all. Default `at-once`. */
  readonly completes?: 'at-once' | 'late' | 'never';
  /** In how many messages it completes one, 1 to 8. Default 1. */
  readonly messages?: number;
  readonly misbehaves?: Misbehaviour;
}

/** What the function behind the Device-TLB wants to do. */
export interface DeviceAccess {
  /** The untranslated address, 64 bits. */
  readonly address: bigint;
  readonly access: AccessName;
  /** Bytes, within a page of 4 KiB. Default 4. */
  readonly length?: number;
  /** 20 bits; without it the access has none. */
  readonly pasid?: number;
  readonly privileged?: boolean;
  readonly noSnoop?: boolean;
}

/**
 * An endpoint with a Device-TLB, chapter 4: it asks the unit for translations, keeps them, uses them in translated requests
 * and forgets them when an invalidation reaches it. The unit needs the choice `deviceTlbCompletion: 'asked'`, and its
 * `send` leads to {@link receive}. The constructor throws a RangeError if a number does not fit.
 */
export class DeviceTlb {
  readonly #options: DeviceTlbOptions;
  readonly #misbehaves: Misbehaviour;
  readonly #cache: TranslationCache;
  readonly #pending: DeviceTlbInvalidation[] = [];
  #enabled = true;

  constructor(options: DeviceTlbOptions) {
    const { sourceId, capacity = 64, translations = 1, messages = 1, misbehaves = {} } = options;
    checkInteger('sourceId', sourceId, 0, 0xffff);
    checkInteger('capacity', capacity, 1, 2 ** 20);
    checkInteger('translations', translations, 1, 16);
    checkInteger('messages', messages, 1, 8);
    if (misbehaves.completesAs !== undefined) checkInteger('completesAs', misbehaves.completesAs, 0, 0xffff);
    this.#options = options;
    this.#misbehaves = misbehaves;
    this.#cache = new TranslationCache(capacity);
  }

  /** Enable of the ATS control register, §4.5. While it is 0 every request is untranslated; what was kept goes with it. */
  get enabled(): boolean {
    return this.#enabled;
  }

  set enabled(enabled: boolean) {
    this.#enabled = enabled;
    if (!enabled) this.#cache.clear();
  }

  /** What it keeps, the oldest first. */
  get translations(): readonly CachedTranslation[] {
    return this.#cache.entries;
  }

  /** Invalidations that it has been sent and has not completed, the oldest first. */
  get pending(): readonly DeviceTlbInvalidation[] {
    return [...this.#pending];
  }

  /**
   * The function reads or writes, §4.1.3: by a translation that is kept, or by one that is asked for first. Returns the
   * outcome of the last request: a translation completion if that permits no such access. Throws a RangeError if a number
   * does not fit, or if the access crosses a page.
   */
  access(wanted: DeviceAccess): Outcome {
    const { address, access, length = 4, noSnoop = false } = wanted;
    if (offsetOf(address) + length > 4096) throw new RangeError('an access lies within one page of 4 KiB');
    const asked = { ...this.#ask(wanted), access, length, noSnoop };
    if (!this.#enabled) return this.#send(asked);
    const known = this.#find(wanted);
    if (known !== undefined) return this.#use(known, wanted);
    const completion = this.translate(wanted);
    if (completion.kind !== 'translation') return completion;
    const found = this.#find(wanted);
    return found === undefined ? completion : this.#use(found, wanted);
  }

  /** A translation request for an address, §4.1.1; what its completion grants is kept. */
  translate(wanted: DeviceAccess): Outcome {
    const { translations = 1, asksReadOnly = false } = this.#options;
    const noWrite = asksReadOnly && wanted.access === 'read';
    const request = { ...this.#ask(wanted), access: 'read', type: 'translation', length: 8 * translations } as const;
    const outcome = this.#send({ ...request, noWrite });
    if (outcome.kind !== 'translation') return outcome;
    const found = translationsIn(outcome.words, pageOf(wanted.address), tagsOf(wanted));
    // The one that is wanted last: it is the newest then, and has room.
    for (const kept of found.toReversed()) this.#cache.keep(kept);
    return outcome;
  }

  /** A translated request to a host address of the caller's, which an endpoint that obeys never sends: see {@link access}. */
  forge({ address, access, length = 4, noSnoop = false }: DeviceAccess): Outcome {
    return this.#send({ address, access, length, noSnoop, type: 'translated' });
  }

  /** Takes a message of the unit, §4.1.4. What is not an invalidation for this endpoint is passed over. */
  receive(message: PlatformMessage): void {
    if (message.kind !== 'device-tlb-invalidation' || message.sourceId !== this.#options.sourceId) return;
    this.#pending.push(message);
    if ((this.#options.completes ?? 'at-once') === 'at-once') this.complete();
  }

  /**
   * Completes the oldest invalidation that is pending, §4.3: what it reaches is forgotten, then the unit is told. Returns
   * what the unit refuses, or undefined; also if nothing is pending, or if the endpoint never completes.
   */
  complete(): Blocked | undefined {
    const { unit, sourceId, completes, messages = 1 } = this.#options;
    const { keepsInvalidated = false, completesWrongTag = false, completesAs = sourceId } = this.#misbehaves;
    if (completes === 'never') return undefined;
    const invalidation = this.#pending.shift();
    if (invalidation === undefined) return undefined;
    if (!keepsInvalidated) this.#cache.invalidate(invalidation);
    const tag = completesWrongTag ? (invalidation.tag + 1) % 32 : invalidation.tag;
    let refused: Blocked | undefined;
    for (let sent = 0; sent < messages; sent++) {
      refused ??= unit.completeDeviceTlbInvalidation(completesAs, tag, messages % 8);
    }
    return refused;
  }

  #find(wanted: DeviceAccess): CachedTranslation | undefined {
    const found = this.#cache.find(tagsOf(wanted), pageOf(wanted.address));
    return found !== undefined && (ACCESS[wanted.access] & ~found.rights) === 0 ? found : undefined;
  }

  /** By a translation that permits it. */
  #use(known: CachedTranslation, wanted: DeviceAccess): Outcome {
    const { address, access, length = 4, noSnoop = false } = wanted;
    const { ignoresNonSnooped = false, ignoresUntranslatedOnly = false } = this.#misbehaves;
    const asked = this.#ask(wanted);
    if (known.untranslatedOnly && !ignoresUntranslatedOnly) return this.#send({ ...asked, access, length, noSnoop });
    const { pasid, privileged = false } = asked;
    const page = known.hostPage + pageOf(address) - known.page;
    return this.#send({
      address: addressOf(page, offsetOf(address)),
      access,
      length,
      type: 'translated',
      noSnoop: noSnoop && (!known.nonSnooped || ignoresNonSnooped),
      ...(this.#options.translatedWithPasid === true && pasid !== undefined ? { pasid, privileged } : {}),
    });
  }

  /** What every request for an address says of it. */
  #ask({
    address,
    pasid,
    privileged = false,
  }: DeviceAccess): Pick<DmaRequestParameters, 'address' | 'pasid' | 'privileged'> {
    return pasid === undefined ? { address } : { address, pasid, privileged };
  }

  #send(request: Omit<DmaRequestParameters, 'sourceId'>): Outcome {
    const { unit, sourceId } = this.#options;
    return unit.dma(dmaRequest({ sourceId, ...request }));
  }
}

const tagsOf = ({ pasid = NO_PASID, privileged = false }: DeviceAccess) => ({
  pasid,
  privileged: pasid !== NO_PASID && privileged,
});
