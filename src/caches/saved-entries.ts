import { hex } from '../bits/hex.ts';
import { integer, type Kind, listOf, members, type Read } from '../bits/json-values.ts';
import type { PageNumber } from '../bits/page-number.ts';
import { pageText } from '../bits/saved-words.ts';
import type { Condition } from '../conditions/condition.ts';
import { TRANSLATION_FAULTS } from '../conditions/translation.ts';

/** What of entries of several caches a snapshot has in the same form: kinds to read them, and their texts. */

/** 16 bits: a domain-id, or HPTDID. */
export const domainIdValue = integer(0, 0xffff);
export const pasidValue = integer(0, 0xf_ffff);

/** READ and WRITE. */
export const permissionValue = integer(0, 3);

/** A row of Table 30 by its code. */
export const faultValue: Kind<Condition> = {
  takes: 'the code of a row of Table 30',
  read: (value) => TRANSLATION_FAULTS.find(({ code }) => code === value),
};

/** The entries of a store in their order, which replacement goes by, and a number that says which leaves next. */
export interface SavedStore<Entry> {
  readonly next: number;
  readonly entries: readonly Entry[];
}

export const storeValue = <Entry>(entry: Kind<Entry>): Kind<SavedStore<Entry>> =>
  members({ next: integer(0, 0xffff_ffff), entries: listOf(entry) }, {});

/** What a store's kind makes of an entry. */
export type EntryOf<Store> = Read<Store> extends SavedStore<infer Entry> ? Entry : never;

/** Not in the specification: throws a RangeError unless an entry for so many pages begins at the first of them. */
export function checkFirstPage(page: PageNumber, pages: number, where: string): void {
  if (page % pages === 0) return;
  throw new RangeError(
    `${where} has an entry for ${hex(pages * 4096)} bytes, whose address is a multiple of that, got ${pageText(page)}`,
  );
}
