import type { Words } from '../bits/field.ts';
import { addressOf } from '../bits/page-number.ts';
import { maskOf, type StructureDeclaration } from '../bits/structure.ts';
import type { Memory } from '../platform/memory.ts';
import { type LiveEntry, type Source, sourcesOf } from './live-entries.ts';

/** An entry in memory that is not what it was when a cached entry was made from it. */
export interface Change {
  readonly format: StructureDeclaration;
  readonly address: bigint;
  readonly was: Words;
  readonly is: Words;
}

/** Flags that the unit itself sets, §3.6.2, §3.7.2. */
const FLAGS = ['A', 'D', 'EA'] as const;

/** Not in the specification: what has changed of all that cached entries were made from, accessed and dirty flags apart. */
export function changesSince(entries: readonly LiveEntry[], memory: Memory): readonly Change[] {
  const sources = new Set<Source>();
  for (const entry of entries) sourcesOf(entry, sources);
  const changes = new Map<bigint, Change>();
  for (const { format, page, offset, words } of sources) {
    const is = words.slice();
    if (!memory.load(page, offset, is)) is.fill(0);
    const mask = maskOfFlags(format);
    if (words.every((word, i) => ((word ^ is[i]!) & ~mask[i]!) === 0)) continue;
    const address = addressOf(page, offset);
    changes.set(address, { format, address, was: words, is });
  }
  return [...changes.values()];
}

function maskOfFlags({ width, fields }: StructureDeclaration): Words {
  const flags = FLAGS.flatMap((name) => fields[name] ?? []);
  return maskOf(width, width === 64 ? flags.map(({ high, low }) => [high, low] as const) : []);
}
