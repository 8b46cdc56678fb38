import type { Offer } from './offer.ts';
import { putWalk } from './paging.ts';
import { ADDRESSES, type Path, SOURCES } from './plan.ts';
import { addressIn, type Tables } from './tables.ts';

/** Domain-ids; they differ in bit 0, which every width of a domain-id has. */
export const DOMAINS: readonly number[] = [6, 7];

/** TT, §9.3: untranslated requests through the second stage most of the time. */
const TYPES: readonly bigint[] = [0n, 1n, 2n, 3n];

/** Root, context and second-stage entries of a device in legacy mode, §3.4.2; where they stand, highest first. */
export function putLegacyTables(tables: Tables, root: bigint, offer: Offer, path: Path): readonly bigint[] {
  const source = SOURCES[path.source]!;
  const rootEntry = root + BigInt(source >>> 8) * 16n;
  const [pointer = 0n] = tables.put(rootEntry, 'root-entry', () => [tables.page() | 1n, 0n]);
  const contextEntry = addressIn(pointer) + BigInt(source & 0xff) * 16n;
  const { levels: widths } = offer;
  const levels = widths[path.width % widths.length] ?? 4;
  const [context = 0n, width = 0n] = tables.put(contextEntry, 'context-entry', () => [
    tables.page() | (TYPES[path.type % 4]! << 2n) | (path.faultProcessingDisabled ? 2n : 0n) | 1n,
    BigInt(levels - 2) | (BigInt(DOMAINS[path.domain]!) << 8n),
  ]);
  const rights = 3n & ~BigInt(path.withheld);
  const snoop = path.snoop && offer.ecap(7) === 1 ? 1n << 11n : 0n;
  const walk = {
    tables,
    top: addressIn(context),
    levels: Number(width & 7n) + 2,
    address: ADDRESSES[path.address]!,
    leaf: path.leaf,
  };
  const places = putWalk(walk, 'ss', { table: 3n, leaf: rights | snoop });
  return [rootEntry, contextEntry, ...places];
}
