import { offsetOf, type PageNumber, pageOf } from '../bits/page-number.ts';

/** Permission bits, as R and W stand in a paging entry. */
export const READ = 1;
export const WRITE = 2;

/** What a request does, as the permissions that it needs: an AtomicOp reads and writes. */
export const ACCESS = Object.freeze({ read: READ, write: WRITE, atomic: READ | WRITE });
export type AccessName = keyof typeof ACCESS;

/** AT of a transaction, §4.1; also AT of its fault record, but for 11b, which no unit takes. */
export const ADDRESS_TYPE = Object.freeze({ untranslated: 0b00, translation: 0b01, translated: 0b10, reserved: 0b11 });
export type AddressTypeName = keyof typeof ADDRESS_TYPE;

/** Beside the values of {@link ADDRESS_TYPE}, which it never is on the bus: what is walked for is a page request, §7.4. */
export const PAGE_REQUEST = 0b11;

/** The PASID of a request that has none. */
export const NO_PASID = -1;

/** A request for memory as it reaches the unit, §3.1 and §4.1, in plain numbers. Made by {@link dmaRequest}. */
export interface DmaRequest {
  /** Bus 15:8, device 7:3, function 2:0. */
  readonly sourceId: number;
  /** Bits 63:12 of the address. */
  readonly page: PageNumber;
  /** Bits 11:0 of the address. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** READ, WRITE or both; READ of a translation request that keeps the rules of its protocol, §4.2.1. */
  readonly access: number;
  /** A value of {@link ADDRESS_TYPE}. */
  readonly addressType: number;
  /** 20 bits, or {@link NO_PASID}. */
  readonly pasid: number;
  /** PR: supervisor privilege requested. Means something only with a PASID. */
  readonly privileged: boolean;
  /** ER: execute requested. Means something only with a PASID. */
  readonly execute: boolean;
  /** NS, of an untranslated request. */
  readonly noSnoop: boolean;
  /** NW, of a translation request. */
  readonly noWrite: boolean;
  /** A read of one DWORD with no byte enabled, §3.14. */
  readonly zeroLength: boolean;
  /** The DWORD of a write that may be an interrupt request. */
  readonly data: number;
}

/** What the entries up to that of the PASID go by, §3.4.3: `addressType` may be {@link PAGE_REQUEST}. */
export type RequestOfEntries = Pick<DmaRequest, 'sourceId' | 'pasid' | 'addressType'>;

/** What {@link dmaRequest} takes: names and a `bigint` address; all but the first three may be left out. */
export interface DmaRequestParameters {
  /** The 16-bit source-id. */
  readonly sourceId: number;
  /** The 64-bit address. */
  readonly address: bigint;
  /** A translation request is a `read`, whatever the device is going to do. */
  readonly access: AccessName;
  /** Bytes, 1 or more. Default 4; 8, which asks for one translation, for a translation request. */
  readonly length?: number;
  /** Default `untranslated`. */
  readonly type?: AddressTypeName;
  /** 20 bits; without it the request has no PASID. */
  readonly pasid?: number;
  readonly privileged?: boolean;
  readonly execute?: boolean;
  readonly noSnoop?: boolean;
  readonly noWrite?: boolean;
  readonly zeroLength?: boolean;
  /** The 32-bit data of a DWORD write. Default 0. */
  readonly data?: number;
}

/**
 * A request in the form that the model works on (§3.1, §4.1). Throws a RangeError that names the parameter and its
 * range if one does not fit.
 */
export function dmaRequest(parameters: DmaRequestParameters): DmaRequest {
  const { sourceId, address, access, type = 'untranslated', pasid, data = 0 } = parameters;
  const { length = type === 'translation' ? 8 : 4 } = parameters;
  checkInteger('sourceId', sourceId, 0, 0xffff);
  if (address < 0n || address >> 64n !== 0n) {
    throw new RangeError(`address is 64 bits wide, got 0x${address.toString(16)}`);
  }
  checkInteger('length', length, 1, 2 ** 32);
  if (pasid !== undefined) checkInteger('pasid', pasid, 0, 0xf_ffff);
  checkInteger('data', data, 0, 0xffff_ffff);
  if (ACCESS[access] === undefined) throw new RangeError(`access is read, write or atomic, got ${access}`);
  if (ADDRESS_TYPE[type] === undefined) {
    throw new RangeError(`type is untranslated, translation, translated or reserved, got ${type}`);
  }
  if (address + BigInt(length) > 1n << 64n) throw new RangeError('the request runs past the end of the address space');
  const { privileged = false, execute = false, noSnoop = false, noWrite = false, zeroLength = false } = parameters;
  if (zeroLength && access !== 'read') throw new RangeError(`only a read can be zeroLength, this is a ${access}`);
  return {
    sourceId,
    page: pageOf(address),
    offset: offsetOf(address),
    length,
    access: ACCESS[access],
    addressType: ADDRESS_TYPE[type],
    pasid: pasid ?? NO_PASID,
    privileged,
    execute,
    noSnoop,
    noWrite,
    zeroLength,
    data,
  };
}

/** Whether two requests are the same in every member. */
export const isSameRequest = (one: DmaRequest, other: DmaRequest): boolean =>
  one.page === other.page &&
  one.offset === other.offset &&
  one.sourceId === other.sourceId &&
  one.access === other.access &&
  one.length === other.length &&
  one.addressType === other.addressType &&
  one.pasid === other.pasid &&
  one.privileged === other.privileged &&
  one.execute === other.execute &&
  one.noSnoop === other.noSnoop &&
  one.noWrite === other.noWrite &&
  one.zeroLength === other.zeroLength &&
  one.data === other.data;

/**
 * An untranslated request of 4 bytes without PASID and without attributes, for a caller whose numbers are known to fit:
 * what {@link dmaRequest} makes where all is left out that may be.
 */
export const plainRequest = (sourceId: number, page: PageNumber, offset: number, access: number): DmaRequest => ({
  sourceId,
  page,
  offset,
  length: 4,
  access,
  addressType: ADDRESS_TYPE.untranslated,
  pasid: NO_PASID,
  privileged: false,
  execute: false,
  noSnoop: false,
  noWrite: false,
  zeroLength: false,
  data: 0,
});

/** The column of the request in Table 30: {@link REQUEST_CLASSES} is ordered by address type, then by PASID. */
export const columnOfRequest = (request: DmaRequest): number =>
  request.addressType * 2 + (request.pasid === NO_PASID ? 0 : 1);

/** Throws a RangeError that names a parameter and its range if it does not fit. */
export function checkInteger(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${name} is an integer from ${low} to 0x${high.toString(16)}, got ${value}`);
  }
}
