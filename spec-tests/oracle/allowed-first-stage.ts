import { secondStageWays, type TaggedSecondStage } from './allowed-second-stage.ts';
import { bits } from './bits.ts';
import { type Exploration, journeyOver, outcomeOf } from './exploration.ts';
import { hasReserved, judgeCanonical, judgeFirstStageRights } from './first-stage.ts';
import { shiftOf } from './invalidation-command.ts';
import type { PasidEntry } from './pasid-entry.ts';
import { inputLimit } from './second-stage.ts';
import { Ways } from './ways.ts';

/** A first stage with the tags of its entries in the caches. */
export interface TaggedFirstStage {
  readonly entry: PasidEntry;
  readonly did: bigint;
  readonly pasid: bigint;
  readonly supervisor: boolean;
  /** Nested translation alone: what the addresses in the tables go through. */
  readonly second: TaggedSecondStage | undefined;
}

export interface FirstStagePage {
  /** Host physical, or guest physical when nested. */
  readonly address: bigint;
  readonly size: bigint;
  readonly writable: boolean;
  readonly user: boolean;
  readonly dirty: boolean;
  readonly leaf: bigint;
}

type Table = { readonly table: bigint; readonly writable: boolean; readonly user: boolean };
export type FirstStageEnd = FirstStagePage | { readonly fault: string };

/** 3.6 and 3.8 with 6.A-R2: every way through the first stage, from the pointer or from what is cached. */
export function firstStageWays(x: Exploration, stage: TaggedFirstStage, start: bigint): Ways<FirstStageEnd> {
  const { entry, did, pasid } = stage;
  const input = x.request.address;
  const ends = new Ways<FirstStageEnd>();
  const end = (value: FirstStageEnd, before: bigint) => ends.add(Object.values(value).join(), value, before);
  const levels = entry.firstStageLevels;
  const canonical = outcomeOf(() => judgeCanonical(input, 9 * levels + 12));
  if ('condition' in canonical) {
    end({ fault: canonical.condition }, start);
    return ends;
  }
  const cached = [
    ...x.live(
      'first-stage',
      (known) => known.did === did && known.pasid === pasid && known.prefix === input >> shiftOf(known.level),
    ),
  ];
  let tables = new Ways<Table>();
  for (let level = 5; level >= 1; level -= 1) {
    const enter = (value: Table, before: bigint) => tables.add(Object.values(value).join(), value, before);
    if (level === levels)
      reach(x, stage, { table: entry.firstStagePointer, writable: true, user: true }, true, start, enter, end);
    for (const { value, before } of cached) if (value.level === level + 1) enter(value.pointer, start | before);
    const below = new Ways<Table>();
    for (const from of tables) {
      const at = from.value.table + bits(input, 9 * level + 11, 9 * level + 3) * 8n;
      for (const found of x.read(at, 1)) {
        const before = from.before | found.before;
        const result = judgeEntry(x, stage, found.value[0] ?? 0n, level, from.value, at);
        if ('fault' in result || 'size' in result) {
          end(result, before);
          continue;
        }
        const keep = (pointer: Table, reached: bigint) => {
          below.add(Object.values(pointer).join(), pointer, reached);
          const prefix = input >> shiftOf(level);
          x.fill({ cache: 'first-stage', did, pasid, level, prefix, tagWidth: 9 * levels + 12, pointer }, reached);
        };
        reach(x, stage, result, false, before, keep, end);
      }
    }
    tables = below;
  }
  return ends;
}

/** 3.8.1-R2, 6.2.5-R3, G3: a table that is pointed to, through the second stage if there is one. */
function reach(
  x: Exploration,
  stage: TaggedFirstStage,
  pointer: Table,
  top: boolean,
  start: bigint,
  enter: (value: Table, before: bigint) => void,
  end: (value: FirstStageEnd, before: bigint) => void,
): void {
  if (stage.second === undefined) {
    enter(pointer, start);
    return;
  }
  const blocked = top ? 'SFS.6' : 'SFS.7';
  for (const { value, before } of secondStageWays(x, stage.second, pointer.table, start)) {
    if ('fault' in value)
      end(value, before); // 3.8.1-R5
    else if (!value.read && !value.write)
      end({ fault: 'SSS.2' }, before); // 3.7.1-R2
    else if (!value.read) end({ fault: blocked }, before);
    else if (stage.entry.ssade && !value.write)
      end({ fault: x.choices.nestedTableRead === 'SFS.8' ? 'SFS.8' : blocked }, before); // 3.8.1-G1
    else enter({ ...pointer, table: value.address }, before);
  }
}

/** 3.6-R6, R7, 3.8-R6. */
function judgeEntry(
  x: Exploration,
  stage: TaggedFirstStage,
  value: bigint,
  level: number,
  path: Table,
  at: bigint,
): FirstStageEnd | Table {
  const journey = journeyOver(x, []);
  if (bits(value, 0) === 0n) return { fault: 'SFS.2' };
  const leaf = level === 1 || ((level === 2 || level === 3) && bits(value, 7) === 1n);
  if (hasReserved(journey, value, level, leaf)) return { fault: 'SFS.3' };
  const low = leaf ? Number(shiftOf(level)) : 12;
  const target = bits(value, x.caps.HAW - 1, low) << BigInt(low);
  if (stage.second !== undefined && target >= inputLimit(journey, stage.entry.width)) return { fault: 'SFS.5' };
  const writable = path.writable && bits(value, 1) === 1n;
  const user = path.user && bits(value, 2) === 1n;
  if (x.choices.rightsBeforeWalkEnd) {
    const judged = outcomeOf(() => judgeFirstStageRights(journey, stage.entry, stage.supervisor, writable, user)); // 3.6.1-G1
    if ('condition' in judged) return { fault: judged.condition };
  }
  if (!leaf) return { table: target, writable, user };
  const size = 1n << BigInt(low);
  const dirty = bits(value, 6) === 1n || x.mayBeDirty(at);
  return { address: target + (x.request.address % size), size, writable, user, dirty, leaf: at };
}
