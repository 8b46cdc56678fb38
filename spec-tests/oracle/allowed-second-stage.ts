import { bits } from './bits.ts';
import { type Exploration, journeyOver } from './exploration.ts';
import { shiftOf } from './invalidation-command.ts';
import { hasReserved, type SecondStage } from './second-stage.ts';
import { Ways } from './ways.ts';

/** A second stage with the tag of its entries in the caches. */
export interface TaggedSecondStage extends SecondStage {
  readonly did: bigint;
  /** 3.7.2-R1: D counts. */
  readonly ssade: boolean;
}

export interface SecondStagePage {
  readonly address: bigint;
  readonly size: bigint;
  readonly read: boolean;
  readonly write: boolean;
  readonly dirty: boolean;
  /** Where the leaf is. */
  readonly leaf: bigint;
}

export type SecondStageEnd = SecondStagePage | { readonly fault: string };

/** The fault of an entry without permissions in legacy mode, where the access decides on the condition (3.7-R9). */
export const ABSENT = 'absent';

/** 3.7 with 6.A-R2.4: every way through the second stage, from the pointer or from what is cached. */
export function secondStageWays(
  x: Exploration,
  stage: TaggedSecondStage,
  input: bigint,
  start: bigint,
): Ways<SecondStageEnd> {
  const ends = new Ways<SecondStageEnd>();
  const end = (value: SecondStageEnd, before: bigint) => ends.add(Object.values(value).join(), value, before);
  const cached = [
    ...x.live('second-stage', ({ did, level, prefix }) => did === stage.did && prefix === input >> shiftOf(level)),
  ];
  let tables = new Ways<{ table: bigint; read: boolean; write: boolean }>();
  for (let level = 5; level >= 1; level -= 1) {
    if (level === (stage.width - 12) / 9)
      tables.add(`${stage.pointer} true true`, { table: stage.pointer, read: true, write: true }, start);
    for (const { value, before } of cached) {
      if (value.level !== level + 1) continue;
      const { pointer } = value;
      if ('fault' in pointer) end(pointer, start | before);
      else tables.add(`${pointer.table} ${pointer.read} ${pointer.write}`, pointer, start | before);
    }
    const below = new Ways<{ table: bigint; read: boolean; write: boolean }>();
    for (const from of tables) {
      const at = from.value.table + bits(input, 9 * level + 11, 9 * level + 3) * 8n;
      for (const found of x.read(at, 1)) {
        const before = from.before | found.before;
        const result = judgeEntry(x, stage, found.value[0] ?? 0n, level, from.value, input, at);
        const tags = { cache: 'second-stage', did: stage.did, level, prefix: input >> shiftOf(level) } as const;
        if ('fault' in result) {
          end(result, before);
          if (x.cachingMode && level > 1) x.fill({ ...tags, pointer: result }, before); // 6.2.5.5-R2
        } else if ('size' in result) {
          end(result, before);
        } else {
          below.add(`${result.table} ${result.read} ${result.write}`, result, before);
          x.fill({ ...tags, pointer: result }, before); // 6.2.5-R2, R3
        }
      }
    }
    tables = below;
  }
  return ends;
}

/** 3.7-R5 to R9. */
function judgeEntry(
  x: Exploration,
  stage: TaggedSecondStage,
  entry: bigint,
  level: number,
  path: { read: boolean; write: boolean },
  input: bigint,
  at: bigint,
): SecondStageEnd | { table: bigint; read: boolean; write: boolean } {
  const mayRead = bits(entry, stage.ssirwe ? 61 : 0) === 1n; // 3.7-R6
  const mayWrite = bits(entry, stage.ssirwe ? 62 : 1) === 1n;
  if (!mayRead && !mayWrite) return { fault: stage.codes.absent ?? ABSENT };
  const leaf = level === 1 || ((level === 2 || level === 3) && bits(entry, 7) === 1n);
  if (hasReserved(journeyOver(x, []), stage, entry, level, leaf)) return { fault: stage.codes.reserved };
  const read = path.read && mayRead;
  const write = path.write && mayWrite;
  if (!leaf) return { table: bits(entry, x.caps.HAW - 1, 12) << 12n, read, write };
  const size = 1n << shiftOf(level);
  const frame = bits(entry, x.caps.HAW - 1, Number(shiftOf(level))) << shiftOf(level);
  const dirty = !stage.ssade || bits(entry, 9) === 1n || x.mayBeDirty(at);
  return { address: frame + (input % size), size, read, write, dirty, leaf: at };
}
