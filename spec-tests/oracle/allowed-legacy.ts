import { secondStageWays } from './allowed-second-stage.ts';
import { answerFromTlb, endWalk, type TlbTags } from './allowed-translation.ts';
import { bits } from './bits.ts';
import { type Exploration, journeyOver, outcomeOf } from './exploration.ts';
import { type Context, contextEntry, rootEntry } from './legacy.ts';
import type { Copy } from './live-entry.ts';
import { inputLimit } from './second-stage.ts';
import { Ways } from './ways.ts';

/** Legacy mode: 6.2.7 with 6.A-R2. */
export function exploreLegacy(x: Exploration): void {
  const { address, source } = x.request;
  const hits = x.live('tlb', (entry) => {
    if (entry.mode !== 'legacy' || entry.source !== source) return false;
    return entry.base <= address && address < entry.base + entry.size;
  });
  for (const { value } of hits) answerFromTlb(x, value);
  for (const { value, before } of contextWays(x)) {
    if ('condition' in value) x.answers.add(`UR ${value.condition}`);
    else throughContext(x, value.context, value.did, before);
  }
}

type Found = { readonly context: Context; readonly did: bigint } | { readonly condition: string };

/** The context entry, cached or read. */
function contextWays(x: Exploration): Ways<Found> {
  const { source } = x.request;
  const found = new Ways<Found>();
  for (const { value, before } of x.live('context', (entry) => entry.mode === 'legacy' && entry.source === source)) {
    const result = judgeCopy(x, value.copy);
    found.add(keyOf(value.copy), result, before);
  }
  for (const { value, before } of copies(x)) {
    const result = judgeCopy(x, value);
    found.add(keyOf(value), result, before);
    const good = 'context' in result;
    if (!good && !x.cachingMode) continue; // 6.2.2-R2
    x.fill({ cache: 'context', mode: 'legacy', source, did: good ? result.did : 0n, copy: value }, before); // 6.2.2-R3
  }
  return found;
}

/** Every reading of root entry and context entry. */
function copies(x: Exploration): Ways<Copy> {
  const all = new Ways<Copy>();
  const source = BigInt(x.request.source);
  const rootTable = bits(x.latched.rtaddr, 63, 12) << 12n;
  for (const root of x.read(rootTable + bits(source, 15, 8) * 16n, 2)) {
    const table = outcomeOf(() => rootEntry(journeyOver(x, root.value)));
    if ('condition' in table) {
      all.add(table.condition, { fault: table.condition }, root.before);
      continue;
    }
    for (const context of x.read(table.value + bits(source, 7, 0) * 16n, 2))
      all.add(context.value.join(), { words: context.value }, root.before | context.before);
  }
  return all;
}

function judgeCopy(x: Exploration, copy: Copy): Found {
  if ('fault' in copy) return { condition: copy.fault };
  const result = outcomeOf(() => contextEntry(journeyOver(x, copy.words), 0n));
  if ('condition' in result) return result;
  return { context: result.value, did: bits(copy.words[1] ?? 0n, 8 + x.caps.domainWidth - 1, 8) };
}

const keyOf = (copy: Copy): string => ('fault' in copy ? copy.fault : copy.words.join());

function throughContext(x: Exploration, context: Context, did: bigint, start: bigint): void {
  const { address } = x.request;
  const tags: TlbTags = { mode: 'legacy', pasid: 0n, did, kind: 0, tagWidth: x.caps.MGAW };
  const page = { supervisor: false, sre: true, wpe: false, dirty: true };
  if (context.type === 2n) {
    if (address >= 1n << BigInt(x.caps.HAW)) x.answers.add('UR LGN.1.3');
    else endWalk(x, tags, 4096n, { ...page, frame: address - (address % 4096n), passThrough: true }, [], start);
    return;
  }
  const width = context.width ?? 0;
  if (address >= inputLimit(journeyOver(x, []), width)) {
    if (address < 1n << BigInt(x.caps.MGAW)) endWalk(x, tags, 4096n, { fault: 'LGN.1.1' }, [], start);
    else x.answers.add('UR LGN.1.1');
    return;
  }
  const codes = { firstFetch: 'LCT.4.3', lowerFetch: 'LSS.1', reserved: 'LSS.2' };
  const stage = { pointer: context.pointer, width, ssirwe: false, codes, did, ssade: false };
  for (const { value, before } of secondStageWays(x, stage, address, start)) {
    if ('fault' in value) {
      endWalk(x, tags, 4096n, value, [], before);
    } else {
      const second = { read: value.read, write: value.write };
      const frame = value.address - (value.address % value.size);
      endWalk(x, tags, value.size, { ...page, frame, passThrough: false, second }, [], before);
    }
  }
}
