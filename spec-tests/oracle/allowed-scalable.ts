import { firstStageWays } from './allowed-first-stage.ts';
import { type SecondStageEnd, secondStageWays, type TaggedSecondStage } from './allowed-second-stage.ts';
import { answerFromTlb, endWalk, type TlbTags } from './allowed-translation.ts';
import { bits } from './bits.ts';
import { type Exploration, journeyOver, outcomeOf } from './exploration.ts';
import { secondStageOf } from './first-stage.ts';
import type { Copy, Translation } from './live-entry.ts';
import { type PasidEntry, pasidDirectoryEntry, pasidTableEntry } from './pasid-entry.ts';
import { type ScalableContext, scalableContextEntry, scalableRootEntry } from './scalable-context.ts';
import { inputLimit } from './second-stage.ts';
import { type Way, Ways } from './ways.ts';

/** Scalable mode: 6.A-R2 in the order of 6.2.7-G1. */
export function exploreScalable(x: Exploration): void {
  const { address, source, pasid } = x.request;
  const hits = x.live('tlb', (entry) => {
    if (entry.mode !== 'scalable' || entry.source !== source) return false;
    if (address < entry.base || entry.base + entry.size <= address) return false;
    if (pasid === undefined) return !entry.withPasid; // 6.2.1-G3
    return entry.pasid === BigInt(pasid) && (entry.withPasid || x.choices.pasidHitsNoPasid); // 6.2.1-M1
  });
  for (const { value } of hits) answerFromTlb(x, value);
  for (const context of contextWays(x)) {
    for (const { value, before } of pasidWays(x, context)) throughEntry(x, context.value, value, before);
  }
}

/** The context entry, cached or read; what cannot be passed is answered here. */
function contextWays(x: Exploration): Ways<ScalableContext> {
  const { source } = x.request;
  const found = new Ways<ScalableContext>();
  const pass = (copy: Copy, before: bigint): string | undefined => {
    const result = judgeContext(x, copy);
    if ('condition' in result) x.answers.add(`UR ${result.condition}`);
    else found.add(Object.values(result.value).join(), result.value, before);
    return 'condition' in result ? result.condition : undefined;
  };
  for (const { value, before } of x.live('context', (entry) => entry.mode === 'scalable' && entry.source === source))
    pass(value.copy, before);
  for (const { value, before } of contextCopies(x)) {
    const condition = pass(value, before);
    if (condition !== undefined && !x.cachingMode) continue; // 6.2.2-R2
    x.fill({ cache: 'context', mode: 'scalable', source, did: 0n, copy: value }, before);
  }
  return found;
}

function contextCopies(x: Exploration): Ways<Copy> {
  const all = new Ways<Copy>();
  const source = BigInt(x.request.source);
  const rootTable = bits(x.latched.rtaddr, 63, 12) << 12n;
  for (const root of x.read(rootTable + bits(source, 15, 8) * 16n, 2)) {
    const table = outcomeOf(() => scalableRootEntry(journeyOver(x, root.value)));
    if ('condition' in table) {
      all.add(table.condition, { fault: table.condition }, root.before);
      continue;
    }
    for (const context of x.read(table.value + bits(source, 6, 0) * 32n, 4))
      all.add(context.value.join(), { words: context.value }, root.before | context.before);
  }
  return all;
}

function judgeContext(x: Exploration, copy: Copy): { value: ScalableContext } | { condition: string } {
  if ('fault' in copy) return { condition: copy.fault };
  return outcomeOf(() => scalableContextEntry(journeyOver(x, copy.words), 0n));
}

interface Found {
  readonly entry: PasidEntry;
  readonly did: bigint;
}

/** The PASID-table entry, cached or read; what cannot be passed is answered here. */
function pasidWays(x: Exploration, context: Way<ScalableContext>): Ways<Found> {
  const { source } = x.request;
  const { pasid } = context.value;
  const found = new Ways<Found>();
  const pass = (copy: Copy, before: bigint): { did: bigint } | { condition: string } => {
    const result = judgePasidEntry(x, context.value, copy);
    if ('condition' in result) x.answers.add(`UR ${result.condition}`);
    else if ('words' in copy) found.add(copy.words.join(), result, before);
    return result;
  };
  for (const { value, before } of x.live('pasid', (entry) => entry.source === source && entry.pasid === pasid))
    pass(value.copy, context.before | before);
  for (const { value, before } of pasidCopies(x, context)) {
    const result = pass(value, before);
    if ('did' in result) x.fill({ cache: 'pasid', source, pasid, did: result.did, copy: value }, before);
    else if (x.cachingMode) {
      // 6.2.3-R3; an entry that is good and refuses this request keeps its domain
      const did = result.condition === 'SPT.6' && 'words' in value ? didOf(x, value.words) : 0n;
      x.fill({ cache: 'pasid', source, pasid, did, copy: value }, before);
    }
  }
  return found;
}

function pasidCopies(x: Exploration, context: Way<ScalableContext>): Ways<Copy> {
  const all = new Ways<Copy>();
  const { directory, pasid } = context.value;
  for (const from of x.read(directory + bits(pasid, 19, 6) * 8n, 1)) {
    const before = context.before | from.before;
    const table = outcomeOf(() => pasidDirectoryEntry(journeyOver(x, from.value), context.value));
    if ('condition' in table) {
      all.add(table.condition, { fault: table.condition }, before);
      continue;
    }
    for (const entry of x.read(table.value + bits(pasid, 5, 0) * 64n, 8))
      all.add(entry.value.join(), { words: entry.value }, before | entry.before);
  }
  return all;
}

function judgePasidEntry(x: Exploration, context: ScalableContext, copy: Copy): Found | { condition: string } {
  if ('fault' in copy) return { condition: copy.fault };
  const result = outcomeOf(() => pasidTableEntry(journeyOver(x, copy.words), context, 0n));
  if ('condition' in result) return result;
  if (context.supervisor && !result.value.sre) return { condition: 'SPT.6' }; // 3.6.1-R2
  return { entry: result.value, did: didOf(x, copy.words) };
}

/** 9.6: DID at bits 79:64. */
const didOf = (x: Exploration, words: readonly bigint[]): bigint => bits(words[1] ?? 0n, x.caps.domainWidth - 1, 0);

/** PGTT 001b to 100b. */
function throughEntry(x: Exploration, context: ScalableContext, found: Found, start: bigint): void {
  const { entry, did } = found;
  const { pasid, supervisor } = context;
  const { address } = x.request;
  const limit = entry.pgtt === 2 || entry.pgtt === 3 ? inputLimit(journeyOver(x, []), entry.width) : 0n;
  const tagWidth = entry.pgtt === 2 ? x.caps.MGAW : entry.pgtt === 4 ? x.caps.HAW : 9 * entry.firstStageLevels + 12;
  const tags: TlbTags = { mode: 'scalable', pasid, did, kind: entry.pgtt, tagWidth };
  const page = { passThrough: false, supervisor, sre: entry.sre, wpe: entry.wpe };
  const second: TaggedSecondStage = { ...secondStageOf(journeyOver(x, []), entry), did, ssade: entry.ssade };
  if (entry.pgtt === 4) {
    if (address >= 1n << BigInt(x.caps.HAW)) x.answers.add('UR SGN.4.2');
    else {
      const frame = address - (address % 4096n);
      endWalk(x, tags, 4096n, { ...page, frame, passThrough: true, dirty: true }, [], start);
    }
    return;
  }
  if (entry.pgtt === 2) {
    if (address < limit) {
      for (const { value, before } of secondStageWays(x, second, address, start))
        endSecondStage(x, tags, page, value, before);
    } else if (address < 1n << BigInt(x.caps.MGAW)) endWalk(x, tags, 4096n, { fault: 'SGN.5' }, [], start);
    else x.answers.add('UR SGN.5');
    return;
  }
  const stage = { entry, did, pasid, supervisor, second: entry.pgtt === 3 ? second : undefined };
  for (const { value, before } of firstStageWays(x, stage, start)) {
    if ('fault' in value) {
      endWalk(x, tags, 4096n, value, [], before);
      continue;
    }
    const first = { writable: value.writable, user: value.user };
    const leaves = [value.leaf];
    const { dirty } = value;
    if (stage.second === undefined) {
      const frame = value.address - (value.address % value.size);
      endWalk(x, tags, value.size, { ...page, frame, first, dirty }, leaves, before);
      continue;
    }
    for (const final of secondStageWays(x, stage.second, value.address, before))
      endSecondStage(x, tags, page, final.value, final.before, { first, leaves, dirty, size: value.size });
  }
}

interface FirstPart {
  readonly first: { readonly writable: boolean; readonly user: boolean };
  readonly leaves: readonly bigint[];
  readonly dirty: boolean;
  readonly size: bigint;
}

/** The final page of a second stage, alone or behind a first one. */
function endSecondStage(
  x: Exploration,
  tags: TlbTags,
  page: { passThrough: boolean; supervisor: boolean; sre: boolean; wpe: boolean },
  end: SecondStageEnd,
  before: bigint,
  front?: FirstPart,
): void {
  if ('fault' in end) {
    endWalk(x, tags, 4096n, end, [], before);
    return;
  }
  const size = front !== undefined && front.size < end.size ? front.size : end.size; // 4.2.3-G5
  const translation: Translation = {
    ...page,
    frame: end.address - (end.address % size),
    ...(front === undefined ? {} : { first: front.first }),
    second: { read: end.read, write: end.write },
    dirty: end.dirty && (front?.dirty ?? true),
  };
  endWalk(x, tags, size, translation, [...(front?.leaves ?? []), end.leaf], before);
}
