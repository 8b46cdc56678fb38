import type { FunctionFacts } from '../acpi/facts.ts';
import { checkInteger } from '../messages/dma-request.ts';

/** What the SR-IOV capability of a physical function says. */
export interface SrIovFacts {
  /** First VF Offset, 16 bits, 1 or more. */
  readonly firstOffset: number;
  /** VF Stride, 16 bits. */
  readonly stride: number;
  /** NumVFs, 16 bits. */
  readonly count: number;
}

/**
 * The virtual functions of a physical one, §3.12.6: the first is First VF Offset behind it, each next one VF Stride
 * further, in 16 bits of bus, device and function, so that they come to lie on the buses behind. Throws a RangeError if a
 * number does not fit, or if two functions would have one source-id.
 */
export function virtualFunctions(
  { segment = 0, sourceId }: FunctionFacts,
  { firstOffset, stride, count }: SrIovFacts,
): readonly FunctionFacts[] {
  checkInteger('sourceId', sourceId, 0, 0xffff);
  checkInteger('firstOffset', firstOffset, 1, 0xffff);
  checkInteger('stride', stride, 0, 0xffff);
  checkInteger('count', count, 0, 0xffff);
  const ids = Array.from({ length: count }, (_, n) => (sourceId + firstOffset + n * stride) % 0x1_0000);
  if (new Set([sourceId, ...ids]).size <= count) {
    throw new RangeError(
      `${count} virtual functions with offset ${firstOffset} and stride ${stride} do not all have a source-id of their own`,
    );
  }
  return ids.map((id) => ({ segment, sourceId: id, physicalFunction: sourceId }));
}

/** What a request of an assignable device interface carries: `dmaRequest` takes it. */
export interface InterfaceRequester {
  readonly sourceId: number;
  readonly pasid: number;
}

/**
 * The assignable device interfaces of a function with Scalable IOV, §3.12.7: all have its source-id, and a PASID each tells
 * them apart, so that the unit has to be in scalable mode. Throws a RangeError if a PASID is wider than 20 bits or is
 * there twice.
 */
export function assignableInterfaces(
  { sourceId }: FunctionFacts,
  pasids: readonly number[],
): readonly InterfaceRequester[] {
  checkInteger('sourceId', sourceId, 0, 0xffff);
  for (const [n, pasid] of pasids.entries()) {
    checkInteger('pasid', pasid, 0, 0xf_ffff);
    if (pasids.indexOf(pasid) !== n)
      throw new RangeError(`each interface has a PASID of its own, ${pasid} is there twice`);
  }
  return pasids.map((pasid) => ({ sourceId, pasid }));
}
