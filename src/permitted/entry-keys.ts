import type { Words } from '../bits/field.ts';
import { type PageNumber, POWER_OF_2 } from '../bits/page-number.ts';
import type { CacheName } from '../caches/caches.ts';
import type { Condition } from '../conditions/condition.ts';
import type { Translation } from '../messages/translation.ts';

/*
 * Not in the specification: texts that are equal for what caches cannot tell apart. A tag is what a lookup compares
 * (§6.2.1), the rest of a key is what the entry holds.
 */

/** What invalidations compare, where `caches/` has no name for it: Table 17, §6.2.1. */
export interface ContextTags {
  readonly sourceId: number;
  readonly domainId: number;
}

export interface PasidTags {
  readonly pasid: number;
  readonly domainId: number;
}

export interface InterruptTags {
  readonly index: number;
}

export interface PermissionTags {
  readonly domainId: number;
  readonly level: number;
  readonly page: PageNumber;
  readonly pages: number;
}

/** Entries of legacy and of scalable mode have different sizes, and neither mode has a use for the other's (§9.3, §9.4). */
export const contextTag = (sourceId: number, words: Words): string => `context ${sourceId} ${words.length}`;

export const translationTag = (sourceId: number, pasid: number, page: PageNumber, pages: number): string =>
  `iotlb ${sourceId} ${pasid} ${pages} ${Math.floor(page / pages)}`;

export const tableTag = (cache: CacheName, domainId: number, pasid: number, input: PageNumber, level: number): string =>
  `${cache} ${domainId} ${pasid} ${level} ${Math.floor(input / POWER_OF_2[9 * level]!)}`;

export const textOf = (words: Words, fault: Condition | undefined): string => `${words.join(' ')} ${fault?.code}`;

/** All that tells one IOTLB entry from another with the same tags. */
export function translationText(
  host: PageNumber,
  leafPages: number,
  translation: Translation,
  fault: Condition | undefined,
): string {
  const { domainId, pasid, stages, secondStagePermission, memoryType } = translation;
  const { writable, user, leafSnooped, writeReady, supervisorAllowed, writeProtected, ownPrivilege } = translation;
  const flags = [writable, user, leafSnooped, writeReady, supervisorAllowed, writeProtected, ownPrivilege];
  const bits = [...flags, translation.faultProcessingDisabled].map(Number).join('');
  return `${host} ${leafPages} ${domainId} ${pasid} ${stages} ${secondStagePermission} ${memoryType} ${bits} ${fault?.code}`;
}
