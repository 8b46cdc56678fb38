import { bits } from './bits.ts';
import type { Capabilities } from './capabilities.ts';
import type { InterruptMessage } from './interrupt-types.ts';
import type { Choices } from './types.ts';

// The IRTE as one 128-bit value: 9.9 remapped, 9.10 posted.

/** 9.9-R2, 5.1.4-R8: why a source may not use a present entry. */
export function sourceFault(choices: Choices, entry: bigint, source: number): '24h' | '26h' | undefined {
  const sid = bits(entry, 79, 64);
  const bus = bits(BigInt(source), 15, 8);
  switch (bits(entry, 83, 82)) {
    case 0n:
      return undefined;
    case 1n: {
      const ignored = [0b000n, 0b100n, 0b110n, 0b111n][Number(bits(entry, 81, 80))] ?? 0n;
      return (sid | ignored) === (BigInt(source) | ignored) ? undefined : '26h';
    }
    case 2n:
      return bits(sid, 15, 8) <= bus && bus <= bits(sid, 7, 0) ? undefined : '26h'; // 9.9-G2
    default:
      return choices.reservedSourceValidation; // 5.1.4-G1
  }
}

/** Reserved or invalid programming of a present entry, apart from SVT. */
export function programmingFault(caps: Capabilities, choices: Choices, eime: boolean, entry: bigint): boolean {
  if (bits(entry, 15) === 1n) return !caps.PI || postedReserved(caps, entry); // 9.10-R3
  return remappedReserved(eime, entry) || reservedMode(choices, entry);
}

/** 9.9-R1. */
function remappedReserved(eime: boolean, entry: bigint): boolean {
  if (bits(entry, 127, 84) !== 0n) return true;
  if (bits(entry, 31, 24) !== 0n) return true;
  if (bits(entry, 14, 12) !== 0n) return true; // 14 is no URG here: 5.1.4-R10, 9.10-R4
  return !eime && (bits(entry, 63, 48) !== 0n || bits(entry, 39, 32) !== 0n); // 5.1.4-R6
}

/** 5.1.4-G2: DLM values that are not listed. */
function reservedMode(choices: Choices, entry: bigint): boolean {
  const mode = bits(entry, 7, 5);
  return (mode === 3n || mode === 6n) && choices.reservedDeliveryMode === '24h';
}

/** 9.10-R1. */
function postedReserved(caps: Capabilities, entry: bigint): boolean {
  if (bits(entry, 127, caps.HAW + 64) !== 0n) return true;
  if (bits(entry, 95, 84) !== 0n) return true;
  if (bits(entry, 37, 24) !== 0n) return true;
  if (bits(entry, 13, 12) !== 0n) return true;
  return bits(entry, 7, 2) !== 0n;
}

/** 5.1.4-R5, R6: the message a remapped entry makes. */
export function remappedMessage(eime: boolean, entry: bigint): InterruptMessage {
  const destination = eime ? bits(entry, 63, 32) : bits(entry, 47, 40);
  const mode = bits(entry, 7, 5);
  const edgeOnly = mode === 2n || mode === 4n || mode === 5n || mode === 7n; // 9.9-R3
  const trigger = edgeOnly ? 0n : bits(entry, 4);
  const vector = bits(entry, 23, 16);
  const hint = bits(entry, 3);
  const destinationMode = bits(entry, 2);
  return {
    address: 0xfee00000n | (bits(destination, 7, 0) << 12n) | (hint << 3n) | (destinationMode << 2n),
    data: (trigger << 15n) | (1n << 14n) | (mode << 8n) | vector,
    destination,
    vector: Number(vector),
    deliveryMode: Number(mode),
    destinationMode: Number(destinationMode),
    redirectionHint: Number(hint),
    triggerMode: Number(trigger),
  };
}
