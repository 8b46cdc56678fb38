import { pageOf } from '../../bits/page-number.ts';
import { ContextEntry } from '../../structures/context-entry.ts';
import { RootEntry } from '../../structures/root-entry.ts';
import type { Offer } from './offer.ts';
import { putWalk, SECOND_STAGE } from './paging.ts';
import { ADDRESSES, type Path, SOURCES } from './plan.ts';
import { addressIn, bitOf, packed, readAs, type Tables } from './tables.ts';

/** Domain-ids; they differ in bit 0, which every width of a domain-id has. */
export const DOMAINS: readonly number[] = [6, 7];

/** Root, context and second-stage entries of a device in legacy mode, §3.4.2; where they stand, highest first. */
export function putLegacyTables(tables: Tables, root: bigint, offer: Offer, path: Path): readonly bigint[] {
  const source = SOURCES[path.source]!;
  const rootEntry = root + BigInt(source >>> 8) * 16n;
  const [pointer = 0n] = tables.put(rootEntry, 'root-entry', () =>
    packed(RootEntry, { P: 1, CTP: pageOf(tables.page()) }),
  );
  const contextEntry = addressIn(pointer) + BigInt(source & 0xff) * 16n;
  const { levels: widths } = offer;
  const levels = widths[path.width % widths.length] ?? 4;
  const context = tables.put(contextEntry, 'context-entry', () =>
    packed(ContextEntry, {
      P: 1,
      FPD: bitOf(path.faultProcessingDisabled),
      TT: path.type % 4,
      SSPTPTR: pageOf(tables.page()),
      AW: levels - 2,
      DID: DOMAINS[path.domain]!,
    }),
  );
  const walk = {
    tables,
    top: addressIn(context[0]!),
    levels: readAs(ContextEntry.AW, context) + 2,
    address: ADDRESSES[path.address]!,
    leaf: path.leaf,
  };
  const leaf = { ...secondStageRights(path), SNP: bitOf(path.snoop && offer.ECAP.SC === 1) };
  const places = putWalk(walk, SECOND_STAGE, leaf);
  return [rootEntry, contextEntry, ...places];
}

/** R and W of a second-stage leaf, §9.8. */
export const secondStageRights = ({ withheld }: Path) => ({
  R: bitOf((withheld & 1) === 0),
  W: bitOf((withheld & 2) === 0),
});
