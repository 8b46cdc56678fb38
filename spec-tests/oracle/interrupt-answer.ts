import type { InterruptMessage, InterruptOpinion } from './interrupt-types.ts';

/**
 * An opinion in a few words that tell it from every other: `delivered fee12000 4031 to 12`,
 * `posted 20000 50 fee20000 40f2 to 20` (descriptor, vector, notification), `posted 20000 50`, `UR 22h`, `UR 22h silent`.
 */
export function interruptAnswer(opinion: InterruptOpinion): string {
  if (opinion.outcome === 'delivered') return `delivered ${messageInWords(opinion)}`;
  if (opinion.outcome === 'UR') return `UR ${opinion.fault.condition}${opinion.logged ? '' : ' silent'}`;
  const { descriptor, vector, notification } = opinion;
  const posted = `posted ${descriptor.toString(16)} ${vector.toString(16)}`;
  return notification === null ? posted : `${posted} ${messageInWords(notification)}`;
}

function messageInWords(message: Pick<InterruptMessage, 'address' | 'data' | 'destination'>): string {
  return `${message.address.toString(16)} ${message.data.toString(16)} to ${message.destination.toString(16)}`;
}
