import type { SparseMemory } from '../../src/index.ts';

/** How many pages the requests are spread over. */
export const PAGES = 16_384;

/** Numbers from 0 up to 1, the same in every run. */
export function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Random pages of one GiB: 512 tables of leaves, so that the caches of the host matter as they do to a real driver. */
export function randomPages(random: () => number): readonly number[] {
  return Array.from({ length: PAGES }, () => Math.floor(random() * 2 ** 18));
}

/** Tables of four levels over pages; `entry` makes the words that point to a page. */
export class PageTables {
  readonly #memory: SparseMemory;
  readonly #entry: (page: number) => Uint32Array;
  readonly #allocate: () => number;
  readonly #tables = new Map<string, number>();
  readonly top: number;

  constructor(memory: SparseMemory, allocate: () => number, entry: (page: number) => Uint32Array) {
    this.#memory = memory;
    this.#entry = entry;
    this.#allocate = allocate;
    this.top = allocate();
  }

  /** Maps one 4 KiB page to another. */
  map(page: number, target: number): void {
    let table = this.top;
    for (const shift of [27, 18, 9]) table = this.#tableUnder(table, Math.floor(page / 2 ** shift) % 512);
    this.#put(table, page % 512, target);
  }

  #tableUnder(table: number, index: number): number {
    const key = `${table}/${index}`;
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const made = this.#allocate();
    this.#tables.set(key, made);
    this.#put(table, index, made);
    return made;
  }

  #put(table: number, index: number, target: number): void {
    put(this.#memory, (BigInt(table) << 12n) + BigInt(index * 8), this.#entry(target));
  }
}

export const put = (memory: SparseMemory, address: bigint, words: Uint32Array): void =>
  memory.write(address, new Uint8Array(words.buffer));
