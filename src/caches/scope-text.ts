import { hex } from '../bits/hex.ts';
import { formatSourceId } from '../messages/source-id.ts';
import {
  type AddressRange,
  type ContextScope,
  Granularity,
  type HostPermissionScope,
  type InterruptScope,
  type PasidScope,
  type PasidTranslationScope,
  type TranslationScope,
} from './scopes.ts';

const addressOfPage = (page: number): string => hex(page * 4096);
const rangeText = ({ page, addressMask }: AddressRange): string => `ADDR=${addressOfPage(page)} AM=${addressMask}`;

/** Invalidations in words, §6.5.2: the descriptor's name, its granularity and what it compares, §6.5.2. */
export const describeScope = {
  contexts({ granularity, domainId, sourceId, functionMask }: ContextScope): string {
    const domain = domainId === undefined ? '' : ` DID=${hex(domainId)}`;
    if (granularity === Granularity.GLOBAL) return 'cc_inv global';
    if (granularity === Granularity.DOMAIN) return `cc_inv domain${domain}`;
    const mask = functionMask === 0 ? '' : ` without bits ${functionMask.toString(2)}b`;
    return `cc_inv device${domain} SID=${formatSourceId(sourceId)}${mask}`;
  },
  pasids({ granularity, domainId, pasid }: PasidScope): string {
    if (granularity === Granularity.GLOBAL) return 'pc_inv global';
    const domain = `pc_inv ${granularity === Granularity.DOMAIN ? 'domain' : 'PASID'} DID=${hex(domainId)}`;
    return granularity === Granularity.DOMAIN ? domain : `${domain} PASID=${hex(pasid)}`;
  },
  translations(scope: TranslationScope): string {
    if (scope.granularity === Granularity.GLOBAL) return 'iotlb_inv global';
    if (scope.granularity === Granularity.DOMAIN) return `iotlb_inv domain DID=${hex(scope.domainId)}`;
    return `iotlb_inv page DID=${hex(scope.domainId)} ${rangeText(scope)} IH=${scope.leavesOnly ? 1 : 0}`;
  },
  pasidTranslations(scope: PasidTranslationScope): string {
    const tags = `DID=${hex(scope.domainId)} PASID=${hex(scope.pasid)}`;
    if (scope.granularity === Granularity.PASID) return `p_iotlb_inv PASID ${tags}`;
    return `p_iotlb_inv page ${tags} ${rangeText(scope)} IH=${scope.leavesOnly ? 1 : 0}`;
  },
  hostPermissions(scope: HostPermissionScope): string {
    if (scope.granularity === Granularity.GLOBAL) return 'hpt_inv global';
    const domain = `HPTDID=${hex(scope.domainId)} levels 1 to ${scope.levels}`;
    return scope.granularity === Granularity.DOMAIN
      ? `hpt_inv domain ${domain}`
      : `hpt_inv page ${domain} ${rangeText(scope)}`;
  },
  interrupts({ global, index, indexMask }: InterruptScope): string {
    return global ? 'iec_inv global' : `iec_inv index IIDX=${hex(index)} IM=${indexMask}`;
  },
};
