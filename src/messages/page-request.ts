import { type PageNumber, pageOf } from '../bits/page-number.ts';
import { checkInteger, NO_PASID } from './dma-request.ts';

/** A page request as it reaches the unit, §7.4, in plain numbers. Made by {@link pageRequest}. */
export interface PageRequest {
  /** Bus 15:8, device 7:3, function 2:0. */
  readonly sourceId: number;
  /** Bits 63:12 of the address that the device wants to use. */
  readonly page: PageNumber;
  /** 20 bits, or `NO_PASID`. */
  readonly pasid: number;
  readonly read: boolean;
  readonly write: boolean;
  /** Means something only with a PASID, and of a read. */
  readonly execute: boolean;
  /** Supervisor privilege requested. Means something only with a PASID. */
  readonly privileged: boolean;
  /** Page Request Group Index, 9 bits. */
  readonly group: number;
  /** The last one of its group: the device waits for a response to it. */
  readonly last: boolean;
}

/** What {@link pageRequest} takes: a `bigint` address; all but source-id, address, group and `last` may be left out. */
export interface PageRequestParameters {
  /** The 16-bit source-id. */
  readonly sourceId: number;
  /** 20 bits; without it the request has no PASID. */
  readonly pasid?: number;
  /** The 64-bit address of the page, a multiple of 4096. */
  readonly address: bigint;
  /** Default false. A last request with PASID for neither read nor write is a Stop Marker. */
  readonly read?: boolean;
  readonly write?: boolean;
  readonly execute?: boolean;
  readonly privileged?: boolean;
  /** 0 to 511. */
  readonly group: number;
  readonly last: boolean;
}

/**
 * A page request in the form that the model works on, §7.4. Throws a RangeError that names the parameter and its range
 * if one does not fit.
 */
export function pageRequest(parameters: PageRequestParameters): PageRequest {
  const { sourceId, pasid, address, group, last } = parameters;
  const { read = false, write = false, execute = false, privileged = false } = parameters;
  checkInteger('sourceId', sourceId, 0, 0xffff);
  if (pasid !== undefined) checkInteger('pasid', pasid, 0, 0xf_ffff);
  if (address < 0n || address >> 64n !== 0n || address % 4096n !== 0n) {
    throw new RangeError(`address is a multiple of 4096 below 2^64, got ${address}`);
  }
  checkInteger('group', group, 0, 0x1ff);
  return { sourceId, page: pageOf(address), pasid: pasid ?? NO_PASID, read, write, execute, privileged, group, last };
}

/**
 * A Stop Marker, §7.4.1: with PASID, for neither read nor write, the last one of its group. The device says with it that
 * all its requests for the PASID came before. It wants no response.
 */
export const isStopMarker = ({ pasid, read, write, last }: PageRequest): boolean =>
  pasid !== NO_PASID && !read && !write && last;
