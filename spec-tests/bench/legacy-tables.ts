import { type CachePolicy, type DmaRequest, dmaRequest, RemappingUnit, SparseMemory } from '../../src/index.ts';
import { ContextEntry } from '../../src/structures/context-entry.ts';
import { RootEntry } from '../../src/structures/root-entry.ts';
import { SecondStageEntry } from '../../src/structures/second-stage-entry.ts';
import { PageTables, put, randomPages, sequence } from './map.ts';

const UNIT = { version: 0x10, hostAddressWidth: 46, capabilities: 0xd2008c222f0606n, extendedCapabilities: 0xf00f4an };
const ROOT = 0x1000n;
const CONTEXT = 0x2000n;
/** 00:04.0 is translated, 00:05.0 passes through. */
const TRANSLATED = 0x20;
const PASSED = 0x28;
/** The domain-id of 00:04.0. */
export const DOMAIN = 7;

/** A unit in legacy mode with a random 4-level map, and a request for each page of it. */
export function legacyBench(caches: CachePolicy = 'none') {
  const memory = new SparseMemory();
  const random = sequence(1);
  let next = 0x10;
  const tables = new PageTables(
    memory,
    () => next++,
    (page) => SecondStageEntry.pack({ R: 1, W: 1, ADDR: page }),
  );
  put(memory, ROOT, RootEntry.pack({ P: 1, CTP: Number(CONTEXT >> 12n) }));
  const translatedEntry = ContextEntry.pack({ P: 1, TT: 0, SSPTPTR: tables.top, AW: 2, DID: DOMAIN });
  put(memory, CONTEXT + BigInt(TRANSLATED * 16), translatedEntry);
  put(memory, CONTEXT + BigInt(PASSED * 16), ContextEntry.pack({ P: 1, TT: 2, AW: 2, DID: 8 }));
  const pages = randomPages(random);
  for (const page of pages) tables.map(page, 0x100000 + Math.floor(random() * 2 ** 20));

  const unit = new RemappingUnit({ memory, unit: UNIT, caches });
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
