import { bitsSet } from '../bits/bit-positions.ts';
import type { Words } from '../bits/field.ts';
import type { InterruptRemapping } from '../interrupt-remapping/interrupt-remapping.ts';
import { InterruptRemappingEntry } from '../structures/interrupt-remapping-entry.ts';

type Unit = Pick<InterruptRemapping, 'interruptReserved' | 'interruptTable'>;

/** The reserved bits that an entry sets in either format, the highest first, §9.9, §9.10. */
export function reservedInEntry({ interruptReserved: reserved, interruptTable }: Unit, words: Words): number[] {
  if (InterruptRemappingEntry.IM(words) === 1) return bitsSet(words, reserved.posted);
  return bitsSet(words, interruptTable.extended ? reserved.remapped : reserved.remappedXapic);
}

/** The reserved bits that a posted interrupt descriptor sets, the highest first, §9.11. */
export function reservedInDescriptor({ interruptReserved: reserved, interruptTable }: Unit, words: Words): number[] {
  return bitsSet(words, interruptTable.extended ? reserved.descriptor : reserved.descriptorXapic);
}
