import type { VectorCase, VectorFile, VectorRun } from './types.ts';

/** Every run of every case in a file, in its order. */
export function* runsOf(file: VectorFile): Generator<VectorRun> {
  for (const group of file.groups) {
    for (const one of group.cases) {
      if (one.eachBit === undefined) yield { id: one.id, group, case: one };
      else for (const bit of bitsOf(one.eachBit.bits)) yield { ...flipped(one, one.eachBit.at, bit), group, case: one };
    }
  }
}

/** The bits that ranges such as `11:1` and `71` name, lowest first in each. */
export function* bitsOf(ranges: readonly string[]): Generator<number> {
  for (const range of ranges) {
    const [high = 0, low = high] = range.split(':').map(Number);
    for (let bit = low; bit <= high; bit++) yield bit;
  }
}

function flipped(one: VectorCase, at: string, bit: number): Pick<VectorRun, 'id' | 'flip'> {
  return { id: `${one.id}/bit-${bit}`, flip: { address: BigInt(at) + BigInt(bit >>> 3), bit: bit & 7 } };
}
