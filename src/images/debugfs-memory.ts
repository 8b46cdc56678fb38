import { POINTER } from '../bits/page-number.ts';
import { SparseMemory } from '../platform/sparse-memory.ts';
import type { DebugfsListing, DomainListing, TranslationRow, UnitListing } from './debugfs.ts';

/** Bits of an address that locate a word of 64 bits. */
const QWORD = 0x000f_ffff_ffff_fff8n;
const PAGE_BYTES = 4096n;
/** Linux makes all its interrupt remapping tables of this many entries of 16 bytes. */
const INTERRUPT_TABLE_PAGES = 256n;

/** The tables that listings show, where they stood. */
export interface ListedTables {
  /** What is not in a listed table refuses to be read. */
  readonly memory: SparseMemory;
  readonly entries: readonly ListedEntry[];
  /** Tables whose place is known: what is not listed of them was not present. */
  readonly tables: readonly ListedTable[];
}

/** What an entry is one of. */
export type TableKind = keyof typeof KINDS;

/** An entry where it stood. */
export interface ListedEntry {
  readonly kind: TableKind;
  readonly address: bigint;
  readonly qwords: readonly bigint[];
}

/** A page of a table, or of one that goes on in more pages. */
export interface ListedTable {
  readonly kind: TableKind;
  readonly address: bigint;
  /** Bytes of an entry. */
  readonly stride: number;
  /** Of a paging table: 1 for that of pages of 4 KiB. */
  readonly level?: number;
}

/** By which bits of its lowest word Linux takes an entry to be present; it prints every descriptor. */
export const KINDS = Object.freeze({
  'root entry': 0b01n,
  'context entry': 0b01n,
  'paging entry': 0b11n,
  'interrupt remapping table entry': 0b01n,
  descriptor: 0n,
});

/**
 * The tables of a unit, and those of all devices. PASID tables are put where no other table is, for no listing tells
 * where they were; words that are not printed are zero.
 */
export function listedTables({ domains }: DebugfsListing, unit: UnitListing): ListedTables {
  const tables = new Tables();
  const { root, interruptTable, queue } = unit;
  if (root !== undefined) tables.add('root entry', root, 16);
  for (const row of unit.translations) putTranslation(tables, root ?? 0n, row);
  for (const domain of domains) putDomain(tables, domain);
  if (interruptTable !== undefined) {
    for (let n = 0n; n < INTERRUPT_TABLE_PAGES; n++) {
      tables.add('interrupt remapping table entry', interruptTable + n * PAGE_BYTES, 16);
    }
  }
  for (const { index, words } of unit.interrupts) {
    tables.put('interrupt remapping table entry', (interruptTable ?? 0n) + 16n * BigInt(index), words);
  }
  for (const [index, descriptor] of (queue?.descriptors ?? []).entries()) {
    tables.put('descriptor', queue!.base + BigInt(8 * descriptor.length * index), descriptor);
  }
  putPasids(tables, unit.translations);
  return { memory: tables.memory, entries: tables.entries, tables: [...tables.places.values()] };
}

class Tables {
  readonly memory = new SparseMemory({ unwritten: 'refused' });
  readonly entries: ListedEntry[] = [];
  readonly places = new Map<bigint, ListedTable>();
  /** Pages that an entry names: something is there. */
  readonly #named = new Set<bigint>();

  /** A page of a table, of which no entry is present so far. */
  add(kind: TableKind, address: bigint, stride: number, level?: number): void {
    const at = address & POINTER;
    this.clear(at);
    if (this.places.has(at)) return;
    this.places.set(at, { kind, address: at, stride, ...(level === undefined ? {} : { level }) });
  }

  /** A page of zeros, unless something is there. */
  clear(address: bigint): void {
    const at = address & POINTER;
    if (!this.memory.has(Number(at >> 12n))) this.memory.write(at, new Uint8Array(Number(PAGE_BYTES)));
  }

  put(kind: TableKind, address: bigint, qwords: readonly bigint[]): void {
    const at = address & QWORD;
    this.entries.push({ kind, address: at, qwords });
    this.fill(at, qwords);
  }

  /** The same without telling: where it stood, or all of what it was, is not known. */
  fill(address: bigint, qwords: readonly bigint[]): void {
    this.clear(address);
    this.memory.writeQwords(address & QWORD, qwords);
    for (const qword of qwords) this.#named.add(qword & POINTER);
  }

  /** A page where no table is. */
  free(): bigint {
    let address = PAGE_BYTES;
    while (this.memory.has(Number(address >> 12n)) || this.#named.has(address)) address += PAGE_BYTES;
    this.clear(address);
    return address;
  }
}

/** §9.1 to §9.4: a root entry of 16 bytes, a context entry of 16, in scalable mode of 32 in two tables for a bus. */
function putTranslation(tables: Tables, root: bigint, { sourceId, root: entry, context, pasid }: TranslationRow): void {
  const [bus, devfn] = [BigInt(sourceId >>> 8), BigInt(sourceId & 0xff)];
  const half = pasid !== undefined && devfn >= 0x80n ? entry[1] : entry[0];
  const [stride, place] = pasid === undefined ? [16, devfn] : [32, devfn & 0x7fn];
  tables.put('root entry', root + 16n * bus, entry);
  tables.add('context entry', half, stride);
  tables.put('context entry', (half & POINTER) + BigInt(stride) * place, context);
}

/** §9.5, §9.6: a directory of as many pages as PDTS in bits 11:9 says, and a table for 64 PASIDs. */
function putPasids(tables: Tables, rows: readonly TranslationRow[]): void {
  const places = new Map<bigint, bigint>();
  for (const { context, pasid } of rows) {
    if (pasid === undefined) continue;
    const directory = context[0] & POINTER;
    const pages = 2 ** (Number((context[0] >> 9n) & 7n) - 2);
    for (let n = 0; n < pages; n++) tables.clear(directory + BigInt(n) * PAGE_BYTES);
    const at = directory + 8n * BigInt(pasid.number >>> 6);
    const table = places.get(at) ?? tables.free();
    if (!places.has(at)) tables.fill(at, [table | 1n]);
    places.set(at, table);
    tables.fill(table + 64n * BigInt(pasid.number & 0x3f), pasid.words);
  }
}

/** §3.6, §3.7: nine bits of the page number find the entry of each level; the last that is there is the leaf. */
function putDomain(tables: Tables, { table: top, rows }: DomainListing): void {
  tables.clear(top);
  for (const { page, entries } of rows) {
    let table = top;
    for (let level = entries.findLastIndex((entry) => entry !== 0n) + 1; level >= 1; level--) {
      const entry = entries[level - 1]!;
      if (entry === 0n) break;
      tables.add('paging entry', table, 8, level);
      const index = Math.floor(page / 2 ** (9 * (level - 1))) % 512;
      tables.put('paging entry', table + BigInt(8 * index), [entry]);
      table = entry & POINTER;
    }
  }
}
