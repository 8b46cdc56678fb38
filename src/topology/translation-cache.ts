import { type PageNumber, pageOf } from '../bits/page-number.ts';
import { NO_PASID, READ, WRITE } from '../messages/dma-request.ts';
import type { DeviceTlbInvalidation } from '../messages/platform-message.ts';
import { sizedRange } from '../messages/sized-range.ts';
import { TranslationCompletionEntry } from '../structures/translation-completion.ts';

const { R, W, U, N, S, ADDR } = TranslationCompletionEntry;

/** What a translation was asked for: an entry serves only accesses that are the same, §4.1.2. */
export interface TranslationTags {
  /** 20 bits, or NO_PASID. */
  readonly pasid: number;
  readonly privileged: boolean;
}

/** A translation as an endpoint keeps it, §4.1.2. */
export interface CachedTranslation extends TranslationTags {
  /** Untranslated: bits 63:12 of the first address, and how many pages follow each other from there. */
  readonly page: PageNumber;
  readonly pages: number;
  /** Bits 63:12 of the first host address. */
  readonly hostPage: PageNumber;
  /** READ and WRITE. */
  readonly rights: number;
  /** N: translated requests clear No Snoop. */
  readonly nonSnooped: boolean;
  /** U: untranslated requests only. */
  readonly untranslatedOnly: boolean;
}

/**
 * The translations of a completion, from its 64-bit words, for a request whose address is in `page`. Those without any
 * permission are left out: there is nothing to keep.
 */
export function translationsIn(
  words: readonly bigint[],
  page: PageNumber,
  tags: TranslationTags,
): readonly CachedTranslation[] {
  const found: CachedTranslation[] = [];
  let next: PageNumber | undefined;
  for (const word of words) {
    const entry = Uint32Array.of(Number(word & 0xffff_ffffn), Number(word >> 32n));
    const { page: hostPage, pages } = sizedRange(ADDR(entry), S(entry));
    const first: PageNumber = next ?? page - (page % pages);
    next = first + pages;
    const rights = (R(entry) === 1 ? READ : 0) | (W(entry) === 1 ? WRITE : 0);
    if (rights === 0) continue;
    const { pasid, privileged } = tags;
    const range = { page: first, pages, hostPage };
    found.push({ pasid, privileged, ...range, rights, nonSnooped: N(entry) === 1, untranslatedOnly: U(entry) === 1 });
  }
  return found;
}

/** The entries of a Device-TLB, the oldest first; the oldest makes room. */
export class TranslationCache {
  readonly #capacity: number;
  #entries: readonly CachedTranslation[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get entries(): readonly CachedTranslation[] {
    return this.#entries;
  }

  find({ pasid, privileged }: TranslationTags, page: PageNumber): CachedTranslation | undefined {
    return this.#entries.find(
      (entry) => entry.pasid === pasid && entry.privileged === privileged && meets(entry, page, 1),
    );
  }

  /** Keeps an entry in place of those of the same kind that it meets. */
  keep(kept: CachedTranslation): void {
    const others = this.#entries.filter(
      (entry) =>
        entry.pasid !== kept.pasid || entry.privileged !== kept.privileged || !meets(entry, kept.page, kept.pages),
    );
    this.#entries = [...others, kept].slice(-this.#capacity);
  }

  /**
   * §4.1.4: forgets what an invalidation reaches: with a PASID, or all of them, what was asked for with it; without one
   * what was asked for without.
   */
  invalidate({ address, size, pasid = NO_PASID, global }: DeviceTlbInvalidation): void {
    const page = pageOf(address);
    const pages = Number(size >> 12n);
    const reaches = (entry: CachedTranslation) => (global ? entry.pasid !== NO_PASID : entry.pasid === pasid);
    this.#entries = this.#entries.filter((entry) => !reaches(entry) || !meets(entry, page, pages));
  }

  clear(): void {
    this.#entries = [];
  }
}

/** Whether an entry and so many pages have one in common. */
const meets = (entry: CachedTranslation, page: PageNumber, pages: number): boolean =>
  entry.page < page + pages && page < entry.page + entry.pages;
