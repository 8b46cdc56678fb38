import { POINTER } from '../../bits/page-number.ts';
import { WINDOW_BYTES } from './machine.ts';

/** A table may be larger than a page: a PASID directory takes up to this many bytes. */
const TABLE_BYTES = 0x2_0000n;

const RTADDR_REG = 0x20;
const IQA_REG = 0x90;
const IRTA_REG = 0xb8;

/**
 * Addresses that the unit may look at once it finds these qwords in an entry. Whether they are an entry is not known:
 * each may be one.
 */
export function* pointersIn(qwords: Uint8Array): Generator<bigint> {
  const view = new DataView(qwords.buffer, qwords.byteOffset, qwords.byteLength);
  for (let at = 0; at < qwords.length; at += 8) {
    const pointer = view.getBigUint64(at, true) & POINTER;
    if (pointer !== 0n) yield* tableAt(pointer, TABLE_BYTES);
  }
}

/** Addresses that the unit may look at once software has written a register. */
export function* pointersOf(offset: number, value: bigint): Generator<bigint> {
  if (offset === RTADDR_REG) yield* tableAt(value & POINTER, 0x1000n);
  if (offset === IQA_REG) yield* tableAt(value & POINTER, 0x1000n << (value & 7n));
  if (offset === IRTA_REG) yield* tableAt(value & POINTER, 0x20n << (value & 15n));
}

/** The first address of each window that a table reaches into. */
function* tableAt(address: bigint, bytes: bigint): Generator<bigint> {
  for (let at = address; at < address + bytes; at = (at / WINDOW_BYTES + 1n) * WINDOW_BYTES) yield at;
}
