export type RegisterWidth = 32 | 64;

/** Throws a RangeError unless software may access `width` bits at `offset` of `size` bytes of registers, §11.2. */
export function checkAccess(size: number, offset: number, width: number): asserts width is RegisterWidth {
  if (width !== 32 && width !== 64) throw new RangeError(`a register is accessed with 32 or 64 bits, got ${width}`);
  const bytes = width / 8;
  if (!Number.isInteger(offset) || offset < 0 || offset + bytes > size) {
    throw new RangeError(`the unit's registers take 0x${size.toString(16)} bytes, got offset ${hex(offset)}`);
  }
  if (offset % bytes !== 0) {
    throw new RangeError(`an access of ${width} bits is aligned to ${bytes} bytes, got offset ${hex(offset)}`);
  }
}

const hex = (value: number): string => (Number.isInteger(value) && value >= 0 ? `0x${value.toString(16)}` : `${value}`);
