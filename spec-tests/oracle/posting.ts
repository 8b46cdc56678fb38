import { bits } from './bits.ts';
import type { Notification } from './interrupt-types.ts';
import { fetchWords } from './journey.ts';
import type { Choices, MemoryReader } from './types.ts';

type Posting =
  | { readonly fault: '27h' | '28h' }
  | { readonly descriptor: bigint; readonly vector: number; readonly notification: Notification | null };

/** 5.2.3-R2 to R6, with a posted IRTE that has nothing wrong; the descriptor is changed in memory. */
export function post(choices: Choices, eime: boolean, memory: MemoryReader, entry: bigint): Posting {
  const address = (bits(entry, 127, 96) << 32n) | (bits(entry, 63, 38) << 6n); // 9.10-R2
  const vector = bits(entry, 23, 16);
  const urgent = bits(entry, 14) === 1n;

  const descriptor = fetchWords(memory, address, 8); // 9-R2
  if (descriptor === undefined) return { fault: '27h' };
  const on = bits(descriptor, 256) === 1n;
  const suppressed = bits(descriptor, 257) === 1n;
  const notifies = !on && (urgent || !suppressed); // 9.11-R3

  if (reserved(descriptor)) return { fault: '28h' };
  const looksAtDestination = notifies || choices.postedDestinationCheck === 'always'; // 9.11-G1
  if (!eime && looksAtDestination && reservedDestination(descriptor)) return { fault: '28h' };

  const posted = descriptor | (1n << vector) | (notifies ? 1n << 256n : 0n);
  if (!store(memory, address, descriptor, posted)) return { fault: '27h' };
  const notification = notifies ? notificationOf(eime, descriptor) : null;
  return { descriptor: address, vector: Number(vector), notification };
}

/** 9.11-R2. */
function reserved(descriptor: bigint): boolean {
  if (bits(descriptor, 511, 320) !== 0n) return true;
  if (bits(descriptor, 287, 280) !== 0n) return true;
  return bits(descriptor, 271, 258) !== 0n;
}

/** 9.11-R2 with EIME=0. */
function reservedDestination(descriptor: bigint): boolean {
  return bits(descriptor, 319, 304) !== 0n || bits(descriptor, 295, 288) !== 0n;
}

/** 5.2.3-R4; the width of the destination: 5.2.3-G1. */
function notificationOf(eime: boolean, descriptor: bigint): Notification {
  const destination = eime ? bits(descriptor, 319, 288) : bits(descriptor, 303, 296);
  const vector = bits(descriptor, 279, 272);
  return {
    address: 0xfee00000n | (bits(destination, 7, 0) << 12n),
    data: (1n << 14n) | vector,
    vector: Number(vector),
    destination,
  };
}

/** 5.2.3-R2, 9-R2: the descriptor is one access, written as a whole or not at all. */
function store(memory: MemoryReader, address: bigint, before: bigint, after: bigint): boolean {
  for (let word = 0; word < 8; word += 1) {
    if (put(memory, address, word, after)) continue;
    for (let undone = 0; undone < word; undone += 1) put(memory, address, undone, before);
    return false;
  }
  return true;
}

function put(memory: MemoryReader, address: bigint, word: number, descriptor: bigint): boolean {
  return memory.write?.(address + BigInt(8 * word), bits(descriptor, 64 * word + 63, 64 * word)) === true;
}
