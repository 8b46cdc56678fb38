import { type CachePolicy, type DmaRequest, dmaRequest, RemappingUnit } from '../../src/index.ts';
import { buildTables, turnOn } from '../../src/tables/index.ts';
import { pageMappings, randomPages, randomTarget, sequence } from './map.ts';

const UNIT = { version: 0x10, hostAddressWidth: 46, capabilities: 0xd2008c222f0606n, extendedCapabilities: 0xf00f4an };
/** 00:04.0 is translated, 00:05.0 passes through. */
const TRANSLATED = 0x20;
const PASSED = 0x28;
/** The domain-id of 00:04.0. */
export const DOMAIN = 7;

/** A unit in legacy mode with a random 4-level map, and a request for each page of it. */
export function legacyBench(caches: CachePolicy = 'none') {
  const random = sequence(1);
  const pages = randomPages(random);
  const tables = buildTables(UNIT, {
    domains: [
      { id: DOMAIN, mappings: pageMappings(pages, () => randomTarget(random)) },
      { id: 8, kind: 'pass-through' },
    ],
    devices: [
      { device: TRANSLATED, domain: DOMAIN },
      { device: PASSED, domain: 8 },
    ],
  });
  const unit = new RemappingUnit({ memory: tables.memory, unit: UNIT, caches });
  turnOn(unit, tables);
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
