import type { Words } from './field.ts';
import { hex } from './hex.ts';
import { type Kind, listOf, unsigned } from './json-values.ts';
import { addressOf, offsetOf, type PageNumber, pageOf } from './page-number.ts';
import { qwordsOf } from './qwords.ts';

/** Not in the specification: pages and words as a snapshot has them, in JSON. */

const address = unsigned(64);

/** The address of a page of 4 KiB, as its number. */
export const pageValue: Kind<PageNumber> = {
  takes: `${address.takes}, and a multiple of 0x1000`,
  read(value, path) {
    const read = address.read(value, path);
    return read === undefined || offsetOf(read) !== 0 ? undefined : pageOf(read);
  },
};

export const pageText = (page: PageNumber): string => hex(addressOf(page));

const qword = unsigned(64);

/** The words of a structure: 64 bits each, lowest first; `counts` says how many there may be. */
export function wordsValue(...counts: readonly number[]): Kind<Words> {
  const list = listOf(qword);
  return {
    takes: `an array of ${counts.join(' or ')} numbers of 64 bits`,
    read(value, path) {
      const read = list.read(value, path);
      if (read === undefined || !counts.includes(read.length)) return undefined;
      return Uint32Array.from(read.flatMap((one) => [Number(one & 0xffff_ffffn), Number(one >> 32n)]));
    },
  };
}

/** Words of 32 bits, perhaps with a sign, as {@link wordsValue} reads them. */
export const wordsTexts = (words: ArrayLike<number>): string[] =>
  qwordsOf(Uint32Array.from(words)).map((one) => hex(one));
