import { bits } from './bits.ts';
import { type Capabilities, capabilitiesOf } from './capabilities.ts';
import { programmingFault, remappedMessage, sourceFault } from './interrupt-entry.ts';
import type {
  Blocked,
  InterruptLatched,
  InterruptMessage,
  InterruptOpinion,
  InterruptRequest,
} from './interrupt-types.ts';
import { fetchWords } from './journey.ts';
import { post } from './posting.ts';
import type { MemoryReader, UnitFacts } from './types.ts';

/** Table 15 without 29h: is the condition silenced by FPD, and does FI hold the index (5.1.4.1-R1). */
const TABLE_15 = {
  '20h': { qualified: false, indexed: false },
  '21h': { qualified: false, indexed: true },
  '22h': { qualified: true, indexed: true },
  '23h': { qualified: false, indexed: true },
  '24h': { qualified: true, indexed: true },
  '25h': { qualified: false, indexed: false },
  '26h': { qualified: true, indexed: true },
  '27h': { qualified: true, indexed: true },
  '28h': { qualified: true, indexed: true },
  '2Ah': { qualified: false, indexed: false },
  '2Bh': { qualified: false, indexed: false },
} as const;

type Condition = keyof typeof TABLE_15;

/** What the digest says becomes of one interrupt request; a posted one changes memory. */
export function interruptOpinion(
  unit: UnitFacts,
  latched: InterruptLatched,
  memory: MemoryReader,
  request: InterruptRequest,
): InterruptOpinion {
  const place = beforeTable(unit, latched, request);
  if ('outcome' in place) return place;
  const entry = fetchWords(memory, place.address, 2); // 5.1.4-R4 step 3
  if (entry === undefined) return blocked('23h', place.index);
  return throughEntry(unit, latched, memory, request, place.index, entry);
}

/** 5.1.4-R1 to R3 and R4 steps 1 and 2: the opinion, or which entry it takes and where that is. */
export function beforeTable(
  unit: UnitFacts,
  latched: InterruptLatched,
  request: InterruptRequest,
): InterruptOpinion | { readonly index: number; readonly address: bigint } {
  const caps = capabilitiesOf(unit);
  const eime = isExtended(caps, latched);
  if (!latched.ires) return caps.IRREQ ? blocked('2Bh') : { outcome: 'delivered', ...asItIs(request) }; // 5.1.4-R1
  if (caps.EIMER && !eime) return blocked('2Ah'); // 5.1.4-R2
  if (bits(request.address, 4) === 0n) {
    if (eime || !latched.cfis) return blocked('25h'); // 5.1.4-R3
    return { outcome: 'delivered', ...asItIs(request) };
  }
  const shv = bits(request.address, 3) === 1n;
  if (shv && bits(request.data, 31, 16) !== 0n) return blocked('20h'); // 5.1.2.2-R2
  const index = Number(handleOf(request) + (shv ? bits(request.data, 15, 0) : 0n)); // 5.1.3-R2
  if (index >= 2 ** (Number(bits(latched.irta, 3, 0)) + 1)) return blocked('21h', index); // 5.1.3-R3
  const address = (bits(latched.irta, 63, 12) << 12n) + BigInt(index) * 16n; // 5.1.3-R1
  if (address >= 1n << BigInt(caps.HAW)) return blocked('21h', index);
  return { index, address };
}

/** 5.1.4-R4 steps 4 to 6 and 5.2.3, whether the entry comes from memory or out of the IEC. */
export function throughEntry(
  unit: UnitFacts,
  latched: InterruptLatched,
  memory: MemoryReader,
  request: InterruptRequest,
  index: number,
  entry: bigint,
): InterruptOpinion {
  const { choices } = unit;
  const caps = capabilitiesOf(unit);
  const eime = isExtended(caps, latched);
  const fpd = bits(entry, 1) === 1n; // 9-R4
  if (bits(entry, 0) === 0n) return blocked('22h', index, fpd); // 9.9-R1
  const source = sourceFault(choices, entry, request.source);
  const programming = programmingFault(caps, choices, eime, entry) ? '24h' : undefined;
  const fault = choices.interruptEntryOrder === '26h' ? (source ?? programming) : (programming ?? source); // 5.1.4-G1
  if (fault !== undefined) return blocked(fault, index, fpd);
  if (bits(entry, 15) === 0n) return { outcome: 'delivered', index, ...remappedMessage(eime, entry) };
  const posting = post(choices, eime, memory, entry);
  if ('fault' in posting) return blocked(posting.fault, index, fpd);
  return { outcome: 'posted', index, ...posting };
}

/** 11.4.10-R3. */
function isExtended(caps: Capabilities, latched: InterruptLatched): boolean {
  return caps.EIM && bits(latched.irta, 11) === 1n;
}

/** 5.1.2.2-R3. */
function handleOf({ address }: InterruptRequest): bigint {
  return (bits(address, 2) << 15n) | bits(address, 19, 5);
}

/** 5.1.2.1: the request is the message; its reserved bits count for nothing (5.1.2.1-G1). */
function asItIs({ address, data }: InterruptRequest): InterruptMessage {
  return {
    address,
    data,
    destination: bits(address, 19, 12),
    vector: Number(bits(data, 7, 0)),
    deliveryMode: Number(bits(data, 10, 8)),
    destinationMode: Number(bits(address, 2)),
    redirectionHint: Number(bits(address, 3)),
    triggerMode: Number(bits(data, 15)),
  };
}

/** Table 15; an index that is too large for FI loses its upper bits (5.1.3-G1). */
function blocked(condition: Condition, index?: number, fpd = false): Blocked {
  const { qualified, indexed } = TABLE_15[condition];
  const fi = indexed && index !== undefined ? { fi: BigInt(index & 0xffff) << 48n } : {};
  const fault = { condition, reason: Number.parseInt(condition, 16), qualified, ...fi };
  return { outcome: 'UR', fault, fpd, logged: !(qualified && fpd) };
}
