import type { Words } from '../bits/field.ts';
import { addressOf, type PageNumber } from '../bits/page-number.ts';
import type { CountedInvalidation } from '../caches/caches.ts';
import type { DeviceTlbInvalidation, PlatformMessage } from '../messages/platform-message.ts';
import { sizedRange } from '../messages/sized-range.ts';
import type { Choices } from '../platform/choices.ts';
import {
  DeviceTlbInvalidationDescriptor,
  PasidDeviceTlbInvalidationDescriptor,
} from '../structures/invalidation-descriptor.ts';
import { PageGroupResponseDescriptor } from '../structures/page-request.ts';
import type { UnderWay } from './under-way.ts';

/** Where messages to endpoints go. */
export interface EndpointLink {
  readonly send: (message: PlatformMessage) => void;
  readonly choices: Choices;
  readonly underWay: UnderWay;
  readonly invalidations: CountedInvalidation;
}

/** dev_tlb_inv_dsc, §6.5.2.5. MIP and PFSID are for throttling, and there is nothing to throttle. */
export function requestDeviceTlbInvalidation(link: EndpointLink, words: Words): void {
  const { SID, ADDR, S } = DeviceTlbInvalidationDescriptor;
  sendRequest(link, { sourceId: SID(words), ...rangeOf(ADDR(words), S(words)), global: false });
}

/** p_dev_tlb_inv_dsc, §6.5.2.6. With GI=1 the PASID is ignored. */
export function requestPasidDeviceTlbInvalidation(link: EndpointLink, words: Words): void {
  const { SID, PASID, GI, ADDR, S } = PasidDeviceTlbInvalidationDescriptor;
  const target = GI(words) === 1 ? { global: true } : { pasid: PASID(words), global: false };
  sendRequest(link, { sourceId: SID(words), ...rangeOf(ADDR(words), S(words)), ...target });
}

/** It is pending before the message leaves: whoever is sent it may complete it there and then. */
function sendRequest(
  { send, choices, underWay, invalidations }: EndpointLink,
  request: Omit<DeviceTlbInvalidation, 'kind' | 'tag'>,
): void {
  const { sourceId, pasid, global } = request;
  invalidations.invalidateDeviceTlb(sourceId, global ? 0 : pasid);
  const tag = underWay.begin(sourceId, invalidations.asked);
  send({ kind: 'device-tlb-invalidation', tag, ...request });
  if (choices.deviceTlbCompletion === 'at-once') underWay.complete(tag, 1);
}

/** page_grp_resp_dsc, §7.6.1: sent as it is, whether or not a request waits for it; reserved response codes too. */
export function respondToPageGroup({ send }: EndpointLink, words: Words): void {
  const { RID, PRGI, RC, PP, PASID } = PageGroupResponseDescriptor;
  const target = PP(words) === 1 ? { pasid: PASID(words) } : {};
  send({ kind: 'page-group-response', sourceId: RID(words), group: PRGI(words), code: RC(words), ...target });
}

function rangeOf(address: PageNumber, size: number): { readonly address: bigint; readonly size: bigint } {
  const { page, pages } = sizedRange(address, size);
  return { address: addressOf(page), size: addressOf(pages) };
}
