import type { Words } from '../bits/field.ts';
import { ADDRESS_TYPE, NO_PASID } from '../messages/dma-request.ts';
import {
  PERFCNTR_ATFLTR_REG,
  PERFCNTR_DIDFLTR_REG,
  PERFCNTR_PASIDFLTR_REG,
  PERFCNTR_PTLFLTR_REG,
  PERFCNTR_RIDFLTR_REG,
} from '../registers/performance.ts';
import type { FilterName } from '../registers/performance-events.ts';

/** What an event that occurred is known by, as filters look at it, §10.4. */
export interface Occurrence {
  /** Of the request that causes it; -1 if none does. */
  sourceId: number;
  /** Of that request; {@link NO_PASID} if it has none. */
  pasid: number;
  /** A bit of {@link AT}; 0 for what is no request for memory. */
  addressType: number;
  /** -1 where it is not known. */
  domainId: number;
  /** Bit n - 1: it concerns an entry of level n, or a page of that size; 0 for what has no level. */
  level: number;
}

/** Bits of PERFCNTR_ATFLTR_REG.AT, §11.4.13.19. */
export const AT = Object.freeze({
  [ADDRESS_TYPE.untranslated]: 1 << 0,
  [ADDRESS_TYPE.translation]: 1 << 1,
  [ADDRESS_TYPE.translated]: 1 << 2,
  HOST_PERMISSION_PREFETCH: 1 << 4,
}) as Readonly<Record<number | 'HOST_PERMISSION_PREFETCH', number>>;

/** What no request causes, §10.7. */
export const NO_REQUEST: Readonly<Occurrence> = Object.freeze({
  sourceId: -1,
  pasid: NO_PASID,
  addressType: 0,
  domainId: -1,
  level: 0,
});

/** PFM, §11.4.13.18. 11b is reserved and matches nothing. */
const PFM = Object.freeze({ THIS_PASID: 0b00, ANY_PASID: 0b01, NO_PASID: 0b10 });

type Filter = Readonly<{
  isEnabled(words: Words): boolean;
  /** What the occurrence does not have matches no filter. */
  matches(words: Words, occurrence: Readonly<Occurrence>): boolean;
}>;

/** The filters, §11.4.13.16 to §11.4.13.20. */
export const FILTERS: Readonly<Record<FilterName, Filter>> = Object.freeze({
  RID: {
    isEnabled: (words) => PERFCNTR_RIDFLTR_REG.EN(words) === 1,
    matches: (words, { sourceId }) => PERFCNTR_RIDFLTR_REG.RID(words) === sourceId,
  },
  DID: {
    isEnabled: (words) => PERFCNTR_DIDFLTR_REG.EN(words) === 1,
    matches: (words, { domainId }) => PERFCNTR_DIDFLTR_REG.DID(words) === domainId,
  },
  PASID: {
    isEnabled: (words) => PERFCNTR_PASIDFLTR_REG.EN(words) === 1,
    matches: matchesPasid,
  },
  AT: {
    isEnabled: (words) => PERFCNTR_ATFLTR_REG.EN(words) === 1,
    matches: (words, { addressType }) => (PERFCNTR_ATFLTR_REG.AT(words) & addressType) !== 0,
  },
  PTL: {
    isEnabled: (words) => PERFCNTR_PTLFLTR_REG.EN(words) === 1,
    matches: (words, { level }) => (PERFCNTR_PTLFLTR_REG.PTL(words) & level) !== 0,
  },
});

function matchesPasid(words: Words, { sourceId, pasid }: Readonly<Occurrence>): boolean {
  if (sourceId < 0) return false;
  switch (PERFCNTR_PASIDFLTR_REG.PFM(words)) {
    case PFM.THIS_PASID:
      return pasid === PERFCNTR_PASIDFLTR_REG.PASID(words);
    case PFM.ANY_PASID:
      return pasid !== NO_PASID;
    case PFM.NO_PASID:
      return pasid === NO_PASID;
    default:
      return false;
  }
}
