import type { Range, Words } from '../bits/field.ts';
import { reservedMaskOf } from '../bits/reserved.ts';
import type { Configuration } from '../platform/configuration.ts';
import { InterruptRemappingEntry, PostedInterruptRemappingEntry } from '../structures/interrupt-remapping-entry.ts';
import { PostedInterruptDescriptor } from '../structures/posted-interrupt-descriptor.ts';

/** Masks of what must be zero in a unit, §9.9 to §9.11. */
export interface InterruptReservedBits {
  readonly remapped: Words;
  /** With EIME=0: of DST only bits 15:8 are there. */
  readonly remappedXapic: Words;
  readonly posted: Words;
  readonly descriptor: Words;
  /** With EIME=0: of NDST only bits 15:8 are there. */
  readonly descriptorXapic: Words;
}

const DST_BESIDE_XAPIC: readonly Range[] = [
  [63, 48],
  [39, 32],
];
const NDST_BESIDE_XAPIC: readonly Range[] = [
  [319, 304],
  [295, 288],
];

/** The masks of a unit like this, §9.9 to §9.11. */
export function interruptReservedBits({ hostAddressWidth: HAW }: Configuration): InterruptReservedBits {
  return {
    remapped: InterruptRemappingEntry.reservedMask,
    remappedXapic: reservedMaskOf(InterruptRemappingEntry, DST_BESIDE_XAPIC),
    posted: reservedMaskOf(PostedInterruptRemappingEntry, [[127, HAW + 64]]),
    descriptor: PostedInterruptDescriptor.reservedMask,
    descriptorXapic: reservedMaskOf(PostedInterruptDescriptor, NDST_BESIDE_XAPIC),
  };
}
