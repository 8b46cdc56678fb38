import type { SparseMemory } from '../../src/index.ts';
import type { MappingDescription } from '../../src/tables/index.ts';

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

/** Mappings of single pages; of those that are there several times the first counts. */
export const pageMappings = (pages: readonly number[], targetOf: (page: number) => number): MappingDescription[] =>
  [...new Set(pages)].map((page) => ({
    input: BigInt(page) << 12n,
    output: BigInt(targetOf(page)) << 12n,
    size: 4096n,
  }));

/** A page of four GiB, above the first four. */
export const randomTarget = (random: () => number): number => 0x100000 + Math.floor(random() * 2 ** 20);

export const put = (memory: SparseMemory, address: bigint, words: Uint32Array): void =>
  memory.write(address, new Uint8Array(words.buffer));
