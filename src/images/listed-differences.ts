import { offsetOf, POINTER, pageOf } from '../bits/page-number.ts';
import { qwordsOf } from '../bits/qwords.ts';
import type { Memory } from '../platform/memory.ts';
import { KINDS, type ListedTables, type TableKind } from './debugfs-memory.ts';

/** An entry that a debugfs listing has otherwise than memory. */
export interface ListedDifference {
  readonly kind: TableKind;
  readonly address: bigint;
  /** Words of 64 bits as listed, the lowest first; missing where the entry is not listed. */
  readonly listed?: readonly bigint[];
  /** The same in memory; missing where that refuses to be read. */
  readonly memory?: readonly bigint[];
}

/** How memory has the entries of a listing. */
export interface ListedComparison {
  readonly same: number;
  /** By address. */
  readonly different: readonly ListedDifference[];
}

/** Holds the entries of a debugfs listing against memory, and the entries of its tables that it does not have. */
export function compareListed({ entries, tables }: ListedTables, memory: Memory): ListedComparison {
  // Linux prints the entries above a page again with each page.
  const listed = new Map(entries.map((entry) => [entry.address, entry]));
  const different: ListedDifference[] = [];
  for (const { kind, address, qwords } of listed.values()) {
    const found = qwordsAt(memory, address, qwords.length);
    if (found?.every((qword, n) => qword === qwords[n])) continue;
    different.push({ kind, address, listed: qwords, ...(found === undefined ? {} : { memory: found }) });
  }
  const same = listed.size - different.length;
  const leaves = new Leaves(memory);
  for (const { kind, address, stride, level } of tables) {
    for (let at = address; at < address + 4096n; at += BigInt(stride)) {
      if (listed.has(at)) continue;
      const found = qwordsAt(memory, at, stride / 8);
      if (found === undefined || !found.some((qword) => (qword & KINDS[kind]) !== 0n)) continue;
      // Linux prints pages: an entry above none of them does not appear.
      if (level !== undefined && !leaves.below(found[0]!, level)) continue;
      different.push({ kind, address: at, memory: found });
    }
  }
  return { same, different: different.sort((one, other) => (one.address < other.address ? -1 : 1)) };
}

/** PS, bit 7: an entry above level 1 that maps a page itself. */
const PAGE_SIZE = 0x80n;

/** Whether paging entries lead to any page. */
class Leaves {
  readonly #memory: Memory;
  /** By table and level: tables may lead to themselves. */
  readonly #known = new Map<string, boolean>();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  below(entry: bigint, level: number): boolean {
    if ((entry & KINDS['paging entry']) === 0n) return false;
    if (level === 1 || (entry & PAGE_SIZE) !== 0n) return true;
    const table = entry & POINTER;
    const key = `${table} ${level}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = (qwordsAt(this.#memory, table, 512) ?? []).some((one) => this.below(one, level - 1));
    this.#known.set(key, found);
    return found;
  }
}

function qwordsAt(memory: Memory, address: bigint, count: number): readonly bigint[] | undefined {
  const words = new Uint32Array(2 * count);
  if (!memory.load(pageOf(address), offsetOf(address), words)) return undefined;
  return qwordsOf(words);
}
