import { ADDRESS_TYPE, type DmaRequest, READ } from '../messages/dma-request.ts';
import type { Blocked } from '../messages/outcome.ts';
import type { Choices } from '../platform/choices.ts';

/** Bytes of one translation in a completion, §4.1.1. */
export const TRANSLATION_BYTES = 8;

/** What no condition of the fault tables is behind, so that nothing is recorded. */
export const UNSUPPORTED: Blocked = Object.freeze({ kind: 'blocked', response: 'UR' });
export const MALFORMED: Blocked = Object.freeze({ kind: 'blocked', response: 'malformed' });

/** §4.2.1: what becomes of a request that its address type forbids, whatever the tables say; undefined if none does. */
export function atsProtocolError(
  { choices, translationEnabled }: { readonly choices: Choices; readonly translationEnabled: boolean },
  request: DmaRequest,
): Blocked | undefined {
  const { addressType, access } = request;
  if (addressType === ADDRESS_TYPE.untranslated) return undefined;
  if (addressType === ADDRESS_TYPE.reserved) return UNSUPPORTED;
  if (addressType === ADDRESS_TYPE.translation) {
    if (access !== READ) return UNSUPPORTED;
    if (isMalformed(request, choices.readCompletionBoundary)) return MALFORMED;
  }
  return translationEnabled ? undefined : UNSUPPORTED;
}

/** Bytes that are not enabled, an odd number of DWORDs, or more than the root complex completes at once. */
const isMalformed = ({ length, zeroLength }: DmaRequest, readCompletionBoundary: number): boolean =>
  zeroLength || length % TRANSLATION_BYTES !== 0 || length > readCompletionBoundary;
