import { bits } from './bits.ts';
import { supportedAddressWidth } from './capabilities.ts';
import { interruptRangeCompletion, rangeAround, translationCompletion, wantsWrite } from './completion.ts';
import { touchesInterruptRange } from './interrupt-range.ts';
import { type Answer, fetchWords, type Journey, Stopped, stop } from './journey.ts';
import { inputLimit, type SecondStageResult, walkSecondStage } from './second-stage.ts';

/** Legacy mode, TTM=00b (3.4.2); the request has no PASID. */
export function judgeLegacy(journey: Journey): Answer {
  const contextTable = rootEntry(journey);
  const context = contextEntry(journey, contextTable);
  if (journey.request.type === 'translated') return translated(journey);
  if (context.type === 2n) return passThrough(journey);
  if (journey.request.type === 'translation' && touchesInterruptRange(journey.request.address, 1n))
    return interruptRangeCompletion(journey); // 4.2.3-R4, 4.2.3-G8
  return throughTables(journey, context);
}

/** 3.4.2-R1, 9.1: the context-table pointer. */
export function rootEntry(journey: Journey): bigint {
  const { caps, latched, memory, request } = journey;
  const bus = bits(BigInt(request.source), 15, 8);
  const address = (bits(latched.rtaddr, 63, 12) << 12n) + bus * 16n;
  const entry = fetchWords(memory, address, 2);
  if (entry === undefined) stop('LRT.1');
  if (bits(entry, 0) === 0n) stop('LRT.2'); // 9.1-R2
  if (bits(entry, 127, 64) !== 0n) stop('LRT.3'); // 9.1-R3
  if (bits(entry, 63, caps.HAW) !== 0n) stop('LRT.3');
  if (bits(entry, 11, 1) !== 0n) stop('LRT.3');
  return bits(entry, caps.HAW - 1, 12) << 12n;
}

export interface Context {
  readonly type: bigint;
  readonly pointer: bigint;
  /** Undefined only with TT=10b and an AW that is not looked at. */
  readonly width: number | undefined;
}

/** 3.4.2-R2 to R4, 9.3. */
export function contextEntry(journey: Journey, table: bigint): Context {
  const { caps, choices, memory, request } = journey;
  const address = table + bits(BigInt(request.source), 7, 0) * 16n;
  const entry = fetchWords(memory, address, 2);
  if (entry === undefined) stop('LCT.1');
  if (bits(entry, 1) === 1n) journey.fpd = true; // 9-R4
  if (bits(entry, 0) === 0n) stop('LCT.2');
  const type = bits(entry, 3, 2);
  if (bits(entry, 127, 88) !== 0n) stop('LCT.3'); // 9.3-R2
  if (bits(entry, 87, 72 + caps.domainWidth) !== 0n) stop('LCT.3');
  if (bits(entry, 71) !== 0n) stop('LCT.3');
  if (bits(entry, 11, 4) !== 0n) stop('LCT.3');
  if (type !== 2n || choices.passThroughPointer === 'reserved') {
    if (bits(entry, 63, caps.HAW) !== 0n) stop('LCT.3'); // 9.3-G1
  }
  const width = supportedAddressWidth(caps, bits(entry, 66, 64));
  if (type !== 2n || choices.passThroughAddressWidth === 'checked') {
    if (width === undefined) stop('LCT.4.1'); // 9.3-R3, 9.3-G2
  }
  if (type === 1n && !caps.DT) stop('LCT.4.2'); // 3.4.2-R3
  if (type === 2n && !caps.PT) stop('LCT.4.2');
  if (type === 3n) {
    // 4.2.3-G1
    if (request.type === 'translation' && choices.reservedTranslationType === 'UR') throw new Stopped('LCT.4.2', 'UR');
    stop('LCT.4.2');
  }
  if (request.type !== 'untranslated' && type !== 1n) stop('LCT.5');
  return { type, pointer: bits(entry, caps.HAW - 1, 12) << 12n, width };
}

/** 4.2.5-R3 to R5, in the order of 4.2.5-G1. */
function translated(journey: Journey): Answer {
  const { address } = journey.request;
  if (address >= 1n << BigInt(journey.caps.HAW)) stop('LGN.1.2');
  if (touchesInterruptRange(address, 1n)) stop('LGN.4');
  return { outcome: 'completed', address, memoryType: 'WB' };
}

/** 3.9, untranslated requests only (LCT.5). */
function passThrough(journey: Journey): Answer {
  const { address, noSnoop } = journey.request;
  if (address >= 1n << BigInt(journey.caps.HAW)) stop('LGN.1.3'); // 3.9-R2
  if (touchesInterruptRange(address, 1n)) stop('LGN.4'); // 3.9-R4
  return { outcome: 'completed', address, snoop: noSnoop !== true, memoryType: 'WB' }; // 3.10-R5, 3.11.4.1-R1
}

function throughTables(journey: Journey, context: Context): Answer {
  const { caps, choices, request } = journey;
  if (context.width === undefined) throw new Error('AW was judged before');
  if (request.address >= inputLimit(journey, context.width)) stop('LGN.1.1'); // 3.7-R2
  const page = walkSecondStage(
    journey,
    {
      pointer: context.pointer,
      width: context.width,
      ssirwe: false, // RTA.1.4
      codes: { firstFetch: 'LCT.4.3', lowerFetch: 'LSS.1', reserved: 'LSS.2' },
    },
    request.address,
  );
  const snp = caps.SC && bits(page.leaf, 11) === 1n;
  if (request.type === 'translation') {
    const rights = translationRights(journey, page);
    const range = rangeAround(page.address, page.size);
    const judged = choices.legacyTranslationRange === 'range' ? range.size : 1n;
    const from = choices.legacyTranslationRange === 'range' ? range.base : page.address;
    if (touchesInterruptRange(from, judged)) stop('LGN.4'); // 3.15-R6, 4.2.3-G6
    return translationCompletion(journey, range, rights, snp); // 4.2.3-R11
  }
  untranslatedRights(journey, page);
  if (touchesInterruptRange(page.address, 1n)) stop('LGN.4'); // 3.15-R6
  return {
    outcome: 'completed',
    address: page.address,
    pageSize: Number(page.size),
    read: page.read,
    write: page.write,
    snoop: request.noSnoop !== true || snp, // 3.10-R5
    memoryType: 'WB', // 3.11.4.1-R1
    throughTables: true,
  };
}

/** 3.7.1-R1, R3, 3.7-R9. */
function untranslatedRights(journey: Journey, page: SecondStageResult): void {
  const { caps, choices, request } = journey;
  if (request.access === 'write' && !page.write) stop('LGN.2');
  if (request.access === 'read' && !page.read) {
    const exempt = request.zeroLength === true && caps.ZLR && page.write; // 3.14-R2 to R4
    if (!exempt) stop('LGN.3');
  }
  if (request.access === 'atomic') {
    if (!page.write && !page.read) stop(choices.atomicWithoutPermission); // 3.7.1-G1
    if (!page.write) stop('LGN.2');
    if (!page.read) stop('LGN.3');
  }
}

/** 4.2.3-R5 to R7; nothing left: 4.2.3-G4. */
function translationRights(journey: Journey, page: SecondStageResult): { read: boolean; write: boolean } {
  const read = page.read;
  const write = page.write && wantsWrite(journey);
  if (!read && !write) stop(wantsWrite(journey) ? journey.choices.atomicWithoutPermission : 'LGN.3');
  return { read, write };
}
