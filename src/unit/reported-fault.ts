import type { Condition } from '../conditions/condition.ts';
import type { FaultRecording } from '../faults/fault-recording.ts';
import type { ReportedFault } from '../messages/outcome.ts';

/** A fault that was given to be recorded, §7.2.1: recorded, or why not. Without `faults` nothing is. */
export function reported(
  { faults }: { readonly faults?: FaultRecording | undefined },
  condition: Condition,
  notRecorded: ReportedFault['notRecorded'],
): ReportedFault {
  if (faults === undefined) return { condition, recorded: false };
  return notRecorded === undefined ? { condition, recorded: true } : { condition, recorded: false, notRecorded };
}
