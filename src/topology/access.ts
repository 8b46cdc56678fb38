import type { RegisterFile } from '../bits/register-file.ts';
import { checkInteger } from '../messages/dma-request.ts';

/** Throws a RangeError unless `width` bits at byte `offset` are an access that `size` bytes of registers take. */
export function checkAccess(size: number, offset: number, width: number, widths: readonly number[]): void {
  if (!widths.includes(width)) throw new RangeError(`an access has ${widths.join(' or ')} bits here, got ${width}`);
  checkInteger('offset', offset, 0, size - width / 8);
  if (offset % (width / 8) !== 0) {
    throw new RangeError(`an access of ${width} bits is aligned to ${width / 8} bytes, got offset ${offset}`);
  }
}

const CONFIG_WIDTHS = [8, 16, 32] as const;

/** Software reads 8, 16 or 32 bits of configuration space. Throws a RangeError if they do not lie in it, aligned. */
export function readConfig(file: RegisterFile, size: number, offset: number, width: number): number {
  checkAccess(size, offset, width, CONFIG_WIDTHS);
  const shift = (offset & 3) * 8;
  return Math.floor(file.read(offset - (offset & 3)) / 2 ** shift) % 2 ** width;
}

/** Software writes 8, 16 or 32 bits of configuration space, as {@link readConfig} reads them: the others keep theirs. */
export function writeConfig(file: RegisterFile, size: number, offset: number, width: number, value: number): void {
  checkAccess(size, offset, width, CONFIG_WIDTHS);
  checkInteger('value', value, 0, 2 ** width - 1);
  const dword = offset - (offset & 3);
  const shift = (offset & 3) * 8;
  const mask = (2 ** width - 1) * 2 ** shift;
  // No register of these writes differs from what it reads, so that the other bits can be written back.
  file.write(dword, ((file.read(dword) & ~mask) | (value << shift)) >>> 0);
}

const MEMORY_WIDTHS = [32, 64] as const;

/** Software reads 32 or 64 bits of registers in memory. Throws a RangeError if they do not lie there, aligned. */
export function readMemory(file: RegisterFile, size: number, offset: number, width: number): bigint {
  checkAccess(size, offset, width, MEMORY_WIDTHS);
  const low = BigInt(file.read(offset));
  return width === 32 ? low : (BigInt(file.read(offset + 4)) << 32n) | low;
}

/** Software writes 32 or 64 bits of registers in memory, 64 as two dwords, low first. Throws as {@link readMemory}. */
export function writeMemory(file: RegisterFile, size: number, offset: number, width: number, value: bigint): void {
  checkAccess(size, offset, width, MEMORY_WIDTHS);
  if (value < 0n || value >> BigInt(width) !== 0n) {
    throw new RangeError(`a register of ${width} bits cannot take 0x${value.toString(16)}`);
  }
  file.write(offset, Number(value & 0xffff_ffffn));
  if (width === 64) file.write(offset + 4, Number(value >> 32n));
}
