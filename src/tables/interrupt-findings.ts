import { bitsText } from '../bits/bit-positions.ts';
import type { Words } from '../bits/field.ts';
import { hex } from '../bits/hex.ts';
import { InterruptFault } from '../conditions/interrupt.ts';
import { DELIVERY_MODE } from '../messages/interrupt-formats.ts';
import {
  InterruptRemappingEntry,
  PostedInterruptRemappingEntry,
  SVT,
} from '../structures/interrupt-remapping-entry.ts';
import { reservedInDescriptor, reservedInEntry } from './interrupt-reserved.ts';
import type { InterruptEntry, InterruptListing, InterruptUnit } from './interrupts.ts';

/** Something of an interrupt remapping table that is wrong, or seldom meant. */
export interface InterruptFinding {
  /** For programs. */
  readonly name: string;
  /** The condition that requests meet, or the section. */
  readonly rule: string;
  /** Requests are blocked, from whatever source. */
  readonly blocks: boolean;
  /** Of which entries; none where it is of the unit. */
  readonly indices: readonly number[];
  /** What there is to say, without its subject. */
  readonly says: string;
}

/** A finding of one entry. */
type Found = Omit<InterruptFinding, 'indices'>;

/** Processors take no vector below this one. */
const LOWEST_VECTOR = 0x10;
/** Where PDAH begins, whose reserved bits are those above the host address width, §9.10. */
const PDAH_LOW = 96;

const { FPD, IM, TM, RH, DM, DLM, V, DST, SID } = InterruptRemappingEntry;
const { VV } = PostedInterruptRemappingEntry;
const sourceValidationType = InterruptRemappingEntry.SVT;

/** All that can be found, of the unit first, then what blocks requests, then what lets too many through or is odd. */
export function interruptFindings(unit: InterruptUnit, listing: InterruptListing): readonly InterruptFinding[] {
  const found = [...findingsOfEntries(unit, listing), ...sharedInterrupts(unit, listing.entries)];
  const first = ({ indices }: InterruptFinding) => indices[0] ?? 0;
  found.sort((a, b) => Number(b.blocks) - Number(a.blocks) || first(a) - first(b));
  return [...findingsOfUnit(unit), ...findingsOfTable(unit, listing), ...found];
}

/** §5.1.4: what holds of every request. */
function findingsOfUnit(unit: InterruptUnit): readonly InterruptFinding[] {
  const { configuration, interruptTable, interruptRemappingEnabled, compatibilityFormatPasses } = unit;
  const { ECAP } = configuration;
  const of = (name: string, rule: string, blocks: boolean, says: string) => ({ name, rule, blocks, indices: [], says });
  if (!interruptRemappingEnabled) {
    return ECAP.IRREQ === 1
      ? [of('off', '2Bh', true, 'IRES is 0, and ECAP_REG.IRREQ is 1: every interrupt request is blocked')]
      : [of('off', '§5.1.4', false, 'IRES is 0: the table is not looked at, and any device may ask for any vector')];
  }
  if (interruptTable.extended) return [];
  if (ECAP.EIMER === 1) {
    return [of('extended-mode-off', '2Ah', true, 'EIME is 0, and ECAP_REG.EIMER is 1: every request is blocked')];
  }
  if (!compatibilityFormatPasses) return [];
  const says = 'CFIS is 1 and EIME 0: a request in compatibility format passes the table by, for any vector';
  return [of('compatibility-format', '§5.1.4', false, says)];
}

/** §5.1.3: the table as a whole. */
function findingsOfTable(unit: InterruptUnit, listing: InterruptListing): readonly InterruptFinding[] {
  const { hostAddressWidth } = unit.configuration;
  const { unreachable, unreadable, beyond, silent, entries } = listing;
  const size = `the table has ${unit.interruptTable.entries} entries`;
  const width = `above the host address width of ${hostAddressWidth} bits`;
  const shifted = unit.interruptTable.extended && areShifted(entries);
  const all: readonly InterruptFinding[] = [
    { name: 'above-width', rule: '21h', blocks: true, indices: unreachable, says: width },
    {
      name: 'unreadable',
      rule: '23h',
      blocks: true,
      indices: unreadable,
      says: 'memory refuses, or the image does not hold it',
    },
    { name: 'beyond-size', rule: '21h', blocks: true, indices: beyond, says: `present past the end: ${size}` },
    {
      name: 'silent',
      rule: '§9.9',
      blocks: false,
      indices: silent,
      says: 'FPD is 1 though P is 0: the fault of a request is not recorded',
    },
    {
      name: 'shifted-destination',
      rule: '§9.9',
      blocks: false,
      indices: shifted ? entries.map(({ index }) => index) : [],
      says: 'no DST uses bits 39:32, as if EIME were 0: an APIC id of 8 bits in 47:40 is another processor',
    },
  ];
  return all.filter(({ indices }) => indices.length > 0);
}

/** Whether every destination looks like one of xAPIC mode. */
function areShifted(entries: readonly InterruptEntry[]): boolean {
  const destinations = entries.filter(({ words }) => IM(words) === 0).map(({ words }) => DST(words));
  return destinations.every((it) => (it & 0xff) === 0) && destinations.some((it) => it !== 0);
}

/** The findings of single entries, each once with all entries that it is of. */
function findingsOfEntries(unit: InterruptUnit, { entries }: InterruptListing): readonly InterruptFinding[] {
  const found = new Map<string, { found: Found; indices: number[] }>();
  for (const entry of entries) {
    for (const one of findingsOf(unit, entry)) {
      const key = `${one.name} ${one.says}`;
      const same = found.get(key);
      if (same === undefined) found.set(key, { found: one, indices: [entry.index] });
      else same.indices.push(entry.index);
    }
  }
  return [...found.values()].map(({ found: one, indices }) => ({ ...one, indices }));
}

function findingsOf(unit: InterruptUnit, entry: InterruptEntry): readonly Found[] {
  const { words, condition } = entry;
  const found: Found[] = [];
  const odd = (name: string, says: string) => found.push({ name, rule: rule(words), blocks: false, says });
  if (FPD(words) === 1) odd('fpd', 'FPD is 1: the faults of requests for it are not recorded');
  if (condition !== undefined) return [{ rule: condition.code, blocks: true, ...blocked(unit, entry) }, ...found];
  if (sourceValidationType(words) === SVT.ANY) odd('any-source', 'SVT is 00b: any source may ask for it');
  if (IM(words) === 1) {
    if (VV(words) < LOWEST_VECTOR) odd('low-vector', `VV is ${hex(VV(words))}, and no processor takes one below 0x10`);
    return found;
  }
  const mode = InterruptRemappingEntry.DLM.encodings?.[DLM(words)];
  const vector = hex(V(words));
  if (!isEdgeOnly(words)) {
    if (V(words) < LOWEST_VECTOR)
      odd('low-vector', `V is ${vector} with ${mode}, and no processor takes one below 0x10`);
    if (DLM(words) === DELIVERY_MODE.LOWEST_PRIORITY && RH(words) === 0) {
      odd('no-hint', 'Lowest Priority with RH=0, which asks for no choice of a processor');
    }
    return found;
  }
  if (DLM(words) === DELIVERY_MODE.SMI && V(words) !== 0) odd('smi-vector', `V is ${vector} with SMI, which wants 0`);
  if (TM(words) === 1) odd('always-edge', `TM is 1 with ${mode}, which is edge whatever TM says`);
  return found;
}

/** Why an entry serves nobody. */
function blocked(unit: InterruptUnit, { words, condition, descriptor }: InterruptEntry): Pick<Found, 'name' | 'says'> {
  const where = `the posted interrupt descriptor at ${hex(descriptor?.address ?? 0n)}`;
  switch (condition) {
    case InterruptFault.SOURCE_ID:
      return { name: 'no-source', says: noSource(words) };
    case InterruptFault.DESCRIPTOR_UNREADABLE:
      return { name: 'descriptor-unreadable', says: `${where}: memory refuses, or the image does not hold it` };
    case InterruptFault.RESERVED_IN_DESCRIPTOR: {
      const set = reservedInDescriptor(unit, descriptor?.words ?? new Uint32Array());
      return { name: 'descriptor-reserved', says: `${where}: reserved ${bitsText(set)} set` };
    }
    default:
      return { name: 'programming', says: wrongProgramming(unit, words).join('; ') };
  }
}

function noSource(words: Words): string {
  if (sourceValidationType(words) === SVT.RESERVED) return 'SVT is 11b, which is reserved: no source passes';
  const [first, last] = [SID(words) >>> 8, SID(words) & 0xff].map((bus) => bus.toString(16).padStart(2, '0'));
  return `SID has buses ${first} to ${last}, the first above the last: no source passes`;
}

/** §9.9, §9.10: what 24h is for. */
function wrongProgramming(unit: InterruptUnit, words: Words): readonly string[] {
  const why: string[] = [];
  const posted = IM(words) === 1;
  const reserved = reservedInEntry(unit, words);
  if (posted && unit.configuration.CAP.PI === 0) why.push('IM is 1 (posted), and CAP_REG.PI is 0');
  else {
    const above = posted ? reserved.filter((position) => position >= PDAH_LOW) : [];
    const others = reserved.slice(above.length);
    const hint = !posted && others.some(isInDestination) ? ' (with EIME=0 DST is bits 47:40 alone)' : '';
    if (others.length > 0) why.push(`reserved ${bitsText(others)} set${hint}`);
    if (above.length > 0) why.push(`the descriptor is above the host address width (${bitsText(above)})`);
  }
  if (sourceValidationType(words) === SVT.RESERVED) why.push('SVT is 11b, which is reserved');
  const mode = DLM(words);
  if (!posted && InterruptRemappingEntry.DLM.encodings?.[mode] === 'reserved') {
    why.push(`DLM is ${mode.toString(2).padStart(3, '0')}b, which is reserved`);
  }
  return why;
}

/** Of a remapped entry's reserved bits, those of DST, which are reserved with EIME=0 alone. */
const isInDestination = (position: number): boolean => position >= DST.low && position <= DST.high;

/** §9.9: entries that come to one vector at one destination, or one bit of one descriptor. */
function sharedInterrupts(unit: InterruptUnit, entries: readonly InterruptEntry[]): readonly InterruptFinding[] {
  const byInterrupt = new Map<string, InterruptEntry[]>();
  for (const entry of entries) {
    const key = interruptOf(unit, entry);
    if (key === undefined) continue;
    const same = byInterrupt.get(key);
    if (same === undefined) byInterrupt.set(key, [entry]);
    else same.push(entry);
  }
  return [...byInterrupt].flatMap(([interrupt, sharing]) => {
    if (sharing.length < 2) return [];
    const indices = sharing.map(({ index }) => index);
    const says = `${interrupt}, from each of them`;
    return [{ name: 'shared', rule: rule(sharing[0]!.words), blocks: false, indices, says }];
  });
}

function interruptOf(unit: InterruptUnit, { words, condition, descriptor }: InterruptEntry): string | undefined {
  if (condition !== undefined) return undefined;
  if (descriptor !== undefined) return `bit ${hex(VV(words))} of the descriptor at ${hex(descriptor.address)}`;
  if (isEdgeOnly(words)) return undefined;
  const mode = DM(words) === 1 ? 'logical' : 'physical';
  return `vector ${hex(V(words))} at ${mode} destination ${hex(destinationOf(unit, words))}`;
}

/** The destination of a remapped entry, §5.1.4: with EIME=0 bits 47:40 alone. */
export function destinationOf({ interruptTable }: Pick<InterruptUnit, 'interruptTable'>, words: Words): number {
  return interruptTable.extended ? DST(words) : (DST(words) >>> 8) & 0xff;
}

/** SMI, NMI, INIT, ExtINT: neither vector nor trigger mode is free, §9.9. */
const isEdgeOnly = (words: Words): boolean =>
  DLM(words) !== DELIVERY_MODE.FIXED && DLM(words) !== DELIVERY_MODE.LOWEST_PRIORITY;

const rule = (words: Words): string => (IM(words) === 1 ? '§9.10' : '§9.9');
