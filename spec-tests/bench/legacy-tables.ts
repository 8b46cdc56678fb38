import { type DmaRequest, dmaRequest, RemappingUnit, SparseMemory } from '../../src/index.ts';
import { ContextEntry } from '../../src/structures/context-entry.ts';
import { RootEntry } from '../../src/structures/root-entry.ts';
import { SecondStageEntry } from '../../src/structures/second-stage-entry.ts';

/** How many pages the requests are spread over. */
export const PAGES = 16_384;

const UNIT = { version: 0x10, hostAddressWidth: 46, capabilities: 0xd2008c222f0606n, extendedCapabilities: 0xf00f4an };
const ROOT = 0x1000n;
const CONTEXT = 0x2000n;
/** 00:04.0 is translated, 00:05.0 passes through. */
const TRANSLATED = 0x20;
const PASSED = 0x28;

/** A unit with a random 4-level map, and one request for each page of it. */
export function legacyBench() {
  const memory = new SparseMemory();
  const random = sequence(1);
  let nextTable = 0x10;
  const put = (address: bigint, words: Uint32Array) => memory.write(address, new Uint8Array(words.buffer));
  put(ROOT, RootEntry.pack({ P: 1, CTP: Number(CONTEXT >> 12n) }));
  const top = nextTable++;
  put(CONTEXT + BigInt(TRANSLATED * 16), ContextEntry.pack({ P: 1, TT: 0, SSPTPTR: top, AW: 2, DID: 7 }));
  put(CONTEXT + BigInt(PASSED * 16), ContextEntry.pack({ P: 1, TT: 2, AW: 2, DID: 8 }));

  const tables = new Map<string, number>();
  const tableUnder = (table: number, index: number): number => {
    const key = `${table}/${index}`;
    const known = tables.get(key);
    if (known !== undefined) return known;
    const made = nextTable++;
    tables.set(key, made);
    put((BigInt(table) << 12n) + BigInt(index * 8), SecondStageEntry.pack({ R: 1, W: 1, ADDR: made }));
    return made;
  };
  // All in one GiB: 512 tables of leaves, so that the caches of the host matter as they do to a real driver.
  const pages = Array.from({ length: PAGES }, () => Math.floor(random() * 2 ** 18));
  for (const page of pages) {
    let table = top;
    for (const shift of [27, 18, 9]) table = tableUnder(table, Math.floor(page / 2 ** shift) % 512);
    const leaf = { R: 1, W: 1, ADDR: 0x100000 + Math.floor(random() * 2 ** 20) };
    put((BigInt(table) << 12n) + BigInt((page % 512) * 8), SecondStageEntry.pack(leaf));
  }
  const unit = new RemappingUnit({ memory, unit: UNIT });
  unit.writeRegister(0x20, 64, ROOT);
  unit.writeRegister(0x18, 32, 0x4000_0000n);
  unit.writeRegister(0x18, 32, 0x8000_0000n);

  const request = (sourceId: number, page: number): DmaRequest =>
    dmaRequest({ sourceId, address: BigInt(page) << 12n, access: 'write' });
  return {
    unit,
    translated: pages.map((page) => request(TRANSLATED, page)),
    passed: pages.map((page) => request(PASSED, page)),
    // Bit 46 of the address: within 48 bits, and nothing is mapped there.
    faulting: pages.map((page) => request(TRANSLATED, page + 2 ** 34)),
  };
}

/** Numbers from 0 up to 1, the same in every run. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
