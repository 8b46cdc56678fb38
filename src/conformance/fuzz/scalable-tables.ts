import { DOMAINS } from './legacy-tables.ts';
import type { Offer } from './offer.ts';
import { putWalk } from './paging.ts';
import { ADDRESSES, PASIDS, type Path, SOURCES } from './plan.ts';
import { addressIn, type Tables } from './tables.ts';

/** PGTT, §9.6. */
const FIRST_STAGE = 1;
const SECOND_STAGE = 2;
const NESTED = 3;
const PASS_THROUGH = 4;

/** Every structure on the way of a request in scalable mode, §3.4.3; where they stand, highest first. */
export function putScalableTables(tables: Tables, root: bigint, offer: Offer, path: Path): readonly bigint[] {
  const source = SOURCES[path.source]!;
  const rootEntry = root + BigInt(source >>> 8) * 16n;
  const half = (source & 0x80) === 0 ? 0 : 1;
  const pointers = tables.put(rootEntry, 'sm-root-entry', () => [tables.page() | 1n, tables.page() | 1n]);
  const contextEntry = addressIn(pointers[half]!) + BigInt(source & 0x7f) * 32n;
  const flag = (low: number, capability: number) => (offer.ecap(capability) === 1 ? 1n << BigInt(low) : 0n);
  const [context = 0n] = tables.put(contextEntry, 'sm-context-entry', () => [
    tables.page() | (7n << 9n) | flag(2, 2) | flag(3, 40) | (path.faultProcessingDisabled ? 2n : 0n) | 1n,
    0n,
    0n,
    0n,
  ]);
  const pasid = offer.ecap(40) === 1 ? PASIDS[path.pasid]! : 0;
  const directoryEntry = addressIn(context) + BigInt(pasid >>> 6) * 8n;
  const [directory = 0n] = tables.put(directoryEntry, 'sm-pasid-directory-entry', () => [tables.page() | 1n]);
  const pasidEntry = addressIn(directory) + BigInt(pasid & 0x3f) * 64n;
  const stages = putPasidEntry(tables, pasidEntry, offer, path);
  return [rootEntry, contextEntry, directoryEntry, pasidEntry, ...stages];
}

function putPasidEntry(tables: Tables, at: bigint, offer: Offer, path: Path): readonly bigint[] {
  const type = typeOf(path.type, offer);
  const { levels: widths } = offer;
  const levels = widths[path.width % Math.max(widths.length, 1)] ?? 4;
  const fiveLevels = offer.cap(60) === 1 && path.width === 2;
  const usesFirst = type === FIRST_STAGE || type === NESTED;
  const usesSecond = type === SECOND_STAGE || type === NESTED;
  const flag = (set: number, low: number, capability: number) =>
    (path.flags & set) !== 0 && offer.ecap(capability) === 1 ? 1n << BigInt(low) : 0n;
  const [low = 0n, , middle = 0n] = tables.put(at, 'sm-pasid-table-entry', () => [
    1n | (BigInt(type) << 6n) | (usesSecond ? tables.page() | (BigInt(levels - 2) << 2n) | flag(1, 9, 45) : 0n),
    BigInt(DOMAINS[path.domain]!) | flag(2, 23, 48) | (usesFirst ? flag(4, 24, 7) : 0n),
    usesFirst ? tables.page() | (fiveLevels ? 4n : 0n) | flag(8, 0, 31) | ((path.flags & 4) === 0 ? 0n : 1n << 4n) : 0n,
    ...[0n, 0n, 0n, 0n, 0n],
  ]);
  const address = ADDRESSES[path.address]!;
  const rights = 3n & ~BigInt(path.withheld);
  const secondStage = (guest: bigint, leaf: number, bits: bigint) =>
    putWalk(
      { tables, top: addressIn(low), levels: Number((low >> 2n) & 7n) + 2, address: guest, leaf },
      'ss',
      { table: 3n, leaf: bits },
      // A first stage's tables are where they say: its guest addresses map to themselves.
      type === NESTED ? (level) => (guest >> BigInt(12 + 9 * (level - 1))) << BigInt(12 + 9 * (level - 1)) : undefined,
    );
  if (type === SECOND_STAGE) return secondStage(address, path.leaf, rights);
  if (!usesFirst) return [];
  const reached: bigint[] = [];
  const reach = (guest: bigint) => {
    if (type === NESTED) reached.push(...secondStage(guest & ~0xfffn, 1, 3n));
  };
  const user = (path.flags & 2) === 0 ? 4n : 0n;
  const bits = { table: 7n, leaf: (path.withheld & 1 ? 0n : 1n) | (path.withheld & 2 ? 0n : 2n) | user };
  const first = putWalk(
    { tables, top: addressIn(middle), levels: (middle & 4n) === 0n ? 4 : 5, address, leaf: path.leaf },
    'fs',
    bits,
    undefined,
    reach,
  );
  return [...first, ...new Set(reached)];
}

/** What the unit has of what was drawn, most of the time; 5 and 6 are reserved. */
function typeOf(drawn: number, offer: Offer): number {
  const first = offer.ecap(47) === 1;
  const second = offer.ecap(46) === 1;
  if (drawn === 2 && first && second && offer.ecap(26) === 1) return NESTED;
  if (drawn === 3 && offer.ecap(6) === 1) return PASS_THROUGH;
  if (drawn === 6) return 6;
  if (drawn === 1 && first) return FIRST_STAGE;
  return second ? SECOND_STAGE : first ? FIRST_STAGE : PASS_THROUGH;
}
