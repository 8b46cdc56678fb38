import { bits } from './bits.ts';
import type { Capabilities } from './capabilities.ts';
import type { LiveEntry } from './live-entry.ts';

/** What an invalidation asks for, whatever it is written as (6.5.1, 6.5.2.1 to 6.5.2.4). */
export type Invalidation =
  | { readonly kind: 'context'; readonly granularity: 'global' }
  | { readonly kind: 'context'; readonly granularity: 'domain'; readonly did: number }
  | {
      readonly kind: 'context';
      readonly granularity: 'device';
      readonly did: number;
      readonly source: number;
      /** FM, 0 to 3 */
      readonly functionMask: number;
    }
  | { readonly kind: 'pasid'; readonly granularity: 'global' }
  | { readonly kind: 'pasid'; readonly granularity: 'domain'; readonly did: number }
  | { readonly kind: 'pasid'; readonly granularity: 'pasid'; readonly did: number; readonly pasid: number }
  | { readonly kind: 'iotlb'; readonly granularity: 'global' }
  | { readonly kind: 'iotlb'; readonly granularity: 'domain'; readonly did: number }
  | ({ readonly kind: 'iotlb'; readonly granularity: 'page'; readonly did: number } & PageRange)
  | { readonly kind: 'pasidIotlb'; readonly granularity: 'pasid'; readonly did: number; readonly pasid: number }
  | ({
      readonly kind: 'pasidIotlb';
      readonly granularity: 'page';
      readonly did: number;
      readonly pasid: number;
    } & PageRange);

export interface PageRange {
  readonly address: bigint;
  /** AM: low bits of the page number that do not count. */
  readonly am: number;
  /** IH: only leaf entries have changed. */
  readonly ih: boolean;
}

export type Command = Invalidation & { readonly via: 'queue' | 'register' };

/** 6.5.2.12-R1: kinds of earlier commands that a command waits for. */
export const WAITS_FOR: Readonly<Record<Invalidation['kind'], readonly Invalidation['kind'][]>> = {
  context: [],
  pasid: ['context'],
  iotlb: ['context', 'pasid'],
  pasidIotlb: ['context', 'pasid'],
};

/** 6.8-R1: does this command flush the write buffer of a unit with RWBF=1. */
export const flushesWriteBuffer = (command: Invalidation): boolean => command.kind !== 'pasidIotlb';

/** The predicate table of 6.A: has the entry to go. Coarser removal changes nothing, as any entry may be absent. */
export function mustGo(caps: Capabilities, command: Invalidation, entry: LiveEntry): boolean {
  switch (command.kind) {
    case 'context':
      return entry.cache === 'context' && contextGoes(caps, command, entry);
    case 'pasid':
      return entry.cache === 'pasid' && pasidGoes(caps, command, entry);
    case 'iotlb':
      if (entry.cache === 'context' || entry.cache === 'pasid') return false; // 6.5.2.3-R9
      if (command.granularity === 'global') return true; // 6.5.2.3-R1
      if (!sameDomain(caps, command.did, entry.did)) return false;
      return command.granularity === 'domain' || iotlbPageGoes(caps, command, entry);
    case 'pasidIotlb':
      if (entry.cache !== 'tlb' && entry.cache !== 'first-stage') return false; // 6.5.2.4-R2, R3
      if (!sameDomain(caps, command.did, entry.did) || entry.pasid !== BigInt(command.pasid)) return false;
      return command.granularity === 'pasid' || pasidIotlbPageGoes(command, entry);
  }
}

type Of<K extends Invalidation['kind']> = Extract<Invalidation, { kind: K }>;
type Entry<C extends LiveEntry['cache']> = Extract<LiveEntry, { cache: C }>;

/** 6.5.2.1-R7 and its like: bits of a domain-id beyond the width do not count. */
function sameDomain(caps: Capabilities, did: number, tag: bigint): boolean {
  return bits(BigInt(did), caps.domainWidth - 1, 0) === tag;
}

/** 6.5.2.1-R1 to R3, Table 21. */
function contextGoes(caps: Capabilities, command: Of<'context'>, entry: Entry<'context'>): boolean {
  if (command.granularity === 'global') return true;
  const byDomain = entry.mode === 'scalable' || sameDomain(caps, command.did, entry.did);
  if (command.granularity === 'domain') return byDomain;
  const masked = [0, 0b100, 0b110, 0b111][command.functionMask] ?? 0;
  return byDomain && ((command.source ^ entry.source) & ~masked) === 0;
}

/** 6.5.2.2-R1. */
function pasidGoes(caps: Capabilities, command: Of<'pasid'>, entry: Entry<'pasid'>): boolean {
  if (command.granularity === 'global') return true;
  if (!sameDomain(caps, command.did, entry.did)) return false;
  return command.granularity === 'domain' || entry.pasid === BigInt(command.pasid);
}

/** 6.5.2.3-R4, R7; the domain is the right one. */
function iotlbPageGoes(
  caps: Capabilities,
  command: PageRange,
  entry: Entry<'tlb' | 'first-stage' | 'second-stage'>,
): boolean {
  if (entry.cache === 'first-stage') return true;
  if (entry.cache === 'second-stage')
    return !command.ih && meets(command, entry.prefix << shiftOf(entry.level), 1n << shiftOf(entry.level), caps.MGAW);
  if (entry.kind === 1 || entry.kind === 3) return true;
  return covers(command, entry.base, entry.size, caps.MGAW);
}

/** 6.5.2.4-R2, G1; domain and PASID are the right ones. */
function pasidIotlbPageGoes(command: PageRange, entry: Entry<'tlb' | 'first-stage'>): boolean {
  if (entry.cache === 'first-stage')
    return (
      !command.ih && meets(command, entry.prefix << shiftOf(entry.level), 1n << shiftOf(entry.level), entry.tagWidth)
    );
  if (entry.kind === 2 || entry.kind === 4) return false;
  return covers(command, entry.base, entry.size, entry.tagWidth);
}

/** Lowest bit of the address that an entry of a level looks at: 12, 21, 30, 39, 48. */
export const shiftOf = (level: number): bigint => BigInt(9 * level + 3);

/**
 * Does the range hold the whole entry. An entry that is larger than the range may go or stay, because AM was too small
 * (6.5.2.3-G2); so it need not go.
 */
function covers(range: PageRange, base: bigint, size: bigint, width: number): boolean {
  return size <= sizeOf(range) && meets(range, base, size, width);
}

/** Do a range and the span of an entry have an address in common; both are aligned to their sizes. */
function meets(range: PageRange, base: bigint, size: bigint, width: number): boolean {
  const larger = size > sizeOf(range) ? size : sizeOf(range);
  const within = (address: bigint) => bits(address, width - 1, 0) / larger;
  return within(range.address) === within(base);
}

const sizeOf = (range: PageRange): bigint => 4096n << BigInt(range.am); // 6.5.2.3-R8
