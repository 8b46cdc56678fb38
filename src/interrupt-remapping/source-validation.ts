import type { Words } from '../bits/field.ts';
import { type InterruptCondition, InterruptFault } from '../conditions/interrupt.ts';
import type { Choices } from '../platform/choices.ts';
import { InterruptRemappingEntry, SVT } from '../structures/interrupt-remapping-entry.ts';

/** By SQ: bits of the source-id that are not compared, §9.9. */
const NOT_COMPARED = [0b000, 0b100, 0b110, 0b111] as const;

const sourceValidationType = InterruptRemappingEntry.SVT;
const sourceIdentifier = InterruptRemappingEntry.SID;
const sourceQualifier = InterruptRemappingEntry.SQ;

/** Whether an entry, in either format, may be used by a source, §5.1.4, §9.9: the row if not. */
export function validateSource(entry: Words, sourceId: number, choices: Choices): InterruptCondition | undefined {
  const sid = sourceIdentifier(entry);
  switch (sourceValidationType(entry)) {
    case SVT.ANY:
      return undefined;
    case SVT.SOURCE_ID: {
      const differing = (sid ^ sourceId) & ~NOT_COMPARED[sourceQualifier(entry)]!;
      return differing === 0 ? undefined : InterruptFault.SOURCE_ID;
    }
    case SVT.BUS_RANGE: {
      const bus = sourceId >>> 8;
      return bus >= sid >>> 8 && bus <= (sid & 0xff) ? undefined : InterruptFault.SOURCE_ID;
    }
    default:
      return choices.reservedSourceValidation === '24h' ? InterruptFault.RESERVED_IN_ENTRY : InterruptFault.SOURCE_ID;
  }
}
