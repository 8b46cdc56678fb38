import { checkInteger } from '../messages/dma-request.ts';

/** Throws a RangeError unless `width` bits at byte `offset` are an access that `size` bytes of registers take. */
export function checkAccess(size: number, offset: number, width: number, widths: readonly number[]): void {
  if (!widths.includes(width)) throw new RangeError(`an access has ${widths.join(' or ')} bits here, got ${width}`);
  checkInteger('offset', offset, 0, size - width / 8);
  if (offset % (width / 8) !== 0) {
    throw new RangeError(`an access of ${width} bits is aligned to ${width / 8} bytes, got offset ${offset}`);
  }
}
