import { hexadecimal } from '../images/hexadecimal.ts';
import type { DeliveredInterrupt, InterruptMessage, PostedInterrupt } from '../messages/outcome.ts';
import { InterruptRemappingEntry } from '../structures/interrupt-remapping-entry.ts';
import { PostedInterruptDescriptor } from '../structures/posted-interrupt-descriptor.ts';
import type { Step } from '../unit/explanation.ts';

/** A destination, §5.1.4: `logical 0x1, RH`. */
export const destinationText = (destination: number, mode: number, hint: number): string =>
  `${mode === 1 ? 'logical' : 'physical'} ${hexadecimal(destination)}${hint === 1 ? ', RH' : ''}`;

/** The document's word for a delivery mode, §9.9. */
export const deliveryModeText = (mode: number): string => InterruptRemappingEntry.DLM.encodings?.[mode] ?? `${mode}`;

export const triggerModeText = (mode: number): string => (mode === 1 ? 'level' : 'edge');

/** The fields of an interrupt, remapped or in compatibility format, in a line. */
export function fieldsText(
  fields: Pick<
    DeliveredInterrupt,
    'vector' | 'destination' | 'destinationMode' | 'redirectionHint' | 'deliveryMode' | 'triggerMode'
  >,
): string {
  const { vector, destination, destinationMode, redirectionHint, deliveryMode, triggerMode } = fields;
  const to = destinationText(destination, destinationMode, redirectionHint);
  return `vector ${hexadecimal(vector, 2)} to ${to}; ${deliveryModeText(deliveryMode)}, ${triggerModeText(triggerMode)}`;
}

/** What became of an interrupt request that was not blocked, in two lines or so. */
export function interruptText(interrupt: DeliveredInterrupt | PostedInterrupt, steps: readonly Step[]): string[] {
  return interrupt.kind === 'delivered' ? deliveredText(interrupt) : postedText(interrupt, steps);
}

function deliveredText(interrupt: DeliveredInterrupt): string[] {
  const by = interrupt.index === undefined ? 'as it came, in compatibility format' : `by entry ${interrupt.index}`;
  return [
    `Outcome  goes on as an interrupt message: ${messageText(interrupt)}`,
    `         ${fieldsText(interrupt)}; ${by}`,
  ];
}

function postedText({ index, descriptor, vector, notification }: PostedInterrupt, steps: readonly Step[]): string[] {
  const bit = `bit ${hexadecimal(vector, 2)} of PIR in the descriptor at ${hexadecimal(descriptor)}`;
  return [
    `Outcome  posted: ${bit}; by entry ${index}`,
    notification === undefined
      ? `         no notification: ${whyQuiet(steps)}`
      : `         notification: vector ${hexadecimal(notification.vector, 2)} to physical ` +
        `${hexadecimal(notification.destination)}: ${messageText(notification)}`,
  ];
}

/** §5.2.3: ON and SN of the descriptor as it was found. */
function whyQuiet(steps: readonly Step[]): string {
  const found = steps.findLast(({ format }) => format.title === PostedInterruptDescriptor.title)?.words;
  return found !== undefined && PostedInterruptDescriptor.ON(found) === 1
    ? 'one is outstanding (ON=1)'
    : 'they are suppressed (SN=1), and the entry is not urgent (URG=0)';
}

/** Address and data; the address has no room for more than 8 bits of the destination. */
function messageText({ address, data, destination }: InterruptMessage): string {
  const rest = destination > 0xff ? ' (with bits 7:0 of the destination)' : '';
  return `address ${hexadecimal(address)}${rest}, data ${hexadecimal(data)}`;
}
