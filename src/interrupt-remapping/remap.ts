import { setsReserved128 } from '../bits/reserved.ts';
import { type InterruptCondition, InterruptFault } from '../conditions/interrupt.ts';
import { CompatibilityFormat, DELIVERY_MODE, RemappableFormat } from '../messages/interrupt-formats.ts';
import type { InterruptRequest } from '../messages/interrupt-request.ts';
import type { RemappedInterrupt } from '../messages/remapped-interrupt.ts';
import { fetch } from '../platform/fetch.ts';
import { InterruptRemappingEntry, PostedInterruptRemappingEntry } from '../structures/interrupt-remapping-entry.ts';
import type { InterruptRemapping } from './interrupt-remapping.ts';
import { postInterrupt } from './posting.ts';
import { validateSource } from './source-validation.ts';

// Local names, as in the walks of dma-remapping/.
const { ofQword: FORMAT } = RemappableFormat.FORMAT;
const { ofQword: SHV } = RemappableFormat.SHV;
const { ofQword: HANDLE_15 } = RemappableFormat.HANDLE_15;
const { ofQword: HANDLE_14_0 } = RemappableFormat.HANDLE_14_0;
const { ofQword: SUBHANDLE } = RemappableFormat.SUBHANDLE;
const { ofQword: DATA_31_16 } = RemappableFormat.DATA_31_16;
const { ofQword: P } = InterruptRemappingEntry.P;
const { ofQword: FPD } = InterruptRemappingEntry.FPD;
const { ofQword: IM } = InterruptRemappingEntry.IM;
const { ofQword: DM } = InterruptRemappingEntry.DM;
const { ofQword: RH } = InterruptRemappingEntry.RH;
const { ofQword: TM } = InterruptRemappingEntry.TM;
const { ofQword: DLM } = InterruptRemappingEntry.DLM;
const { ofQword: V } = InterruptRemappingEntry.V;
const { ofQword: DST } = InterruptRemappingEntry.DST;
const { URG, VV, PDAL, PDAH } = PostedInterruptRemappingEntry;

/** Entries of 16 bytes in a page, as a power of two. */
const INDEX_BITS_IN_PAGE = 8;

const entry = new Uint32Array(4);

/**
 * Interrupt remapping, §5.1.4: what a request comes to is put into `result`; the row if it is blocked. A posted
 * interrupt has been posted when this returns.
 */
export function remapInterrupt(
  unit: InterruptRemapping,
  request: InterruptRequest,
  result: RemappedInterrupt,
): InterruptCondition | undefined {
  const { extended } = unit.interruptTable;
  result.index = -1;
  result.faultProcessingDisabled = false;
  if (!unit.interruptRemappingEnabled) {
    const required = unit.configuration.ECAP.IRREQ === 1;
    return required ? InterruptFault.REMAPPING_OFF : passCompatibility(request, result);
  }
  if (!extended && unit.configuration.ECAP.EIMER === 1) return InterruptFault.EXTENDED_MODE_OFF;
  if (FORMAT(request.address, request.data) === 1) return remapByTable(unit, request, result);
  if (extended || !unit.compatibilityFormatPasses) return InterruptFault.COMPATIBILITY;
  return passCompatibility(request, result);
}

/** §5.1.2.1: the request is the message, whatever its reserved bits are. */
function passCompatibility({ address, data }: InterruptRequest, result: RemappedInterrupt): undefined {
  result.posted = false;
  result.vector = CompatibilityFormat.V.ofQword(address, data);
  result.deliveryMode = CompatibilityFormat.DLM.ofQword(address, data);
  result.triggerMode = CompatibilityFormat.TM.ofQword(address, data);
  result.redirectionHint = CompatibilityFormat.RH.ofQword(address, data);
  result.destinationMode = CompatibilityFormat.DM.ofQword(address, data);
  result.destination = CompatibilityFormat.DST.ofQword(address, data);
}

/** A request in remappable format, §5.1.3, §5.1.4. */
function remapByTable(
  unit: InterruptRemapping,
  request: InterruptRequest,
  result: RemappedInterrupt,
): InterruptCondition | undefined {
  const { address, data, sourceId } = request;
  const { interruptTable: table, configuration, caches } = unit;
  const withSubhandle = SHV(address, data) === 1;
  if (withSubhandle && DATA_31_16(address, data) !== 0) return InterruptFault.RESERVED_IN_REQUEST;
  const handle = (HANDLE_15(address, data) << 15) | HANDLE_14_0(address, data);
  // 17 bits: the sum does not wrap.
  const index = withSubhandle ? handle + SUBHANDLE(address, data) : handle;
  result.index = index & 0xffff;
  const page = table.page + (index >>> INDEX_BITS_IN_PAGE);
  if (index >= table.entries || page >= configuration.hostPages) return InterruptFault.INDEX_BEYOND_TABLE;

  const found = caches === undefined ? false : caches.findInterrupt(index, entry);
  if (found === true) return judgeEntry(unit, sourceId, result) ?? perform(unit, result);
  if (found !== false) return found;
  const read = fetch(unit, InterruptRemappingEntry, page, (index & 0xff) << 4, entry);
  const unreadable = read ? undefined : InterruptFault.TABLE_UNREADABLE;
  const fault = unreadable ?? judgeEntry(unit, sourceId, result) ?? perform(unit, result);
  // §6.4: an entry at fault may be kept in caching mode alone.
  if (caches !== undefined && (fault === undefined || configuration.CAP.CM === 1)) {
    caches.keepInterrupt(index, entry, unreadable);
  }
  return fault;
}

/** §5.1.4, §9.9: whether the entry is there, is for this source, and is programmed rightly. */
function judgeEntry(
  unit: InterruptRemapping,
  sourceId: number,
  result: RemappedInterrupt,
): InterruptCondition | undefined {
  const low = entry[0]!;
  // §9.9: looked at even when the entry is not present.
  result.faultProcessingDisabled = FPD(low, 0) === 1;
  if (P(low, 0) === 0) return InterruptFault.NOT_PRESENT;
  return unit.choices.interruptEntryOrder === '26h'
    ? (validateSource(entry, sourceId, unit.choices) ?? judgeProgramming(unit))
    : (judgeProgramming(unit) ?? validateSource(entry, sourceId, unit.choices));
}

/** Reserved bits and values, §9.9, §9.10. */
function judgeProgramming(unit: InterruptRemapping): InterruptCondition | undefined {
  const { configuration, interruptReserved: reserved, interruptTable, choices } = unit;
  const low = entry[0]!;
  if (IM(low, 0) === 1) {
    if (configuration.CAP.PI === 0) return InterruptFault.RESERVED_IN_ENTRY;
    return setsReserved128(entry, reserved.posted) ? InterruptFault.RESERVED_IN_ENTRY : undefined;
  }
  const mask = interruptTable.extended ? reserved.remapped : reserved.remappedXapic;
  if (setsReserved128(entry, mask)) return InterruptFault.RESERVED_IN_ENTRY;
  const named = isNamed(DLM(low, 0)) || choices.reservedDeliveryMode === 'delivered';
  return named ? undefined : InterruptFault.RESERVED_IN_ENTRY;
}

/** §9.9: two values of DLM have no name. */
const isNamed = (deliveryMode: number): boolean => deliveryMode !== 0b011 && deliveryMode !== 0b110;

/** What a sound entry says, §5.1.4, §5.2.3. */
function perform(unit: InterruptRemapping, result: RemappedInterrupt): InterruptCondition | undefined {
  const low = entry[0]!;
  result.posted = IM(low, 0) === 1;
  if (result.posted) return performPosted(unit, result);
  const deliveryMode = DLM(low, 0);
  const destination = DST(low, entry[1]!);
  result.vector = V(low, 0);
  result.deliveryMode = deliveryMode;
  result.triggerMode = isAlwaysEdge(deliveryMode) ? 0 : TM(low, 0);
  result.redirectionHint = RH(low, 0);
  result.destinationMode = DM(low, 0);
  result.destination = unit.interruptTable.extended ? destination : (destination >>> 8) & 0xff;
  return undefined;
}

/** §9.10: where the descriptor stands, and which of its bits is meant. */
function performPosted(unit: InterruptRemapping, result: RemappedInterrupt): InterruptCondition | undefined {
  const low = PDAL(entry);
  result.vector = VV(entry);
  // PDAL has bits 31:6 of the address: the page begins 6 bits above its low end.
  result.descriptorPage = PDAH(entry) * 2 ** 20 + (low >>> 6);
  result.descriptorOffset = (low & 0x3f) << 6;
  const { vector, descriptorPage, descriptorOffset } = result;
  return postInterrupt(unit, vector, URG(entry) === 1, descriptorPage, descriptorOffset, result);
}

/** §9.9: whatever TM says. */
const isAlwaysEdge = (deliveryMode: number): boolean =>
  deliveryMode === DELIVERY_MODE.SMI ||
  deliveryMode === DELIVERY_MODE.NMI ||
  deliveryMode === DELIVERY_MODE.INIT ||
  deliveryMode === DELIVERY_MODE.EXTINT;
