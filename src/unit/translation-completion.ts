import { addressOf } from '../bits/page-number.ts';
import { qwordsOf } from '../bits/qwords.ts';
import { RECORDED_WITH_SUCCESS } from '../conditions/translation.ts';
import type { DmaRemapping } from '../dma-remapping/dma-remapping.ts';
import { translate } from '../dma-remapping/translate.ts';
import { viewOf } from '../dma-remapping/view.ts';
import { columnOfRequest, type DmaRequest, NO_PASID, READ, WRITE } from '../messages/dma-request.ts';
import type { TranslationCompletion } from '../messages/outcome.ts';
import { pageWithSize } from '../messages/sized-range.ts';
import { newTranslation, type Translation } from '../messages/translation.ts';
import { TranslationCompletionEntry } from '../structures/translation-completion.ts';
import { TRANSLATION_BYTES } from './ats-protocol.ts';
import { besideUnit } from './beside-unit.ts';

const PAGE_BYTES = 4096;
/** Bits 63:12 of an address are below this. */
const PAGES = 2 ** 52;

/** §4.1.2, §4.2.3: the answer to a translation request that is not blocked; `translation` is that of its own page. */
export function translationCompletion(
  unit: DmaRemapping,
  request: DmaRequest,
  translation: Translation,
): TranslationCompletion {
  const { page, leafPages, permission, snooped, untranslatedOnly } = translation;
  const first = wordOf(request, translation);
  return {
    kind: 'translation',
    address: addressOf(page - (page % leafPages)),
    size: leafPages * PAGE_BYTES,
    read: (permission & READ) !== 0,
    write: (permission & WRITE) !== 0,
    execute: false,
    privileged: isPrivileged(request),
    global: false,
    nonSnooped: snooped,
    untranslatedOnly,
    words: asksForMore(unit, request) ? [first, ...furtherWords(unit, request, leafPages)] : [first],
  };
}

/** §7.1.3: a condition that is answered with Success leaves one page without any permission. */
export function permitNothing(request: DmaRequest, translation: Translation): void {
  translation.page = request.page;
  translation.leafPages = 1;
  translation.permission = 0;
  translation.snooped = false;
  translation.untranslatedOnly = false;
}

const asksForMore = ({ choices }: DmaRemapping, { length }: DmaRequest): boolean =>
  choices.translationsPerCompletion === 'several' && length > TRANSLATION_BYTES;

/** §4.2.3.2: of the ranges that follow, until one would be blocked or has another size. `pages`: the size of the first. */
function* furtherWords(unit: DmaRemapping, request: DmaRequest, pages: number): Generator<bigint> {
  const start = request.page - (request.page % pages);
  const translation = newTranslation();
  // Who watches is told of the range that was asked for.
  const unwatched = viewOf(unit, { trace: undefined });
  for (let n = 1; n < request.length / TRANSLATION_BYTES; n++) {
    const page = start + n * pages;
    if (page >= PAGES) return;
    const next = { ...request, page, offset: 0 };
    // Tried beside memory and caches first: a range that is not returned leaves no flag.
    if (!isReturned(viewOf(unwatched, besideUnit(unwatched)), next, pages, translation)) return;
    if (!isReturned(unwatched, next, pages, translation)) return;
    yield wordOf(next, translation);
  }
}

/** Whether a range that follows the first is returned with it. What would be recorded is left to a request of its own. */
function isReturned(unit: DmaRemapping, request: DmaRequest, pages: number, translation: Translation): boolean {
  const condition = translate(unit, request, translation);
  if (condition !== undefined) {
    const response = condition.responses[columnOfRequest(request)]!;
    if (response === 'UR' || response === 'CA' || condition === RECORDED_WITH_SUCCESS) return false;
    permitNothing(request, translation);
  }
  return translation.leafPages === pages;
}

/** §4.2.3: a range larger than 4 KiB says its size by the lowest 0 of its address. One that means nothing is 0. */
function wordOf(request: DmaRequest, translation: Translation): bigint {
  const { page, leafPages, permission, snooped, untranslatedOnly } = translation;
  const large = leafPages > 1;
  const sized = large ? pageWithSize({ page, pages: leafPages }) : page;
  const words = TranslationCompletionEntry.pack({
    R: permission & READ,
    W: (permission & WRITE) === 0 ? 0 : 1,
    U: untranslatedOnly ? 1 : 0,
    PRIV: isPrivileged(request) ? 1 : 0,
    N: snooped ? 1 : 0,
    S: large ? 1 : 0,
    ADDR: permission === 0 || untranslatedOnly ? 0 : sized,
  });
  return qwordsOf(words)[0]!;
}

const isPrivileged = ({ pasid, privileged }: DmaRequest): boolean => pasid !== NO_PASID && privileged;
