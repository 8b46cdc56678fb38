import { addressOf } from '../bits/page-number.ts';
import type { InterruptCondition } from '../conditions/interrupt.ts';
import type { FaultRecording } from '../faults/fault-recording.ts';
import type { InterruptRemapping } from '../interrupt-remapping/interrupt-remapping.ts';
import { remapInterrupt } from '../interrupt-remapping/remap.ts';
import { compatibilityRequest } from '../messages/interrupt-formats.ts';
import type { InterruptRequest } from '../messages/interrupt-request.ts';
import type { Blocked, DeliveredInterrupt, InterruptMessage, InterruptOutcome } from '../messages/outcome.ts';
import type { Notification } from '../messages/platform-message.ts';
import { newRemappedInterrupt, type RemappedInterrupt } from '../messages/remapped-interrupt.ts';
import { reported } from './reported-fault.ts';

/** What the door for interrupt requests needs of a unit. */
export interface InterruptDoor extends InterruptRemapping {
  /** Missing: faults are answered and not recorded. */
  readonly faults?: FaultRecording | undefined;
  /** Takes the notifications of posted interrupts. */
  readonly notify?: ((notification: Notification) => void) | undefined;
}

/** An interrupt request, whole, §5.1.4, §5.2.3: what becomes of it, with its fault recorded and its notification sent. */
export function answerInterrupt(unit: InterruptDoor, request: InterruptRequest): InterruptOutcome {
  const remapped = newRemappedInterrupt();
  const condition = remapInterrupt(unit, request, remapped);
  if (condition !== undefined) return refused(unit, request, condition, remapped);
  if (!remapped.posted) return delivered(request, remapped);

  const { index, vector, descriptorPage, descriptorOffset } = remapped;
  const posted = { kind: 'posted', index, descriptor: addressOf(descriptorPage, descriptorOffset), vector } as const;
  if (!remapped.notifies) return posted;
  const notification = notificationOf(remapped);
  unit.notify?.({ kind: 'notification', ...notification });
  return { ...posted, notification };
}

/** §5.1.4.1: Table 15 answers Unsupported Request throughout. */
function refused(
  unit: InterruptDoor,
  { sourceId }: InterruptRequest,
  condition: InterruptCondition,
  { index, faultProcessingDisabled }: RemappedInterrupt,
): Blocked {
  if (condition.qualified && faultProcessingDisabled) {
    return { kind: 'blocked', response: 'UR', fault: { condition, recorded: false, notRecorded: 'fpd' } };
  }
  const notRecorded = unit.faults?.recordInterrupt(condition, sourceId, index);
  return { kind: 'blocked', response: 'UR', fault: reported(unit, condition, notRecorded) };
}

/** §5.1.4: a request in compatibility format is the message as it came. */
function delivered(request: InterruptRequest, remapped: RemappedInterrupt): DeliveredInterrupt {
  const { index, vector, destination, deliveryMode, destinationMode, redirectionHint, triggerMode } = remapped;
  const fields = { destination, vector, deliveryMode, destinationMode, redirectionHint, triggerMode };
  if (index < 0) return { kind: 'delivered', address: BigInt(request.address), data: request.data, ...fields };
  const { address, data } = compatibilityRequest({ ...fields, destination: destination & 0xff });
  return { kind: 'delivered', address: BigInt(address), data, ...fields, index };
}

/** §5.2.3: physical destination, Fixed, edge, asserted. */
function notificationOf({ destination, notificationVector: vector }: RemappedInterrupt): InterruptMessage {
  const { address, data } = compatibilityRequest({ destination: destination & 0xff, vector });
  return { address: BigInt(address), data, destination, vector };
}
